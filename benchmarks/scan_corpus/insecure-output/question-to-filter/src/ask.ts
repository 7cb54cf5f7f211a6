import { openai } from "@ai-sdk/openai";
import { generateObject } from "ai";
import { Hono } from "hono";
import { Pool } from "pg";
import { z } from "zod";

const Filter = z.object({
  country: z.string().describe("Name of the country"),
  minimum: z.number().describe("Smallest total of an order"),
});

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
const app = new Hono();

async function readFilter(question: string): Promise<z.infer<typeof Filter>> {
  const { object } = await generateObject({
    model: openai("gpt-4o"),
    system: "Find out which orders the question is about.",
    prompt: question,
    schema: Filter,
  });
  return object;
}

app.post("/ask", async (c) => {
  const { question } = await c.req.json<{ question: string }>();
  const filter = await readFilter(question);
  const result = await pool.query(
    `SELECT o.id, o.total FROM orders o JOIN customers c ON c.id = o.customer_id
     WHERE c.country = $1 AND o.total >= $2 ORDER BY o.created_at DESC LIMIT 50`,
    [filter.country, filter.minimum],
  );
  return c.json({ filter, rows: result.rows });
});

export default app;
