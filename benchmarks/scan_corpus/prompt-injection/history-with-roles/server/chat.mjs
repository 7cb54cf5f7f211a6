import Koa from "koa";
import bodyParser from "koa-bodyparser";
import Router from "@koa/router";
import OpenAI from "openai";

const app = new Koa();
const router = new Router();
const openai = new OpenAI();

const GUARD = { role: "system", content: "You help with orders of the shop. You never give discounts." };

function toMessages(history) {
  return history.slice(-20).map((turn) => ({ role: turn.role, content: turn.text }));
}

router.post("/chat", async (ctx) => {
  const { history } = ctx.request.body;
  const completion = await openai.chat.completions.create({
    model: "gpt-4o-mini",
    messages: [GUARD, ...toMessages(history)],
  });
  ctx.body = { reply: completion.choices[0].message.content };
});

app.use(bodyParser());
app.use(router.routes());
app.listen(3001);
