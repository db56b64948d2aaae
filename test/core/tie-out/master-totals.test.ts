import { describe, expect, it } from "vitest";
import type { OpeningTotal } from "../../../src/core/baseline.ts";
import { type EstimateKind, keyId, kindKey, type SageKey, showKey } from "../../../src/core/key.ts";
import type { SageCategory, SageEntry } from "../../../src/core/sage.ts";
import { areStale, compareMasterTotals, type MasterTotals } from "../../../src/core/tie-out/master-totals.ts";
import { entryOf, findingOf, keyOf, trackedOf } from "../support.ts";

const concrete = keyOf("03-100");
const metals = keyOf("05-500");

/** Compares the totals of some keys, `[key, originals, changes]`, each with a line of a batch on it. */
function compare(
  totals: readonly (readonly [SageKey, bigint | null, bigint | null])[],
  entries: readonly SageEntry[],
  openings: readonly OpeningTotal[] = [],
  linesOn: readonly SageKey[] = totals.map(([key]) => key),
): MasterTotals {
  const lines = linesOn.map((key, index) => findingOf(trackedOf(index + 1, key, 1n), "posted"));
  const categories = new Map(
    totals.map(([key, original, approved_change]): [string, SageCategory] => [
      keyId(key),
      { closed: false, totals: { original, approved_change } },
    ]),
  );
  return compareMasterTotals(lines, entries, { categories }, openings);
}

const opening = (
  key: SageKey,
  masterCents: bigint,
  entriesCents: bigint,
  kind: EstimateKind = "original",
): OpeningTotal => ({ ...key, kind, masterCents, entriesCents });

/** `kind key: total, expected` of each key that differs. */
/** What is told of totals that differ. */
const differingOf = (totals: MasterTotals): string[] =>
  (areStale(totals) ? [] : totals.differing).map(
    ({ kind, key, total, expected }) => `${kind} ${showKey(key)}: ${total}, expected ${expected}`,
  );

describe("Sage's total of a key", () => {
  it("is what its entries add up to", () => {
    const entries = [
      entryOf("1/1", concrete, 10_000n),
      entryOf("2/1", concrete, -2_500n),
      entryOf("3/1", metals, 700n),
    ];
    const found = compare([[concrete, 7_500n, 0n]], entries);
    expect(found.byKey.get(kindKey("original", concrete))).toEqual({
      ...{ kind: "original", key: concrete },
      ...{ total: 7_500n, expected: 7_500n },
    });
    expect([differingOf(found), areStale(found)]).toEqual([[], false]);
  });

  it("differs if it is another, by a cent", () => {
    const entries = [entryOf("1/1", concrete, 10_000n), entryOf("1/2", metals, 500n)];
    const found = compare(
      [
        [concrete, 10_001n, 0n],
        [metals, 500n, 0n],
      ],
      entries,
    );
    expect(differingOf(found)).toEqual(["original 25-1001 / 03-100 / MAT: 10001, expected 10000"]);
  });

  it("is compared for both kinds, each with its own entries", () => {
    const entries = [
      entryOf("1/1", concrete, 10_000n),
      entryOf("1/2", concrete, 300n, { kind: "approved_change" }),
    ];
    expect(differingOf(compare([[concrete, 10_000n, 300n]], entries))).toEqual([]);
    expect(differingOf(compare([[concrete, 10_000n, 299n]], entries))).toEqual([
      "approved_change 25-1001 / 03-100 / MAT: 299, expected 300",
    ]);
    // All of it under one kind is wrong on both sides.
    expect(differingOf(compare([[concrete, 10_300n, 0n]], entries))).toEqual([
      "original 25-1001 / 03-100 / MAT: 10300, expected 10000",
      "approved_change 25-1001 / 03-100 / MAT: 0, expected 300",
    ]);
  });

  it("differs also where no entry stands", () => {
    expect(differingOf(compare([[concrete, 5n, 0n]], []))).toEqual([
      "original 25-1001 / 03-100 / MAT: 5, expected 0",
    ]);
  });

  it("counts entries that were there before anything was sent as those since", () => {
    const before = entryOf("1/1", concrete, 4_000n, { stampDay: "2020-01-01" });
    const found = compare([[concrete, 10_000n, 0n]], [before, entryOf("9/1", concrete, 6_000n)]);
    expect(differingOf(found)).toEqual([]);
  });
});

