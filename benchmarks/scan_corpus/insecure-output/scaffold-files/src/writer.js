const fs = require("fs/promises");
const path = require("path");

const ROOT = path.join(__dirname, "..", "projects");

async function writeAll(project, files) {
  const folder = path.join(ROOT, project);
  for (const file of files) {
    const target = path.join(folder, file.path);
    await fs.mkdir(path.dirname(target), { recursive: true });
    await fs.writeFile(target, file.content, "utf8");
  }
  return files.length;
}

module.exports = { writeAll, ROOT };
