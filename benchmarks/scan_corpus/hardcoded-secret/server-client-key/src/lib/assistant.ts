import "server-only";

import OpenAI from "openai";

export interface Suggestion {
  title: string;
  reason: string;
}

const apiKey = process.env.OPENAI_API_KEY;
if (!apiKey) {
  throw new Error("Set OPENAI_API_KEY, for example to sk-proj-xxxxxxxxxxxxxxxxxxxxxxxx");
}

const client = new OpenAI({ apiKey });
const cache = new Map<string, Suggestion[]>();

export async function suggest(mood: string): Promise<Suggestion[]> {
  const known = cache.get(mood);
  if (known) return known;
  const completion = await client.chat.completions.create({
    model: "gpt-4o-mini",
    response_format: { type: "json_object" },
    messages: [
      { role: "system", content: "Suggest three films as JSON: {suggestions: [{title, reason}]}." },
      { role: "user", content: mood },
    ],
  });
  const { suggestions } = JSON.parse(completion.choices[0].message.content ?? "{}");
  cache.set(mood, suggestions);
  return suggestions;
}
