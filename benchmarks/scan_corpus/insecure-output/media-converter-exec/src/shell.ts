import { exec } from "node:child_process";
import { promisify } from "node:util";

import { logger } from "./logger";

const execAsync = promisify(exec);

export interface CommandResult {
  ok: boolean;
  output: string;
}

export async function runCommand(command: string, cwd: string): Promise<CommandResult> {
  logger.info({ command, cwd }, "running");
  try {
    const { stdout } = await execAsync(command, { cwd, timeout: 60_000 });
    return { ok: true, output: stdout };
  } catch (error) {
    return { ok: false, output: error instanceof Error ? error.message : String(error) };
  }
}
