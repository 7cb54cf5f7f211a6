import pino from "pino";

export const logger = pino({ name: "converter", level: process.env.LOG_LEVEL ?? "info" });
