import type { Problem } from "../../core/outcome.ts";

export const reportProblems = {
  report_not_written: (folder: string, reason: string): Problem => ({
    name: "report_not_written",
    message: `The report could not be written to ${folder}: ${reason}.`,
    hint: "Check the folder, its rights and the space on its disk, and close the day's workbook or CSV if somebody has it open. The next reconciliation writes it again, or `tieout report` at once; the reconciliation was done.",
  }),
};
