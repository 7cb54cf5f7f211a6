import { Router } from "express";

import { ChartAgent } from "../charts/ChartAgent";
import { loadRows } from "../data";

export const charts = Router();

charts.post("/charts", async (req, res) => {
  const agent = new ChartAgent();
  const rows = await loadRows();
  await agent.plan(req.body.question, Object.keys(rows[0] ?? {}));
  res.json(agent.draw(rows));
});
