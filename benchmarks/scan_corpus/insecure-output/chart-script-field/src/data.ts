import { readFile } from "node:fs/promises";

import type { Row } from "./charts/ChartAgent";

export async function loadRows(): Promise<Row[]> {
  return JSON.parse(await readFile("data/sales.json", "utf8"));
}
