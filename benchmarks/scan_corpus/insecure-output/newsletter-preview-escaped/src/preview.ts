import express, { type Request, type Response } from "express";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatOpenAI } from "@langchain/openai";
import escapeHtml from "escape-html";

const app = express();
const prompt = ChatPromptTemplate.fromMessages([
  ["system", "You write the newsletter of a bicycle shop, in two short paragraphs."],
  ["human", "This month's news: {news}"],
]);
const chain = prompt.pipe(new ChatOpenAI({ model: "gpt-4o-mini" })).pipe(new StringOutputParser());

app.use(express.urlencoded({ extended: false }));

app.post("/preview", async (req: Request, res: Response) => {
  const letter = await chain.invoke({ news: req.body.news });
  const paragraphs = letter.split("\n\n").map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`);
  res.send(`<html><body><h1>Preview</h1>${paragraphs.join("")}</body></html>`);
});

app.listen(Number(process.env.PORT ?? 3000));
