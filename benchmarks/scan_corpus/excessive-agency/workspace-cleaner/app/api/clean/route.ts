import { openai } from "@ai-sdk/openai";
import { convertToModelMessages, stepCountIs, streamText } from "ai";

import { deletePath, fileSize } from "../../../lib/tools";

export async function POST(request: Request) {
  const { messages } = await request.json();
  const result = streamText({
    model: openai("gpt-4.1"),
    system: "You free disk space.",
    messages: convertToModelMessages(messages),
    tools: { deletePath, fileSize },
    stopWhen: stepCountIs(10),
  });
  return result.toUIMessageStreamResponse();
}
