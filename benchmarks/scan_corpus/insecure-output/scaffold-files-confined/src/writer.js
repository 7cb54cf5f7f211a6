const fs = require("fs/promises");
const path = require("path");

const ROOT = path.join(__dirname, "..", "projects");

async function writeAll(project, files) {
  const folder = path.resolve(ROOT, project);
  for (const file of files) {
    const target = path.resolve(folder, file.path);
    const within = path.relative(folder, target);
    if (within.startsWith("..") || path.isAbsolute(within)) {
      throw new Error("the file is outside the project");
    }
    await fs.mkdir(path.dirname(target), { recursive: true });
    await fs.writeFile(target, file.content, "utf8");
  }
  return files.length;
}

module.exports = { writeAll, ROOT };