describe("what a total had beyond its entries when a baseline was recorded", () => {
  it("is expected to be there still: entries of long ago that were purged", () => {
    // Recorded at 90.00 with entries of 40.00: 50.00 have no entry any more. 60.00 were posted since.
    const entries = [entryOf("1/1", concrete, 4_000n), entryOf("9/1", concrete, 6_000n)];
    const found = compare([[concrete, 15_000n, 0n]], entries, [opening(concrete, 9_000n, 4_000n)]);
    expect(found.byKey.get(kindKey("original", concrete))?.expected).toBe(15_000n);
    expect(differingOf(found)).toEqual([]);
  });

  it("may be less than the entries", () => {
    const found = compare(
      [[concrete, 1_000n, 0n]],
      [entryOf("1/1", concrete, 4_000n)],
      [opening(concrete, 1_000n, 4_000n)],
    );
    expect(differingOf(found)).toEqual([]);
  });

  it("is another for each key and kind", () => {
    const found = compare(
      [
        [concrete, 900n, 0n],
        [metals, 900n, 0n],
      ],
      [entryOf("1/1", concrete, 400n), entryOf("1/2", metals, 900n)],
      [opening(concrete, 500n, 0n), opening(metals, 70n, 0n, "approved_change")],
    );
    expect(differingOf(found)).toEqual(["approved_change 25-1001 / 05-500 / MAT: 0, expected 70"]);
  });
});

describe("a key of which the copy does not tell", () => {
  it("has no row among the categories: it is left out", () => {
    const found = compare(
      [[concrete, 100n, 0n]],
      [entryOf("1/1", concrete, 100n), entryOf("1/2", metals, 5n)],
      [],
      [concrete, metals],
    );
    expect([...found.byKey.values()].map(({ kind, key }) => `${kind} ${key.costCode}`)).toEqual([
      "original 03-100",
      "approved_change 03-100",
    ]);
    expect(differingOf(found)).toEqual([]);
  });

  it("has no total of a kind: that kind alone is left out", () => {
    const entries = [
      entryOf("1/1", concrete, 100n),
      entryOf("1/2", concrete, 5n, { kind: "approved_change" }),
    ];
    const found = compare([[concrete, 100n, null]], entries);
    expect([...found.byKey.keys()]).toEqual([kindKey("original", concrete)]);
    expect([differingOf(found), areStale(found)]).toEqual([[], false]);
    expect(compare([[concrete, null, null]], entries).byKey.size).toBe(0);
  });

  it("has no line of any batch: what others have there is not compared", () => {
    const found = compare([[metals, 999n, 0n]], [entryOf("1/1", metals, 1n)], [], [concrete]);
    expect([found.byKey.size, differingOf(found)]).toEqual([0, []]);
  });
});

describe("totals that the copy does not keep up", () => {
  const entries = [entryOf("1/1", concrete, 100n), entryOf("1/2", metals, 200n)];

  it("have not moved with a single entry: they prove nothing, and nothing differs", () => {
    const found = compare(
      [
        [concrete, 0n, 0n],
        [metals, 0n, 0n],
      ],
      entries,
    );
    expect([areStale(found), differingOf(found), found.byKey.size]).toEqual([true, [], 4]);
  });

  it("stand where they stood when the baseline was recorded", () => {
    const openings = [opening(concrete, 5_000n, 0n)];
    const stale = compare([[concrete, 5_000n, 0n]], entries, openings);
    expect([areStale(stale), differingOf(stale)]).toEqual([true, []]);
    const moved = compare([[concrete, 5_099n, 0n]], entries, openings);
    expect([areStale(moved), differingOf(moved)]).toEqual([
      false,
      ["original 25-1001 / 03-100 / MAT: 5099, expected 5100"],
    ]);
  });

  it("are kept up as soon as one has moved: those that have not differ", () => {
    const found = compare(
      [
        [concrete, 0n, 0n],
        [metals, 200n, 0n],
      ],
      entries,
    );
    expect([areStale(found), differingOf(found)]).toEqual([
      false,
      ["original 25-1001 / 03-100 / MAT: 0, expected 100"],
    ]);
  });

  it("are kept up also if the one that has moved is wrong", () => {
    const found = compare(
      [
        [concrete, 0n, 0n],
        [metals, 1n, 0n],
      ],
      entries,
    );
    expect([areStale(found), differingOf(found)]).toEqual([
      false,
      [
        "original 25-1001 / 03-100 / MAT: 0, expected 100",
        "original 25-1001 / 05-500 / MAT: 1, expected 200",
      ],
    ]);
  });

  it("cannot be told from others while nothing was posted: no total had reason to move", () => {
    const nothing = compare([[concrete, 0n, 0n]], []);
    expect([areStale(nothing), differingOf(nothing)]).toEqual([false, []]);
    // Entries that cancel out move no total either.
    const cancelled = [entryOf("1/1", concrete, 100n), entryOf("1/2", concrete, -100n)];
    const found = compare([[concrete, 0n, 0n]], cancelled);
    expect([areStale(found), differingOf(found)]).toEqual([false, []]);
  });

  it("may hide that a key without entries has another total: nothing of them is told", () => {
    const found = compare(
      [
        [concrete, 0n, 0n],
        [keyOf("09-900"), 55n, 0n],
      ],
      entries,
    );
    expect([areStale(found), differingOf(found)]).toEqual([true, []]);
  });
});
