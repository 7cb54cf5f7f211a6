import { google } from "@ai-sdk/google";
import { generateObject } from "ai";
import * as cheerio from "cheerio";
import { z } from "zod";

const Links = z.object({ links: z.array(z.object({ title: z.string(), href: z.string() })) });

export interface Preview {
  title: string;
  description: string;
}

async function describe(href: string): Promise<Preview> {
  const response = await fetch(href, { headers: { accept: "text/html" } });
  const $ = cheerio.load(await response.text());
  return {
    title: $("title").first().text(),
    description: $('meta[name="description"]').attr("content") ?? "",
  };
}

export async function recommend(subject: string): Promise<Preview[]> {
  const { object } = await generateObject({
    model: google("gemini-2.5-flash"),
    schema: Links,
    prompt: `Three articles on: ${subject}`,
  });
  return Promise.all(object.links.map((link) => describe(link.href)));
}
