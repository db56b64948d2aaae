import type { Problem } from "../core/outcome.ts";

export const demoProblems = {
  demo_folder_taken: (folder: string): Problem => ({
    name: "demo_folder_taken",
    message: `${folder} holds files that are not the demo's; nothing was touched.`,
    hint: "Give another folder with --dir.",
  }),
};
