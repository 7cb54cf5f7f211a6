import { interrupt, MemorySaver } from "@langchain/langgraph";
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

const refundCharge = tool(
  async ({ charge, cents }) => {
    const decision = interrupt({ question: "Pay back?", charge, cents });
    if (decision !== "yes") {
      return "A colleague has declined the refund.";
    }
    return refund(charge, cents);
  },
  {
    name: "refund_charge",
    description: "Pays back a charge, wholly or in part.",
    schema: z.object({ charge: z.string(), cents: z.number() }),
  },
);

export const agent = createReactAgent({
  llm: new ChatOpenAI({ model: "gpt-4o" }),
  tools: [listCharges, refundCharge],
  prompt: "You look after customers of a shop for lamps.",
  checkpointer: new MemorySaver(),
});

export async function handle(thread: string, message: string): Promise<string> {
  const config = { configurable: { thread_id: thread }, recursionLimit: 15 };
  const state = await agent.invoke({ messages: [{ role: "user", content: message }] }, config);
  return String(state.messages.at(-1)?.content);
}
