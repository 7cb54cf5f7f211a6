import OpenAI from "openai";

export interface Suggestion {
  title: string;
  reason: string;
}

const client = new OpenAI({
  apiKey: "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",
  dangerouslyAllowBrowser: true,
});

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
