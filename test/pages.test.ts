import { describe, expect, it } from "vitest";
import { HOLD_RULES } from "../src/core/holds.ts";
import { reportJsonSchema } from "../src/show/report/schema.ts";
import { runRecordJsonSchema } from "../src/show/run-record/schema.ts";
import { decisionsPage } from "./support/document-decisions.ts";
import { holdsPage } from "./support/holds-page.ts";
import { matchingPage } from "./support/matching-page.ts";

// `npm run docs` writes these files anew.
const PAGES: [name: string, page: () => string][] = [
  ["decisions.md", decisionsPage],
  ["holds.md", holdsPage],
  ["matching.md", matchingPage],
  ["report.schema.json", () => `${JSON.stringify(reportJsonSchema(), null, 2)}\n`],
  ["run.schema.json", () => `${JSON.stringify(runRecordJsonSchema(), null, 2)}\n`],
];

describe("a file of the docs that is made from the code", () => {
  it.each(PAGES)("docs/%s is what it makes", async (name, page) => {
    await expect(page()).toMatchFileSnapshot(`../docs/${name}`);
  });
});

/** Rules that a document may be held or reported by, as they are agreed with whoever reads them in `--json`. */
const AGREED = [
  "unmapped_project unmapped_sub_job unmapped_cost_code unmapped_cost_type no_mapping_set",
  "job_not_in_sage job_closed category_not_standard cost_code_not_in_sage group_cost_code",
  "cost_code_closed category_closed extra_closed extra_not_in_sage case_differs code_too_long code_format",
  "amount_invalid amount_too_large no_lines lines_gone no_baseline target_changed changed_after_export",
  "previous_batch_open two_budgets project_number_ambiguous duplicate_line acceptance_without_name",
  "orphan_line unknown_company",
].flatMap((rules) => rules.split(" "));

describe("docs/holds.md", () => {
  it("has a row for every rule that is agreed, with a meaning and a remedy", () => {
    const rows = new Map(
      [...holdsPage().matchAll(/^\| `(\w+)` \| (.+) \|$/gm)].map(([, rule = "", cells = ""]) => [
        rule,
        cells.split(" | "),
      ]),
    );
    expect(AGREED.filter((rule) => !rows.has(rule))).toEqual([]);
    expect([...rows.keys()].toSorted()).toEqual(Object.keys(HOLD_RULES).toSorted());
    for (const [rule, cells] of rows) {
      expect([rule, cells.length]).toEqual([rule, 4]);
      for (const cell of cells) expect(cell).toMatch(/\S/);
    }
  });
});
