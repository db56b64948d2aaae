import { describe, expect, it } from "vitest";
import { joinKey } from "../../../src/core/key.ts";
import { documentContent } from "../../../src/core/plan/content.ts";
import { NOTHING_SENT, type PlanInput, releaseKey } from "../../../src/core/plan/types.ts";
import {
  budgetOf,
  holdsOf,
  type LineCells,
  ledgerOf,
  mappingOf,
  modificationOf,
  planOf,
  projectOf,
  rules,
  sentDocuments,
} from "../support.ts";

// test/core/plan/holds.test.ts has a case of every rule. Here is where each of these begins and ends.

/** Four keys of one line each, as they were sent. */
const CODES = [
  ["L1", "03-100", "M", "MAT"],
  ["L2", "03-100", "L", "LAB"],
  ["L3", "01-510", "M", "MAT"],
  ["L4", "01-510", "L", "LAB"],
] as const;
const sentFour = ledgerOf(CODES.map(([id, costCode, , category]) => [id, "", costCode, category, 10_000n]));
/** The budget with the first n of these lines. */
const withFirst = (n: number, acceptedAt = "2026-03-02 14:00:00") =>
  budgetOf(
    "25-1001",
    CODES.slice(0, n).map(([id, costCode, costType]): LineCells => [id, "", costCode, costType, "100.00"]),
    { acceptedAt },
  );
const limit = (removal_limit: number): Partial<PlanInput> => ({ rules: { ...rules, removal_limit } });
const LINES_GONE = ["B-25-1001 budget_id=B-25-1001 lines_gone"];

describe("a budget of whose keys some have gone", () => {
  it.each<[lines: number, percent: number, holds: string[]]>([
    [3, 25, []],
    [3, 24, LINES_GONE],
    [3, 0, LINES_GONE],
    [2, 50, []],
    [2, 49, LINES_GONE],
    [1, 100, []],
    [4, 0, []],
  ])("has %i of four, and %i percent may go", (lines, percent, holds) => {
    expect(holdsOf(planOf([withFirst(lines)], { ledgers: sentFour, ...limit(percent) }))).toEqual(holds);
  });

  it("is held if all of them have gone, whatever may go: an empty budget is nobody's wish until somebody says so", () => {
    expect(holdsOf(planOf([withFirst(0)], { ledgers: sentFour, ...limit(100) }))).toEqual(LINES_GONE);
  });

  it("says how many of how many, and what they come to", () => {
    const [hold] = planOf([withFirst(2)], { ledgers: sentFour }).holds;
    expect(`${hold?.message}`).toContain("2 of the 4");
    expect(`${hold?.message} ${hold?.remedy}`).toContain("200.00");
  });

  it("does not count what came to nothing, nor an opening position: neither can go", () => {
    const ledgers = ledgerOf([
      ["L1", "", "03-100", "MAT", 10_000n],
      ["L8", "", "01-510", "SUB", 0n],
      [null, "", "01-510", "LAB", 5_000n],
      [null, "", "01-510", "MAT", 5_000n],
    ]);
    expect(holdsOf(planOf([withFirst(1)], { ledgers, ...limit(0) }))).toEqual([]);
  });

  it("is free once a person has released this acceptance, and held again at the next", () => {
    const released = withFirst(1);
    const ledgers = new Map(
      [...sentFour].map(([project, ledger]) => [
        project,
        { ...ledger, releases: new Set([releaseKey(released, documentContent(released))]) },
      ]),
    );
    expect(sentDocuments(planOf([released], { ledgers }))).toEqual([["B-25-1001"]]);
    expect(holdsOf(planOf([withFirst(1, "2026-03-03 14:00:00")], { ledgers }))).toEqual(LINES_GONE);
    // The same acceptance, and something else in it.
    expect(holdsOf(planOf([withFirst(2)], { ledgers }))).toEqual(LINES_GONE);
  });
});

