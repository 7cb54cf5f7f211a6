import { tool } from "ai";
import { z } from "zod";

import { remove, sizeOf } from "./workspace";

export const fileSize = tool({
  description: "The size of a file in bytes.",
  inputSchema: z.object({ file: z.string() }),
  execute: async ({ file }) => ({ bytes: await sizeOf(file) }),
});

export const deletePath = tool({
  description: "Deletes a file or folder that is no longer needed.",
  inputSchema: z.object({ path: z.string() }),
  execute: async ({ path }) => {
    await remove(path);
    return { deleted: path };
  },
});
