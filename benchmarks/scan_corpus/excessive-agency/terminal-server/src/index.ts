#!/usr/bin/env node
import { exec } from "node:child_process";
import { promisify } from "node:util";

import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { z } from "zod";

const run = promisify(exec);

const server = new McpServer({ name: "terminal", version: "1.2.0" });

server.registerTool(
  "run_command",
  {
    description: "Runs a command in the user's terminal and returns its output.",
    inputSchema: { command: z.string(), cwd: z.string().optional() },
  },
  async ({ command, cwd }) => {
    const { stdout, stderr } = await run(command, { cwd, maxBuffer: 10_000_000 });
    return { content: [{ type: "text", text: stdout || stderr }] };
  },
);

server.registerTool(
  "time",
  { description: "The time of day.", inputSchema: {} },
  async () => ({ content: [{ type: "text", text: new Date().toISOString() }] }),
);

await server.connect(new StdioServerTransport());
