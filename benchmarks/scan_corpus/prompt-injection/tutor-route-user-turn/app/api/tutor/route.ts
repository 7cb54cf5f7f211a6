import { anthropic } from "@ai-sdk/anthropic";
import { convertToModelMessages, streamText, type UIMessage } from "ai";
import { NextRequest } from "next/server";

import { opening, TUTOR_PROMPT } from "@/lib/prompts";

export const maxDuration = 30;

interface Body {
  messages: UIMessage[];
  topic: string;
}

export async function POST(request: NextRequest) {
  const { messages, topic }: Body = await request.json();
  const turns = messages.filter((message) => message.role === "user" || message.role === "assistant");
  const result = streamText({
    model: anthropic("claude-sonnet-4-5"),
    system: TUTOR_PROMPT,
    messages: [{ role: "user", content: opening({ topic, level: "beginner" }) }, ...convertToModelMessages(turns)],
  });
  return result.toUIMessageStreamResponse();
}
