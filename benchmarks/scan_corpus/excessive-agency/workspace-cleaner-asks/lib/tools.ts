import { tool } from "ai";
import { z } from "zod";

import { remove } from "./workspace";

export const deletePath = tool({
  description: "Deletes a file or folder that is no longer needed.",
  inputSchema: z.object({ path: z.string() }),
  needsApproval: true,
  execute: async ({ path }) => {
    await remove(path);
    return { deleted: path };
  },
});
