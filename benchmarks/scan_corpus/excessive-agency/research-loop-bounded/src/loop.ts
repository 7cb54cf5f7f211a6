import Anthropic from "@anthropic-ai/sdk";
import type { MessageParam, ToolResultBlockParam } from "@anthropic-ai/sdk/resources/messages";

import { search, summarize } from "./sources";

const client = new Anthropic();
const MAX_TURNS = 12;

const TOOLS: Anthropic.Tool[] = [
  { name: "search", description: "Searches the library.", input_schema: { type: "object", properties: { query: { type: "string" } } } },
  { name: "summarize", description: "Summarizes a document.", input_schema: { type: "object", properties: { id: { type: "string" } } } },
];

async function callTool(name: string, input: Record<string, string>): Promise<string> {
  switch (name) {
    case "search":
      return search(input.query);
    case "summarize":
      return summarize(input.id);
    default:
      return "There is no such tool.";
  }
}

export async function research(question: string): Promise<string> {
  const messages: MessageParam[] = [{ role: "user", content: question }];
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    const reply = await client.messages.create({ model: "claude-opus-4-1", max_tokens: 2000, tools: TOOLS, messages });
    messages.push({ role: "assistant", content: reply.content });
    const results: ToolResultBlockParam[] = [];
    for (const block of reply.content) {
      if (block.type === "tool_use") {
        const content = await callTool(block.name, block.input as Record<string, string>);
        results.push({ type: "tool_result", tool_use_id: block.id, content });
      }
    }
    if (results.length === 0) {
      return reply.content.map((block) => (block.type === "text" ? block.text : "")).join("");
    }
    messages.push({ role: "user", content: results });
  }
  throw new Error("no answer after the last turn");
}
