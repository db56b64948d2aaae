import { expect, it } from "vitest";
import { DIFFERENCE_MEANINGS } from "../../../src/core/state-words.ts";
import { IMPORT_LINE_STATES, type ImportLineState } from "../../../src/core/states.ts";
import type { CompanyReconcile, DifferenceResult } from "../../../src/run/reconcile/reconcile.ts";
import { reconcileText } from "../../../src/show/text/reconcile.ts";
import { fine, lines } from "./support.ts";

const none = Object.fromEntries(IMPORT_LINE_STATES.map((state) => [state, 0])) as Record<
  ImportLineState,
  number
>;
const nothing: CompanyReconcile = {
  ...fine,
  lines: none,
  unexpected: 0,
  synced: [],
  differences: [],
  recognitions: [],
  digests_lied: [],
  rejects: [],
};
const reconciled = (company: Partial<CompanyReconcile>) =>
  reconcileText({ run_id: "r", companies: [{ ...nothing, ...company }] });
const difference = (
  state: DifferenceResult["state"],
  changes: Partial<DifferenceResult> = {},
): DifferenceResult => ({
  batch_id: "ACME-000123",
  kind: "original",
  job: "25-1001",
  extra: "",
  cost_code: "03-100",
  category: "L",
  exported: "9600.00",
  posted: "6000.00",
  state,
  ambiguous: false,
  line_no: 1,
  since: "2026-11-20",
  recognised: null,
  ...changes,
});

it("counts the lines of each state there is, in plain words, and names what was synced", () => {
  expect(reconciled({ lines: { ...none, posted: 1234, awaiting_posting: 2 }, synced: ["B-1", "M-3"] })).toBe(
    lines(
      "Company ACME",
      "",
      "  Import lines         Number",
      "  waiting for posting       2",
      "  posted                1,234",
      "  There are no differences.",
      "",
      "Synced by this run: 2 documents",
      "  B-1",
      "  M-3",
    ),
  );
});

it("shows a difference with what it means, its batch, key, exported and posted amounts", () => {
  expect(
    reconciled({ lines: { ...none, amount_differs: 1 }, differences: [difference("amount_differs")] }),
  ).toBe(
    lines(
      "Company ACME",
      "",
      "  Import lines    Number",
      "  amount differs       1",
      "",
      "Amount differs: what is posted in Sage is not what was exported. Post what is",
      "  missing, or correct the entries in Sage; the line resolves by itself.",
      "",
      "Batch ACME-000123, job 25-1001, original estimates",
      "  Cost code  Cat.  Exported    Posted  Difference",
      "  03-100     L     9,600.00  6,000.00   -3,600.00",
    ),
  );
});

it("says once what a state means, and shows its differences by batch, kind and job", () => {
  const text = reconciled({
    differences: [
      difference("overdue"),
      difference("overdue", { cost_code: "03-200" }),
      difference("overdue", { batch_id: "ACME-000124", kind: "approved_change", extra: "PH1" }),
      difference("overdue", { job: "25-1002" }),
    ],
  });
  expect(text.match(/Overdue:/g)).toHaveLength(1);
  expect(text.match(/^Batch.*/gm)).toEqual([
    "Batch ACME-000123, job 25-1001, original estimates",
    "Batch ACME-000124, job 25-1001, approved changes",
    "Batch ACME-000123, job 25-1002, original estimates",
  ]);
  expect(text).toContain("  PH1    03-100     L ");
});

it.each(Object.entries(DIFFERENCE_MEANINGS) as [DifferenceResult["state"], string][])(
  "explains %s in a sentence of its own",
  (state, meaning) => {
    const text = reconciled({ differences: [difference(state)] });
    expect(text.replace(/\s+/g, " ")).toContain(meaning);
    expect(Object.values(DIFFERENCE_MEANINGS).filter((other) => other === meaning)).toHaveLength(1);
  },
);

it("shows an unexpected entry without a batch", () => {
  const text = reconciled({
    unexpected: 1,
    differences: [difference("unexpected", { batch_id: null, exported: "0.00", posted: "75.50" })],
  });
  expect(text).toContain("  unexpected entries in Sage       1\n");
  expect(text).toContain("No batch, job 25-1001, original estimates\n");
  expect(text).toMatch(/03-100 +L +0\.00 +75\.50 +75\.50\n/);
});

it("says so below the line where the entries could be told apart in more than one way", () => {
  const text = reconciled({
    differences: [
      difference("amount_differs", { ambiguous: true }),
      difference("amount_differs", { cost_code: "03-200" }),
    ],
  });
  expect(text).toMatch(/03-100 .*\n {4}The entries could be told apart in more than one way/);
  expect(text.match(/more than one way/g)).toHaveLength(1);
});

it("says that there is nothing to reconcile, and shows what failed", () => {
  expect(reconciled({})).toBe(lines("Company ACME", "", "  Nothing to reconcile: no batch has a line yet."));
  expect(
    reconciled({
      error: { name: "sage_unreachable", message: "Sage's copy does not answer.", hint: "Start it." },
      notices: ["The copy has no history."],
    }),
  ).toBe(
    lines(
      "Company ACME",
      "  Failed: Sage's copy does not answer. [sage_unreachable]",
      "    → Start it.",
      "  Note: The copy has no history.",
    ),
  );
  expect(reconcileText({ run_id: "r", companies: [] })).toBe("There is no company to tell of.\n");
});
