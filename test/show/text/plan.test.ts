import { expect, it } from "vitest";
import type {
  CompanyPlan,
  PlanLineResult,
  PlanProjectResult,
  PlanResult,
} from "../../../src/run/look/plan.ts";
import { widthOf } from "../../../src/show/text/characters.ts";
import { planText } from "../../../src/show/text/plan.ts";
import { fine, lines, unmappedCostCode } from "./support.ts";

const line = (cost_code: string, before: string, now: string, difference: string): PlanLineResult => ({
  kind: "original",
  job: "25-1001",
  extra: "",
  cost_code,
  category: "L",
  before,
  now,
  difference,
  why: [before === "0.00" ? "new" : "changed"],
});

const accepted = { accepted_by: "Ann Approver", accepted_at: "2026-03-02T14:00:00" };
const project = (changes: Partial<PlanProjectResult> = {}): PlanProjectResult => ({
  project_number: "25-1001",
  name: "Main Street Clinic",
  job: "25-1001",
  original: "27850.00",
  approved_changes: "0.00",
  documents: [{ ...accepted, document: "budget", document_id: "B-1", number: "" }],
  lines: [line("03-100", "0.00", "19000.00", "19000.00"), line("03-200", "0.00", "8850.00", "8850.00")],
  ...changes,
});

const nothing: CompanyPlan = {
  ...fine,
  plan_id: "5a",
  transaction_date: "2026-03-02",
  recovered: [],
  batches: [],
  nothing_to_send: [],
  waiting: [],
  holds: [],
};
const ID = "0123456789abcdef";
const plan: PlanResult = {
  run_id: null,
  planned_at: "2026-03-02T15:00:00Z",
  company: null,
  date: null,
  plan_id: ID,
  companies: [],
  unassigned: [],
};
const wholePlanOf = (company: Partial<CompanyPlan>) =>
  planText({ ...plan, companies: [{ ...nothing, ...company }] });
/** Without its last words, which a test of their own is about. */
const planOf = (company: Partial<CompanyPlan>) =>
  wholePlanOf(company).replace(/\n\nTo do exactly this.*$/s, "\n");
const batchOf = (...projects: readonly PlanProjectResult[]) => ({
  files: [
    { kind: "original" as const, jobs: projects.length, extras: 0, lines: 2, amount_total: "27850.00" },
  ],
  projects,
});

it("ends with how to do exactly this, where there is something to do", () => {
  expect(wholePlanOf({ batches: [batchOf(project())] })).toContain(`\n  tieout export --only-if ${ID}\n`);
  expect(wholePlanOf({ recovered: ["ACME-000001"] })).toMatch(
    /claimed it and did not get there:\s+ACME-000001/,
  );
  expect(wholePlanOf({})).not.toContain("--only-if");
  const dated = planText({
    ...plan,
    date: "2026-03-31",
    companies: [{ ...nothing, batches: [batchOf(project())] }],
  });
  expect(dated).toContain(`\n  tieout export --only-if ${ID} --date 2026-03-31\n`);
});

it("says why a line differs where its amounts do not say it", () => {
  const moved = { ...line("03-100", "5.00", "7.00", "2.00"), why: ["changed", "moved_by_mapping"] as const };
  const text = planOf({
    batches: [batchOf(project({ lines: [moved, line("03-200", "0.00", "1.00", "1.00")] }))],
  });
  expect(text).toMatch(/03-100 .*2\.00\n {4}moved: the mapping leads elsewhere now\n {2}03-200 .*1\.00\n/);
});

it("shows a batch's files, a project's totals and its lines", () => {
  expect(planOf({ batches: [batchOf(project())] })).toBe(
    lines(
      "Company ACME",
      "  An export would write 1 batch, with the transaction date 2026-03-02.",
      "",
      "Batch 1 of 1",
      "  Import file         Jobs  Lines     Amount",
      "  Original estimates     1      2  27,850.00",
      "",
      "Project 25-1001 Main Street Clinic, job 25-1001",
      "  Budget",
      "",
      "  Totals              Lines  Before        Now  Difference",
      "  Original estimates      2    0.00  27,850.00   27,850.00",
      "",
      "  Original estimates",
      "  Cost code  Cat.  Before        Now  Difference",
      "  03-100     L       0.00  19,000.00   19,000.00",
      "  03-200     L       0.00   8,850.00    8,850.00",
    ),
  );
});

