import type { Problem } from "../../core/outcome.ts";

export const runLogProblems = {
  run_record_not_written: (folder: string, reason: string): Problem => ({
    name: "run_record_not_written",
    message: `The record of this run could not be written to ${folder}: ${reason}.`,
    hint: "Check the folder and its rights. The run itself is not affected: the journal has it, and `tieout doctor` shows folders that cannot be written to.",
  }),
};
