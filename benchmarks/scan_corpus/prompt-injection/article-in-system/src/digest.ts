import axios from "axios";
import * as cheerio from "cheerio";
import { HumanMessage, SystemMessage } from "@langchain/core/messages";
import { ChatAnthropic } from "@langchain/anthropic";

const model = new ChatAnthropic({ model: "claude-3-5-haiku-latest", maxTokens: 500 });

async function readArticle(url: string): Promise<string> {
  const { data } = await axios.get<string>(url, { timeout: 10_000 });
  const $ = cheerio.load(data);
  $("script, style, nav").remove();
  return $("article").text().replace(/\s+/g, " ").slice(0, 20_000);
}

export async function answer(url: string, question: string): Promise<string> {
  const article = await readArticle(url);
  const reply = await model.invoke([
    new SystemMessage(`You answer questions on this article and on nothing else:\n\n${article}`),
    new HumanMessage(question),
  ]);
  return String(reply.content);
}
