import Anthropic from "@anthropic-ai/sdk";
import { z } from "zod";

export interface Row {
  [column: string]: string | number;
}

const INSTRUCTIONS = "Answer with JSON: {kind: 'bar' | 'line' | 'pie', column: one of the given columns}.";
const Settings = z.object({ kind: z.enum(["bar", "line", "pie"]), column: z.string() });

export class ChartAgent {
  private readonly client: Anthropic;
  private kind: "bar" | "line" | "pie" = "bar";
  private column = "";

  constructor(client = new Anthropic()) {
    this.client = client;
  }

  async plan(question: string, columns: string[]): Promise<void> {
    const message = await this.client.messages.create({
      model: "claude-sonnet-4-5",
      max_tokens: 200,
      system: INSTRUCTIONS,
      messages: [{ role: "user", content: `Columns: ${columns.join(", ")}\n\n${question}` }],
    });
    const block = message.content[0];
    if (block.type !== "text") return;
    const settings = Settings.parse(JSON.parse(block.text));
    if (columns.includes(settings.column)) {
      this.kind = settings.kind;
      this.column = settings.column;
    }
  }

  draw(rows: Row[]): unknown {
    const data = rows.map((row) => row[this.column]);
    return { series: [{ type: this.kind, data }] };
  }
}