it("shows before, now and difference of originals, of changes and of both together", () => {
  const text = planOf({
    batches: [
      batchOf(
        project({
          documents: [
            { ...accepted, document: "budget", document_id: "B-1", number: "" },
            { ...accepted, document: "modification", document_id: "M-1", number: "003" },
          ],
          lines: [
            line("03-100", "1000.00", "900.00", "-100.00"),
            { ...line("03-200", "0.00", "50.00", "50.00"), kind: "approved_change", extra: "PH1" },
          ],
        }),
      ),
    ],
  });
  expect(text).toContain("  Budget, Modification 003\n");
  expect(text).toContain("  Original estimates      1  1,000.00  900.00     -100.00\n");
  expect(text).toContain("  Approved changes        1      0.00   50.00       50.00\n");
  expect(text).toContain("  Together                2  1,000.00  950.00      -50.00\n");
  expect(text).toContain("Lines that stay as they were sent are not counted.\n");
  expect(text).toContain("  PH1    03-200     L       0.00  50.00       50.00\n");
});

it("adds up a batch of several projects", () => {
  const text = planOf({ batches: [batchOf(project(), project({ project_number: "25-1002" }))] });
  expect(text).toContain("  Whole batch         Lines  Before        Now  Difference\n");
  expect(text).toContain("  Original estimates      4    0.00  55,700.00   55,700.00\n");
});

it("shows all of 40 lines, and of 41 the first 20 beside totals over all", () => {
  const many = (n: number) =>
    planOf({
      batches: [
        batchOf(
          project({
            lines: Array.from({ length: n }, (_, i) => line(`03-${100 + i}`, "0.00", "1.00", "1.00")),
          }),
        ),
      ],
    });
  expect(many(40).match(/^ {2}03-/gm)).toHaveLength(40);
  expect(many(40)).not.toContain("more");
  expect(many(41).match(/^ {2}03-/gm)).toHaveLength(20);
  expect(many(41)).toContain("  … and 21 more (--json has them all)\n");
  expect(many(41)).toContain("  Original estimates     41    0.00  41.00       41.00\n");
});

it("shows what waits, what has nothing to send and what is held", () => {
  const text = planOf({
    nothing_to_send: ["M-8"],
    waiting: [
      {
        document: "modification",
        document_id: "M-9",
        number: "004",
        project_number: "25-1001",
        reason: "waits for modification 003",
      },
    ],
    holds: [{ ...unmappedCostCode("L-1"), began_at: "2026-03-01T09:00:00Z" }],
  });
  expect(text).toContain("  An export would write no batch.\n");
  expect(text).toContain("these documents will be marked as\n  synced:\n  M-8\n");
  expect(text).toContain(
    "Accepted, but waiting\n  Project 25-1001, modification 004: waits for modification 003\n",
  );
  expect(text).toContain("Held\n\n  Project 25-1001\n    Budget B-1, held since 2026-03-01 09:00 UTC\n");
});

it("says in a sentence that there is nothing to export, and shows errors and notices instead of it", () => {
  expect(planOf({})).toBe(
    lines("Company ACME", "  Nothing to export: no accepted budget or modification is waiting."),
  );
  const failed = planOf({
    error: { name: "sage_unreachable", message: "Sage's copy does not answer.", hint: "Start it." },
    notices: ["Extras cannot be checked."],
  });
  expect(failed).toBe(
    lines(
      "Company ACME",
      "  Failed: Sage's copy does not answer. [sage_unreachable]",
      "    → Start it.",
      "  Note: Extras cannot be checked.",
    ),
  );
  expect(planText(plan)).toBe("There is no company to tell of.\n");
});

it("fits 80 columns with codes of Sage's full width and amounts of eight digits", () => {
  const wide = {
    ...line("12-345-67890", "-99999999.99", "-99999999.99", "-99999999.99"),
    extra: "EXTRA-0001",
  };
  const text = planOf({
    batches: [
      batchOf(
        project({ name: "A long name ".repeat(15), lines: [wide, { ...wide, kind: "approved_change" }] }),
      ),
    ],
  });
  for (const each of text.split("\n")) expect(widthOf(each)).toBeLessThanOrEqual(80);
});
