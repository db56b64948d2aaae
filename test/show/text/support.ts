import type { HoldResult } from "../../../src/run/hold-result.ts";

/** What a company's part has when nothing is wrong. */
export const fine = { company: "ACME", notices: [], error: null } as const;

export const unmappedCostCode = (line: string | null, changes: Partial<HoldResult> = {}): HoldResult => ({
  project_id: "p1",
  project_number: "25-1001",
  document: "budget",
  document_id: "B-1",
  staging_line_id: line,
  field: "cost_code",
  value: "16-700",
  rule: "unmapped_cost_code",
  message: "Cost code 16-700 has no Sage cost code in the mapping files.",
  remedy: "Add a row for cost code 16-700 to cost-codes.csv.",
  ...changes,
});

export const lines = (...all: readonly string[]): string => `${all.join("\n")}\n`;
