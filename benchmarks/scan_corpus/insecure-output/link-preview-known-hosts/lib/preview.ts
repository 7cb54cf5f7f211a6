import { google } from "@ai-sdk/google";
import { generateObject } from "ai";
import * as cheerio from "cheerio";
import { z } from "zod";

const Links = z.object({ links: z.array(z.object({ title: z.string(), href: z.string() })) });
const HOSTS = new Set(["en.wikipedia.org", "developer.mozilla.org", "arxiv.org"]);

export interface Preview {
  title: string;
  description: string;
}

async function describe(href: string): Promise<Preview> {
  const url = new URL(href);
  if (url.protocol !== "https:" || !HOSTS.has(url.hostname)) {
    throw new Error("unknown host");
  }
  const response = await fetch(url, { headers: { accept: "text/html" }, redirect: "error" });
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
