import { describe, expect, it } from "vitest";
import { type EstimateKind, kindKey, type SageKey } from "../../../src/core/key.ts";
import type { LineFinding } from "../../../src/core/match/match-lines.ts";
import type { AcceptedAmount } from "../../../src/core/tie-out/accepted-amount.ts";
import { projectNumbersByJob, tieOutKeys } from "../../../src/core/tie-out/keys.ts";
import { areStale, type MasterTotals } from "../../../src/core/tie-out/master-totals.ts";
import { showCodes } from "../../../src/core/tie-out/show-codes.ts";
import { batchOf, entryOf, findingOf, keyOf, trackedOf } from "../support.ts";

type Input = Parameters<typeof tieOutKeys>[0];

const concrete = keyOf("03-100");
const metals = keyOf("05-500");
const changes = { kind: "approved_change" } as const;

const NO_TOTALS: MasterTotals = { byKey: new Map(), differing: [], toMove: 0, unmoved: 0 };
const totalsOf = (
  rows: readonly (readonly [EstimateKind, SageKey, total: bigint, expected: bigint])[],
  isStale = false,
): MasterTotals => {
  const all = rows.map(([kind, key, total, expected]) => ({ kind, key, total, expected }));
  return {
    byKey: new Map(all.map((one) => [kindKey(one.kind, one.key), one])),
    differing: [],
    toMove: 1,
    unmoved: isStale ? 1 : 0,
  };
};
const accepted = (key: SageKey, claimed: bigint, changed: Partial<AcceptedAmount> = {}): AcceptedAmount => ({
  projectId: "P-25-1001",
  kind: "original",
  key,
  baseline: 0n,
  claimed,
  ...changed,
});
const baseline = (job: string, projectNumber: string): Input["baselines"][number] => ({
  ...{ projectId: `P-${projectNumber}`, projectNumber, job, source: "sage", cents: 0n, reason: "" },
  ...{ actor: "", recordedAt: "2026-03-01T15:00:00Z", recordedDay: "2026-03-01", beforeBatch: 1 },
});
/** As they are shown in the light of the whole. */
const keysOf = (changed: Partial<Input>) => {
  const input = { accepted: [], baselines: [], lines: [], unexpected: [], totals: NO_TOTALS, ...changed };
  const totals = { to_move: input.totals.toMove, unmoved: input.totals.unmoved };
  const rest = { differences: [], recognitions: [], spare: [], notices: [], totals };
  const show = showCodes({ files: [], areTotalsStale: areStale(input.totals) });
  return show({ ...rest, keys: tieOutKeys(input) }).keys;
};
const posted = (lineNo: number, key: SageKey, cents: bigint, changed = {}): LineFinding =>
  findingOf(trackedOf(lineNo, key, cents, changed), "posted");

describe("a key's three sides", () => {
  it("are what was accepted, exported and posted, each with its own source", () => {
    const waiting = findingOf(trackedOf(1, concrete, 300n), "awaiting_posting");
    expect(
      keysOf({
        accepted: [accepted(concrete, 500n, { baseline: 1_000n })],
        lines: [waiting, posted(1, concrete, 200n, { batch: batchOf(2) })],
        unexpected: [entryOf("1/1", concrete, 70n)],
        totals: totalsOf([["original", concrete, 1_270n, 1_280n]]),
      }),
    ).toEqual([
      {
        ...{ project_number: "25-1001", kind: "original" },
        ...{ job: "25-1001", extra: "", cost_code: "03-100", category: "MAT" },
        ...{ baseline: 1_000n, accepted: 1_500n, exported: 500n, posted: 200n, unexpected: 70n },
        ...{ sage_total: 1_270n, sage_expected: 1_280n, ties_out: false },
      },
    ]);
  });

  it("add up over all projects and batches that stand on it", () => {
    const [key, ...others] = keysOf({
      accepted: [accepted(concrete, 100n), accepted(concrete, 40n, { projectId: "P-2", baseline: 7n })],
      lines: [
        posted(1, concrete, 100n),
        posted(1, concrete, 40n, { batch: batchOf(2), projectId: "P-2", projectNumber: "25-0999" }),
      ],
      unexpected: [entryOf("1/1", concrete, 5n), entryOf("1/2", concrete, -2n)],
    });
    expect(others).toEqual([]);
    expect(key).toMatchObject({
      ...{ baseline: 7n, accepted: 147n, exported: 140n, posted: 140n, unexpected: 3n },
      project_number: "25-0999, 25-1001",
    });
  });

  it("are kept apart by kind: an original and a change on one key are two rows, the original first", () => {
    const rows = keysOf({
      accepted: [accepted(concrete, 30n, changes), accepted(concrete, 100n)],
      lines: [posted(2, concrete, 30n, changes), posted(1, concrete, 100n)],
    });
    expect(rows.map((row) => [row.kind, row.accepted, row.exported, row.ties_out])).toEqual([
      ["original", 100n, 100n, true],
      ["approved_change", 30n, 30n, true],
    ]);
  });

  it("may be only one: what nobody exported, what nobody accepted", () => {
    const rows = keysOf({
      accepted: [accepted(metals, 0n, { baseline: 9n })],
      unexpected: [entryOf("1/1", concrete, 4n)],
    });
    expect(rows.map((row) => [row.cost_code, row.accepted, row.unexpected, row.ties_out])).toEqual([
      ["03-100", 0n, 4n, false],
      ["05-500", 9n, 0n, true],
    ]);
  });

  it("come by job, extra, cost code and category", () => {
    const keys = [
      keyOf("01-510", { job: "25-1002" }),
      keyOf("01-510", { extra: "CO-001" }),
      keyOf("05-500", { category: "LAB" }),
      keyOf("05-500"),
      keyOf("03-100"),
    ];
    const rows = keysOf({ accepted: keys.map((key) => accepted(key, 1n)) });
    expect(rows.map((row) => `${row.job}/${row.extra}/${row.cost_code}/${row.category}`)).toEqual([
      "25-1001//03-100/MAT",
      "25-1001//05-500/LAB",
      "25-1001//05-500/MAT",
      "25-1001/CO-001/01-510/MAT",
      "25-1002//01-510/MAT",
    ]);
  });

  it("are none where nothing was ever accepted, exported or found", () => {
    expect(keysOf({ totals: totalsOf([["original", concrete, 5n, 0n]]) })).toEqual([]);
  });
});

