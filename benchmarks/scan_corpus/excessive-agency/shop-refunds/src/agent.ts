import { createReactAgent } from "@langchain/langgraph/prebuilt";
import { tool } from "@langchain/core/tools";
import { ChatOpenAI } from "@langchain/openai";
import { z } from "zod";

import { findCharges, refund } from "./payments";

const listCharges = tool(async ({ email }) => (await findCharges(email)).join("\n"), {
  name: "list_charges",
  description: "The latest charges of a customer.",
  schema: z.object({ email: z.string().email() }),
});

const refundCharge = tool(async ({ charge, cents }) => refund(charge, cents), {
  name: "refund_charge",
  description: "Pays back a charge, wholly or in part.",
  schema: z.object({ charge: z.string(), cents: z.number() }),
});

export const agent = createReactAgent({
  llm: new ChatOpenAI({ model: "gpt-4o" }),
  tools: [listCharges, refundCharge],
  prompt: "You look after customers of a shop for lamps.",
});

export async function handle(message: string): Promise<string> {
  const state = await agent.invoke({ messages: [{ role: "user", content: message }] }, { recursionLimit: 15 });
  return String(state.messages.at(-1)?.content);
}