describe("a document without lines", () => {
  const NO_LINES = ["B-25-1001 budget_id=B-25-1001 no_lines"];

  it("is held as such where nothing that was sent could have gone", () => {
    const opening = ledgerOf([[null, "", "03-100", "MAT", 10_000n]]);
    const undone = ledgerOf([["L1", "", "03-100", "MAT", 0n]]);
    for (const ledgers of [opening, undone, new Map()])
      expect(holdsOf(planOf([withFirst(0)], { ledgers }))).toEqual(NO_LINES);
  });

  it("may be a modification's, whatever was sent of the budget", () => {
    const empty = modificationOf("25-1001", "1", []);
    expect(holdsOf(planOf([empty], { ledgers: sentFour }))).toEqual([
      "M-25-1001-1 modification_id=M-25-1001-1 no_lines",
    ]);
  });
});

describe("a document whose batch is not posted", () => {
  const modification = (number: string) =>
    modificationOf("25-1001", number, [[`A${number}`, "", "03-100", "M", "5.00"]]);
  const waitingFor = (type: "budget" | "modification", id: string) =>
    ledgerOf([["L1", "", "03-100", "MAT", 10_000n]], {
      openBatches: new Map([[joinKey(type, id), "ACME-000007"]]),
    });

  it("holds the budget, under whatever id, and no modification", () => {
    const documents = [withFirst(1), modification("1")];
    const plan = planOf(documents, { ledgers: waitingFor("budget", "B-OLD") });
    expect(holdsOf(plan)).toEqual(["B-25-1001 budget_id=B-25-1001 previous_batch_open"]);
    expect(plan.holds[0]?.message).toContain("ACME-000007");
    expect(sentDocuments(plan)).toEqual([["M-25-1001-1"]]);
  });

  it("holds the modification that it is, and neither another nor the budget", () => {
    const changed = budgetOf("25-1001", [["L1", "", "03-100", "M", "101.00"]]);
    const documents = [changed, modification("1"), modification("2")];
    const plan = planOf(documents, { ledgers: waitingFor("modification", "M-25-1001-2") });
    expect(holdsOf(plan)).toEqual(["M-25-1001-2 modification_id=M-25-1001-2 previous_batch_open"]);
    expect(sentDocuments(plan)).toEqual([["B-25-1001", "M-25-1001-1"]]);
  });
});

describe("an estimate on the job that this system did not send", () => {
  const good = budgetOf("25-1001", [["L1", "", "03-100", "M", "100.00"]]);
  const estimatedJobs = new Set(["25-1001"]);
  const NO_BASELINE = "B-25-1001 project_number=25-1001 no_baseline";

  it("does not hold what has nothing to send", () => {
    const zero = budgetOf("25-1001", [["L1", "", "03-100", "M", "0.00"]]);
    expect(holdsOf(planOf([zero], { estimatedJobs }))).toEqual([]);
  });

  it("holds what cannot be resolved as well: it would be sent", () => {
    const unmapped = budgetOf("25-1001", [["L1", "", "99-999", "M", "0.00"]]);
    expect(holdsOf(planOf([unmapped], { estimatedJobs }))).toEqual([
      "B-25-1001/L1 cost_code=99-999 unmapped_cost_code",
      NO_BASELINE,
    ]);
  });

  it("is none of somebody else's if another project of this company sent to the job", () => {
    const ledgers = new Map([["P-25-1002", { ...NOTHING_SENT, jobs: new Set(["25-1001"]) }]]);
    const input = {
      estimatedJobs,
      ledgers,
      projects: [projectOf("25-1001"), projectOf("25-1002")],
      mapping: mappingOf({
        "jobs.csv": "project_number,job,shared\n25-1001,25-1001,yes\n25-1002,25-1001,yes\n",
      }),
    };
    expect(holdsOf(planOf([good], input))).toEqual([]);
    expect(holdsOf(planOf([good], { ...input, ledgers: new Map() }))).toEqual([NO_BASELINE]);
  });
});
