export interface Config {
  databaseUrl: string;
  embeddingModel: string;
  topK: number;
}

export const config: Config = {
  databaseUrl: process.env.DATABASE_URL ?? "postgres://rag_app:0WJhLOkXToErLugaBQ@vectors.internal.lampshop.io:5432/rag",
  embeddingModel: "text-embedding-3-small",
  topK: 6,
};
