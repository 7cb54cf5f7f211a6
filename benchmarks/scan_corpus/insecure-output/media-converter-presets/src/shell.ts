import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { logger } from "./logger";

const execFileAsync = promisify(execFile);

const PRESETS: Record<string, string[]> = {
  smaller: ["-vf", "scale=640:-2", "-crf", "30"],
  audio: ["-vn", "-acodec", "libmp3lame"],
  silent: ["-an", "-c:v", "copy"],
};

export async function runPreset(name: string, input: string, output: string): Promise<string> {
  const options = PRESETS[name];
  if (options === undefined) {
    throw new Error("unknown preset");
  }
  logger.info({ name }, "running");
  const { stdout } = await execFileAsync("ffmpeg", ["-i", input, ...options, output], { timeout: 60_000 });
  return stdout;
}
