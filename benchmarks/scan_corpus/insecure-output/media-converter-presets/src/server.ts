import { randomUUID } from "node:crypto";

import express from "express";
import OpenAI from "openai";

import { logger } from "./logger";
import { runPreset } from "./shell";

const app = express();
const openai = new OpenAI();
const WORK_DIR = process.env.WORK_DIR ?? "/var/lib/converter";

app.use(express.json());

app.post("/convert", async (req, res) => {
  const completion = await openai.chat.completions.create({
    model: "gpt-4o-mini",
    temperature: 0,
    messages: [
      { role: "system", content: "Name the preset for the task: smaller, audio or silent. Answer with one word." },
      { role: "user", content: String(req.body.task) },
    ],
  });
  const preset = completion.choices[0].message.content?.trim() ?? "";
  const id = randomUUID();
  const output = await runPreset(preset, `${WORK_DIR}/upload.mp4`, `${WORK_DIR}/${id}.mp4`);
  logger.info({ id }, "converted");
  res.json({ id, output });
});

app.listen(8080);
