import type { Problem } from "../core/outcome.ts";

export const cliProblems = {
  usage: (message: string): Problem => ({
    name: "usage",
    message: message.replace(/^error: /, ""),
    hint: "`tieout --help` lists the commands, `tieout <command> --help` the options of one.",
  }),
  unforeseen: (detail: string): Problem => ({
    name: "unforeseen",
    message: `Something happened that tieout does not know how to handle: ${detail}`,
    hint: "Nothing is half done: what was claimed is finished by the next run. Please report it.",
  }),
  day_invalid: (value: string): Problem => ({
    name: "day_invalid",
    message: `"${value}" is not a day of the calendar.`,
    hint: "Write it as YYYY-MM-DD.",
  }),
  page_not_written: (file: string, reason: string): Problem => ({
    name: "page_not_written",
    message: `The page cannot be written to ${file}: ${reason}.`,
    hint: "Give a file in a folder that is there and may be written to; an earlier page of that name must not be open elsewhere. Nothing was changed.",
  }),
  file_unreadable: (file: string, reason: string): Problem => ({
    name: "file_unreadable",
    message: `${file} cannot be read: ${reason}.`,
    hint: "Check the path and who may read it.",
  }),
};
