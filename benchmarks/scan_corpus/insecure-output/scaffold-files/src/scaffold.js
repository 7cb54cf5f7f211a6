const OpenAI = require("openai");
const { writeAll } = require("./writer");

const client = new OpenAI();

const SYSTEM = `You set up small web projects.
Answer with JSON: {"files": [{"path": "...", "content": "..."}]}`;

async function scaffold(project, wish) {
  const completion = await client.chat.completions.create({
    model: "gpt-4.1",
    response_format: { type: "json_object" },
    messages: [
      { role: "system", content: SYSTEM },
      { role: "user", content: wish },
    ],
  });
  const { files } = JSON.parse(completion.choices[0].message.content);
  return writeAll(project, files);
}

if (require.main === module) {
  scaffold("landing-page", process.argv.slice(2).join(" ")).then((count) => {
    console.log(`${count} files`);
  });
}

module.exports = { scaffold };
