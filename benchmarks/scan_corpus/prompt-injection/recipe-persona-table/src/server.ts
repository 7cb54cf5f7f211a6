import cors from "cors";
import express from "express";
import OpenAI from "openai";

const app = express();
const openai = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });

const PERSONAS = new Map([
  ["grandmother", "a grandmother from Bologna"],
  ["athlete", "a cook who looks after athletes"],
  ["student", "a student with one pan"],
]);

app.use(cors());
app.use(express.json({ limit: "100kb" }));

app.get("/health", (_req, res) => {
  res.json({ ok: true });
});

app.post("/api/recipes", async (req, res, next) => {
  try {
    const { persona, ingredients } = req.body;
    const description = PERSONAS.get(persona) ?? "a friendly cook";
    const completion = await openai.chat.completions.create({
      model: "gpt-4o-mini",
      messages: [
        { role: "system", content: `You are ${description}. Only ever suggest vegetarian dishes.` },
        { role: "user", content: `I have: ${ingredients.join(", ")}` },
      ],
    });
    res.json({ recipe: completion.choices[0].message.content });
  } catch (error) {
    next(error);
  }
});

app.listen(4000);
