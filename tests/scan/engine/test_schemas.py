"""Schemas of zod: a choice of constants is nobody's text, wherever the schema is used."""

import pytest

from .programs import check

_START = """
import { exec } from "node:child_process";
import { z } from "zod";
import { generateObject, tool } from "ai";
import { openai } from "@ai-sdk/openai";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import express from "express";
const app = express();
const Turn = z.object({ role: ROLE, content: z.string() });
const Body = z.object({ tone: TONE, question: z.string().min(1), turns: z.array(Turn).max(20) });
"""
PROGRAMS = {
    "a request's body": (
        "tone",
        """
app.post("/", async (req, res) => {
  const { tone } = Body.parse(req.body);
  await client.chat.completions.create({
    model: "gpt-4o",
    messages: [{ role: "system", content: `Be ${tone}` }], // hit messages
  });
});
""",
    ),
    "a body that may not do": (
        "tone",
        """
app.post("/", async (req, res) => {
  const parsed = Body.optional().safeParse(req.body);
  if (!parsed.success) return;
  await client.chat.completions.create({
    model: "gpt-4o",
    messages: [{ role: "system", content: `Be ${parsed.data.tone}` }], // hit messages
  });
});
""",
    ),
    "turns with roles": (
        "role",
        """
app.post("/", async (req, res) => {
  const body = Body.extend({ id: z.number() }).parse(req.body);
  await client.chat.completions.create({ model: "gpt-4o", messages: [...body.turns] }); // hit messages
});
""",
    ),
    "a model's answer": (
        "tone",
        """
export async function run() {
  const { object } = await generateObject({ model: openai("gpt-4o"), schema: Body, prompt: "Which?" });
  exec(object.tone); // hit shell
}
""",
    ),
    "a tool's arguments": (
        "tone",
        """
export const run = tool({
  description: "Runs it.",
  inputSchema: z.object({ tone: TONE, wait: z.boolean() }),
  execute: async ({ tone }) => exec(tone), // hit shell
});
""",
    ),
    "a server's tool": (
        "tone",
        """
const server = new McpServer({ name: "runner", version: "1" });
server.tool("run", "Runs it.", { tone: TONE, wait: z.boolean() }, async ({ tone }) => {
  exec(tone); // hit shell
  return { content: [] };
});
""",
    ),
}


def _program(name: str, choice: bool) -> str:
    which, text = PROGRAMS[name]
    text = (_START + text).replace("TONE" if which == "role" else "ROLE", 'z.enum(["user", "assistant"])')
    text = text.replace(
        "ROLE" if which == "role" else "TONE", 'z.enum(["user", "assistant"])' if choice else "z.string()"
    )
    return text.replace("// hit", "// no hit") if choice else text


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("choice", [False, True])
def test_what_a_schema_lets_through(name: str, choice: bool) -> None:
    check(_program(name, choice), choice, "app.ts")
