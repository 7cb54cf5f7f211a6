import { anthropic } from "@ai-sdk/anthropic";
import { convertToModelMessages, streamText, type UIMessage } from "ai";
import { NextRequest } from "next/server";

import { tutorPrompt } from "@/lib/prompts";

export const maxDuration = 30;

interface Body {
  messages: UIMessage[];
  topic: string;
}

export async function POST(request: NextRequest) {
  const { messages, topic }: Body = await request.json();
  const turns = messages.filter((message) => message.role !== "system");
  const result = streamText({
    model: anthropic("claude-sonnet-4-5"),
    system: tutorPrompt({ topic, level: "beginner" }),
    messages: convertToModelMessages(turns),
  });
  return result.toUIMessageStreamResponse();
}
