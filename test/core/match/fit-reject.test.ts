import { describe, expect, it } from "vitest";
import type { TrackedLine } from "../../../src/core/import-line.ts";
import { fitReject, type RejectedRecord } from "../../../src/core/match/fit-reject.ts";
import { batchOf, keyOf, type TrackedChanges, trackedOf } from "../support.ts";

/** Records of a reject file, from its second line on, as `[cost code, cents, day]`. */
const recordsOf = (...rows: readonly (readonly [string, bigint, string?])[]): RejectedRecord[] =>
  rows.map(([costCode, cents, day = "2026-03-31"], index) => ({
    ...keyOf(costCode),
    record: 2 + index,
    day,
    cents,
  }));

/** Lines of a batch as `[cost code, cents]`, numbered from 1. */
const linesOf = (
  batch: number,
  rows: readonly (readonly [string, bigint])[],
  changed: TrackedChanges = {},
): TrackedLine[] =>
  rows.map(([costCode, cents], index) =>
    trackedOf(index + 1, keyOf(costCode), cents, { batch: batchOf(batch), ...changed }),
  );

/** The fit as `batch kind`, whether it is ambiguous, and the line of each record. */
function fitOf(records: readonly RejectedRecord[], lines: readonly TrackedLine[]) {
  const fit = fitReject(records, lines);
  if (!fit) return null;
  const placed = [...fit.placed].map(([record, { batch, line }]) => [record, batch.batchId, line.lineNo]);
  return [`${fit.batchId} ${fit.kind}`, fit.ambiguous ? "ambiguous" : "clear", placed];
}

describe("the import file that a reject file came from", () => {
  const one = ["03-100", 10_000n] as const;
  const two = ["05-500", 20_000n] as const;

  it("is the one whose lines have the records' keys and amounts", () => {
    const lines = [...linesOf(1, [["03-100", 9_999n], two]), ...linesOf(2, [two, one])];
    expect(fitOf(recordsOf(one), lines)).toEqual(["ACME-000002 original", "clear", [[2, "ACME-000002", 2]]]);
  });

  it("is the one that explains the most records, even if another has their dates and is older", () => {
    const records = recordsOf([...one, "2026-03-01"], [...two, "2026-03-01"]);
    const lines = [...linesOf(1, [one]), ...linesOf(2, [one, two])];
    expect(fitOf(records, lines)).toEqual([
      "ACME-000002 original",
      "clear",
      [
        [2, "ACME-000002", 1],
        [3, "ACME-000002", 2],
      ],
    ]);
  });

  it("is, of those that explain as many, the one with their dates, even if another is older", () => {
    const lines = [...linesOf(1, [one]), ...linesOf(2, [one])];
    expect(fitOf(recordsOf([...one, "2026-03-02"]), lines)).toEqual([
      "ACME-000002 original",
      "clear",
      [[2, "ACME-000002", 1]],
    ]);
  });

  it("is the one with more of their dates: a record that it does not explain says nothing of them", () => {
    const records = recordsOf(
      [...one, "2026-03-02"],
      ["99-999", 1n, "2026-03-01"],
      ["99-998", 1n, "2026-03-01"],
    );
    const lines = [...linesOf(1, [one]), ...linesOf(2, [one])];
    expect(fitOf(records, lines)).toEqual(["ACME-000002 original", "clear", [[2, "ACME-000002", 1]]]);
  });

  it("is the oldest where nothing else tells them apart, and that is said", () => {
    const lines = [...linesOf(3, [one]), ...linesOf(2, [one])];
    expect(fitOf(recordsOf(one), lines)).toEqual([
      "ACME-000002 original",
      "ambiguous",
      [[2, "ACME-000002", 1]],
    ]);
  });

  it("is one of the batch's two: each kind of estimate has a file of its own", () => {
    const lines = [
      ...linesOf(1, [one]),
      trackedOf(2, keyOf("03-100"), 10_000n, { kind: "approved_change" }),
      trackedOf(3, keyOf("05-500"), 20_000n, { kind: "approved_change" }),
    ];
    expect(fitOf(recordsOf(one, two), lines)).toEqual([
      "ACME-000001 approved_change",
      "clear",
      [
        [2, "ACME-000001", 2],
        [3, "ACME-000001", 3],
      ],
    ]);
    expect(fitOf(recordsOf(one), lines)).toEqual([
      "ACME-000001 original",
      "ambiguous",
      [[2, "ACME-000001", 1]],
    ]);
  });

  it("is none if no line has the key and amount of any record", () => {
    const lines = linesOf(1, [one, two]);
    expect(
      fitReject(recordsOf(["03-100", 20_000n], ["05-500", 10_000n], ["03-100", -10_000n]), lines),
    ).toBeNull();
  });

  it.each<[part: string, key: Partial<RejectedRecord>]>([
    ["job", { job: "25-1002" }],
    ["extra", { extra: "CO-001" }],
    ["category", { category: "LAB" }],
  ])("is none if only the %s is another", (_part, key) => {
    const [record] = recordsOf(one);
    expect(record && fitReject([{ ...record, ...key }], linesOf(1, [one]))).toBeNull();
  });

  it("is none where there are no records, and where nothing was exported", () => {
    expect([fitReject([], linesOf(1, [one])), fitReject(recordsOf(one), [])]).toEqual([null, null]);
  });
});

describe("a line that takes a record", () => {
  const records = recordsOf(["03-100", 10_000n]);
  const tiedOut = { known: { state: "posted", tiedOutAt: "2026-03-03T10:00:00Z" } } as const;

  it("was not tied out before: what was posted once was not rejected by this import", () => {
    const lines = [...linesOf(1, [["03-100", 10_000n]], tiedOut), ...linesOf(2, [["03-100", 10_000n]])];
    expect(fitOf(records, lines)).toEqual(["ACME-000002 original", "clear", [[2, "ACME-000002", 1]]]);
    expect(fitReject(records, lines.slice(0, 1))).toBeNull();
  });

  it("may be one of 0.00, which was tied out by itself, if it is written to the file", () => {
    const zero: [string, bigint][] = [["03-100", 0n]];
    expect(fitOf(recordsOf(["03-100", 0n]), linesOf(1, zero, tiedOut))).toEqual([
      "ACME-000001 original",
      "clear",
      [[2, "ACME-000001", 1]],
    ]);
    expect(fitReject(recordsOf(["03-100", 0n]), linesOf(1, zero, { ...tiedOut, inFile: false }))).toBeNull();
  });

  it("is in a file that has been written", () => {
    const claimed = { batch: batchOf(1, { state: "claimed", writtenAt: null }) };
    expect(fitReject(records, linesOf(1, [["03-100", 10_000n]], claimed))).toBeNull();
  });

  it("takes one record only: the next one like it has no line", () => {
    const twice = recordsOf(["03-100", 10_000n], ["03-100", 10_000n]);
    expect(fitOf(twice, linesOf(1, [["03-100", 10_000n]]))).toEqual([
      "ACME-000001 original",
      "clear",
      [[2, "ACME-000001", 1]],
    ]);
  });
});
