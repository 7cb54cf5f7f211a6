import { openai } from "@ai-sdk/openai";
import { generateText } from "ai";
import { Hono } from "hono";
import { Pool } from "pg";

const SCHEMA = `
orders(id int, customer_id int, total numeric, created_at timestamptz)
customers(id int, name text, country text)
`;

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
const app = new Hono();

async function writeQuery(question: string): Promise<string> {
  const { text } = await generateText({
    model: openai("gpt-4o"),
    system: `You translate questions into PostgreSQL. Tables:${SCHEMA}Answer with the statement alone.`,
    prompt: question,
  });
  return text.replaceAll("```sql", "").replaceAll("```", "").trim();
}

app.post("/ask", async (c) => {
  const { question } = await c.req.json<{ question: string }>();
  const statement = await writeQuery(question);
  const started = Date.now();
  const result = await pool.query(statement);
  console.info(`answered in ${Date.now() - started} ms`);
  return c.json({ statement, rows: result.rows });
});

export default app;
