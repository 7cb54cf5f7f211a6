import Anthropic from "@anthropic-ai/sdk";

export interface Row {
  [column: string]: string | number;
}

export interface ChartOptions {
  width: number;
  height: number;
}

const INSTRUCTIONS = "Write the body of a JavaScript function of `rows` and `options` that returns an ECharts option.";

export class ChartAgent {
  private readonly client: Anthropic;
  private script = "return {}";

  constructor(client = new Anthropic()) {
    this.client = client;
  }

  async plan(question: string, columns: string[]): Promise<void> {
    const message = await this.client.messages.create({
      model: "claude-sonnet-4-5",
      max_tokens: 1024,
      system: INSTRUCTIONS,
      messages: [{ role: "user", content: `Columns: ${columns.join(", ")}\n\n${question}` }],
    });
    const block = message.content[0];
    if (block.type === "text") {
      this.script = block.text.replace(/^```(?:js|javascript)?\n|```$/g, "");
    }
  }

  draw(rows: Row[], options: ChartOptions): unknown {
    const build = new Function("rows", "options", this.script);
    return build(rows, options);
  }
}
