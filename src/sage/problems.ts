import type { Problem } from "../core/outcome.ts";

export const sageProblems = {
  sage_table_empty: (table: string): Problem => ({
    name: "sage_table_empty",
    message: `${table} is absent or empty in Sage's copy, so nothing can be checked against Sage.`,
    hint: "Check that the copy has been filled, and the company's sage: settings (file, database, schema, company column).",
  }),
};
