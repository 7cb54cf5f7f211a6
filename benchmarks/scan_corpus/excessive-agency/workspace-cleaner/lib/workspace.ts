import { rm, stat } from "node:fs/promises";

export async function sizeOf(file: string): Promise<number> {
  return (await stat(file)).size;
}

export async function remove(target: string): Promise<void> {
  await rm(target, { recursive: true, force: true });
}
