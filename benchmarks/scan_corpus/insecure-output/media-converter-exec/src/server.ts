import express from "express";
import OpenAI from "openai";

import { logger } from "./logger";
import { runCommand } from "./shell";

const app = express();
const openai = new OpenAI();
const WORK_DIR = process.env.WORK_DIR ?? "/var/lib/converter";

app.use(express.json());

app.post("/convert", async (req, res) => {
  const completion = await openai.chat.completions.create({
    model: "gpt-4o-mini",
    temperature: 0,
    messages: [
      { role: "system", content: "You write one ffmpeg command for the task. Answer with the command alone." },
      { role: "user", content: String(req.body.task) },
    ],
  });
  const command = completion.choices[0].message.content?.trim() ?? "";
  if (!command.startsWith("ffmpeg")) {
    res.status(422).json({ error: "no command" });
    return;
  }
  const result = await runCommand(command, WORK_DIR);
  logger.info({ ok: result.ok }, "converted");
  res.json(result);
});

app.listen(8080);
