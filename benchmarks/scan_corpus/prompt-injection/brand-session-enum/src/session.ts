import OpenAI from "openai";
import { z } from "zod";

const Tone = z.enum(["warm", "factual", "playful", "formal"]);

export interface Draft {
  headline: string;
  text: string;
}

export class CopySession {
  private instructions = "You write advertisements.";
  private readonly drafts: Draft[] = [];

  constructor(private readonly client: OpenAI) {}

  setTone(tone: unknown): void {
    const known = Tone.parse(tone);
    this.instructions = `You write advertisements. Tone of the brand: ${known}`;
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
