import Fastify from "fastify";
import OpenAI from "openai";

import { CopySession } from "./session";

interface CopyBody {
  tone: string;
  product: string;
}

const app = Fastify({ logger: true });
const client = new OpenAI();

app.post<{ Body: CopyBody }>("/copy", async (request) => {
  const session = new CopySession(client);
  session.setTone(request.body.tone);
  return session.write(request.body.product);
});

app.listen({ port: 3000 });
