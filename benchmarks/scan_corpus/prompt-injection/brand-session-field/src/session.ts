import OpenAI from "openai";

export interface Draft {
  headline: string;
  text: string;
}

export class CopySession {
  private instructions = "You write advertisements.";
  private readonly drafts: Draft[] = [];

  constructor(private readonly client: OpenAI) {}

  setTone(tone: string): void {
    this.instructions = `You write advertisements. Tone of the brand: ${tone}`;
  }

  async write(product: string): Promise<Draft> {
    const response = await this.client.responses.create({
      model: "gpt-4.1-mini",
      instructions: this.instructions,
      input: `Write a headline and two sentences for: ${product}`,
    });
    const [headline, ...rest] = response.output_text.split("\n");
    const draft = { headline, text: rest.join("\n") };
    this.drafts.push(draft);
    return draft;
  }
}
