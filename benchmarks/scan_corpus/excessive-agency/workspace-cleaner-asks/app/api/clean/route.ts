import { openai } from "@ai-sdk/openai";
import { convertToModelMessages, stepCountIs, streamText, type UIMessage } from "ai";

import { deletePath } from "../../../lib/tools";

export async function POST(request: Request) {
  const { messages }: { messages: UIMessage[] } = await request.json();
  const turns = messages.filter((message) => message.role !== "system");
  const result = streamText({
    model: openai("gpt-4.1"),
    system: "You free disk space.",
    messages: convertToModelMessages(turns),
    tools: { deletePath },
    stopWhen: stepCountIs(10),
  });
  return result.toUIMessageStreamResponse();
}
