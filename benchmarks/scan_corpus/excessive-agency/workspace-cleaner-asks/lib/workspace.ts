import { rm } from "node:fs/promises";
import path from "node:path";

const ROOT = path.resolve(process.env.WORKSPACE ?? "workspace");

export async function remove(target: string): Promise<void> {
  const full = path.resolve(ROOT, target);
  if (!full.startsWith(ROOT + path.sep)) {
    throw new Error("outside the workspace");
  }
  await rm(full, { recursive: true, force: true });
}
