import { PGVectorStore } from "@langchain/community/vectorstores/pgvector";
import { OpenAIEmbeddings } from "@langchain/openai";

import { config } from "./config";

export async function openStore(): Promise<PGVectorStore> {
  return PGVectorStore.initialize(new OpenAIEmbeddings({ model: config.embeddingModel }), {
    postgresConnectionOptions: { connectionString: config.databaseUrl },
    tableName: "documents",
  });
}
