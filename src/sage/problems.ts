import type { Problem } from "../core/outcome.ts";

export const sageProblems = {
  sage_unavailable: (reason: string): Problem => ({
    name: "sage_unavailable",
    message: `Sage's copy cannot be read: ${reason}.`,
    hint: "Check the company's sage: settings, and that the copy is there.",
  }),
  sage_table_empty: (table: string): Problem => ({
    name: "sage_table_empty",
    message: `${table} is absent or empty in Sage's copy, so nothing can be checked against Sage.`,
    hint: "Check that the copy has been filled, and the company's sage: settings (file, database, schema, company column).",
  }),
  sage_copy_refreshing: (reads: number): Problem => ({
    name: "sage_copy_refreshing",
    message: `Sage's copy changed while it was read, ${reads} times in a row: it is being refreshed.`,
    hint: "Nothing to do: the next run reads it again. If it happens at every run, set the job's schedule to when no refresh is under way.",
  }),
};
