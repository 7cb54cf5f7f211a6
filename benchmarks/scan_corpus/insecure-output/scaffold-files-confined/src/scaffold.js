const OpenAI = require("openai");
const { writeAll } = require("./writer");

const client = new OpenAI();

const SYSTEM = `You set up small web projects.
Answer with JSON: {"files": [{"path": "...", "content": "..."}]}`;

async function scaffold(wish) {
  const completion = await client.chat.completions.create({
    model: "gpt-4.1",
    response_format: { type: "json_object" },
    messages: [
      { role: "system", content: SYSTEM },
      { role: "user", content: wish },
    ],
  });
  const { files } = JSON.parse(completion.choices[0].message.content);
  return writeAll("landing-page", files);
}

module.exports = { scaffold };
