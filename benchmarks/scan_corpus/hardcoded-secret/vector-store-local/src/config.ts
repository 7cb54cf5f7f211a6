export interface Config {
  databaseUrl: string;
  apiKeyHeader: string;
  tokenUrl: string;
  passwordField: string;
  embeddingModel: string;
}

export const config: Config = {
  databaseUrl: process.env.DATABASE_URL ?? "postgres://postgres:postgres@localhost:5432/rag",
  apiKeyHeader: "x-lampshop-api-key",
  tokenUrl: "https://auth.lampshop.io/oauth/token",
  passwordField: "current-password",
  embeddingModel: "text-embedding-3-small",
};