describe("a key ties out", () => {
  const even = {
    accepted: [accepted(concrete, 100n, { baseline: 50n })],
    lines: [posted(1, concrete, 100n)],
  };
  const tiesOut = (changed: Partial<Input>) => keysOf({ ...even, ...changed }).map((row) => row.ties_out);

  it("if what was claimed was exported and posted; a baseline was never exported", () => {
    expect(tiesOut({})).toEqual([true]);
  });

  it.each<[what: string, changed: Partial<Input>]>([
    ["something else was claimed", { accepted: [accepted(concrete, 99n)] }],
    ["something else was exported", { lines: [...even.lines, posted(2, concrete, 1n)] }],
    [
      "something else is posted",
      { lines: [findingOf(trackedOf(1, concrete, 100n), "amount_differs", { postedCents: 99n })] },
    ],
    ["nothing is posted", { lines: [findingOf(trackedOf(1, concrete, 100n), "overdue")] }],
    ["an entry is unexpected", { unexpected: [entryOf("1/1", concrete, 1n)] }],
    ["Sage's total differs", { totals: totalsOf([["original", concrete, 101n, 100n]]) }],
  ])("but not if %s", (_what, changed) => {
    expect(tiesOut(changed)).toEqual([false]);
  });

  it.each<[what: string, totals: MasterTotals]>([
    ["agrees", totalsOf([["original", concrete, 150n, 150n]])],
    ["is not kept up in the copy, and proves nothing", totalsOf([["original", concrete, 50n, 150n]], true)],
    ["is not told by the copy", NO_TOTALS],
    ["differs for the other kind", totalsOf([["approved_change", concrete, 1n, 0n]])],
    ["differs on another key", totalsOf([["original", metals, 1n, 0n]])],
  ])("whose total in Sage %s", (_what, totals) => {
    expect(tiesOut({ totals })).toEqual([true]);
  });

  it("shows Sage's total also where it proves nothing, and none where the copy does not tell", () => {
    const stale = keysOf({ ...even, totals: totalsOf([["original", concrete, 50n, 150n]], true) });
    expect(stale.map((row) => [row.sage_total, row.sage_expected])).toEqual([[50n, 150n]]);
    expect(keysOf(even).map((row) => [row.sage_total, row.sage_expected])).toEqual([[null, null]]);
  });

  it("only by its sides: a difference that a person closed is one all the same", () => {
    const closed = findingOf(trackedOf(1, concrete, 100n), "accepted_difference", { postedCents: 98n });
    expect(tiesOut({ lines: [closed] })).toEqual([false]);
  });
});

describe("the project numbers behind a job", () => {
  const line = (projectNumber: string, job: string) =>
    findingOf(trackedOf(1, keyOf("03-100", { job }), 1n, { projectNumber }), "posted");

  it("are those of its lines and baselines, each once, in order", () => {
    const numbers = projectNumbersByJob({
      lines: [line("25-1009", "J-1"), line("25-1001", "J-1"), line("25-1009", "J-1"), line("25-1002", "J-2")],
      baselines: [baseline("J-1", "25-1005"), baseline("J-1", "25-1001"), baseline("J-3", "25-1003")],
    });
    expect([...numbers]).toEqual([
      ["J-1", "25-1001, 25-1005, 25-1009"],
      ["J-2", "25-1002"],
      ["J-3", "25-1003"],
    ]);
  });

  it("stand on every key of the job, those of unexpected entries included, and none on other jobs", () => {
    const rows = keysOf({
      baselines: [baseline("25-1001", "25-1001")],
      unexpected: [entryOf("1/1", metals, 5n), entryOf("1/1", keyOf("05-500", { job: "25-1002" }), 5n)],
    });
    expect(rows.map((row) => [row.job, row.project_number])).toEqual([
      ["25-1001", "25-1001"],
      ["25-1002", ""],
    ]);
  });
});
