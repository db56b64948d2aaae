import { describe, expect, it } from "vitest";
import type { TrackedLine } from "../../../src/core/import-line.ts";
import { joinKey } from "../../../src/core/key.ts";
import { type Findings, matchLines } from "../../../src/core/match/match-lines.ts";
import type { SageEntry } from "../../../src/core/sage.ts";
import { batchOf, entryOf, keyOf, trackedOf } from "../support.ts";

type Settings = Parameters<typeof matchLines>[3];

/** Matches on March 9 in Denver, with both jobs in the copy and `known` as `[run/sequence, batch]` of 25-1001. */
function match(
  lines: readonly TrackedLine[],
  entries: readonly SageEntry[],
  changed: Partial<Settings> & { readonly known?: readonly (readonly [string, number])[] } = {},
): Findings {
  const { known = [], ...settings } = changed;
  const knownEntries = new Map(
    known.map(([name, batch]) => [joinKey("25-1001", ...name.split("/")), batch] as const),
  );
  return matchLines(lines, entries, knownEntries, {
    jobs: new Set(["25-1001", "25-1002"]),
    now: new Date("2026-03-09T18:00:00Z"),
    timeZone: "America/Denver",
    overdueAfterDays: 30,
    baselines: [],
    rejectedAt: new Map(),
    acceptedDifferenceAt: new Map(),
    ...settings,
  });
}

const named = ({ run, sequence }: SageEntry): string => `${run}/${sequence}`;
/** `state cents [entries]` of each line. */
const foundOf = ({ lines }: Findings): string[] =>
  lines.map(({ state, postedCents, entries }) => `${state} ${postedCents} [${entries.map(named).join(" ")}]`);
const unexpectedOf = ({ unexpected }: Findings): string[] => unexpected.map(named);

const concrete = keyOf("03-100");
const metals = keyOf("05-500");
const elsewhere = keyOf("03-100", { job: "25-1002" });

describe("lines and entries", () => {
  it("are matched by kind and key: job, extra, cost code and category", () => {
    const lines = [trackedOf(1, keyOf("03-100", { extra: "CO-001" }), 100n)];
    const entries = [
      entryOf("1/1", concrete, 100n),
      entryOf("1/2", keyOf("03-100", { extra: "CO-001", category: "LAB" }), 100n),
      entryOf("1/3", keyOf("05-500", { extra: "CO-001" }), 100n),
      entryOf("1/4", keyOf("03-100", { extra: "CO-001" }), 100n, { kind: "approved_change" }),
      entryOf("1/5", keyOf("03-100", { extra: "CO-001", job: "25-1002" }), 100n),
    ];
    const found = match(lines, entries);
    expect(foundOf(found)).toEqual(["awaiting_posting 0 []"]);
    // Job 25-1002 has no batch: what stands there is nobody's business.
    expect(unexpectedOf(found)).toEqual(["1/1", "1/2", "1/3", "1/4"]);
  });

  it("are told in the order in which the lines were given, whatever their keys", () => {
    const lines = [
      trackedOf(1, metals, 200n),
      trackedOf(2, concrete, 100n),
      trackedOf(1, metals, 300n, { batch: batchOf(2) }),
    ];
    const entries = [entryOf("1/1", concrete, 100n), entryOf("1/2", metals, 300n)];
    expect(foundOf(match(lines, entries))).toEqual([
      "awaiting_posting 0 []",
      "posted 100 [1/1]",
      "posted 300 [1/2]",
    ]);
  });

  it("of one key are those of several batches together, the older lines first", () => {
    const lines = [
      trackedOf(1, concrete, 100n, { batch: batchOf(2) }),
      trackedOf(1, concrete, 100n, { batch: batchOf(1) }),
    ];
    const found = match(lines, [entryOf("7/1", concrete, 100n)]);
    expect(foundOf(found)).toEqual(["awaiting_posting 0 []", "posted 100 [7/1]"]);
    expect(found.lines.map(({ ambiguous }) => ambiguous)).toEqual([false, true]);
  });

  it("of one run and sequence are two if their jobs differ", () => {
    const lines = [trackedOf(1, concrete, 100n), trackedOf(2, elsewhere, 100n)];
    const entries = [entryOf("1/1", concrete, 100n), entryOf("1/1", elsewhere, 100n)];
    const found = match(lines, entries, { known: [["1/1", 1]] });
    expect(foundOf(found)).toEqual(["awaiting_posting 0 []", "posted 100 [1/1]"]);
  });

  it("say nothing of one another where the copy showed the entry when the batch was claimed", () => {
    const lines = [trackedOf(1, concrete, 100n)];
    const found = match(lines, [entryOf("1/1", concrete, 100n)], { known: [["1/1", 1]] });
    expect([foundOf(found), unexpectedOf(found)]).toEqual([["awaiting_posting 0 []"], []]);
  });
});

describe("a line of 0.00", () => {
  const zero = trackedOf(1, concrete, 0n);

  it("is posted with no entry at all, overdue or not, whatever was said of it", () => {
    const found = match([zero], [], {
      overdueAfterDays: 0,
      rejectedAt: new Map([[joinKey("ACME-000001", "1"), "2026-03-08T10:00:00Z"]]),
      acceptedDifferenceAt: new Map([[joinKey("ACME-000001", "1"), "2026-03-08T10:00:00Z"]]),
    });
    expect(foundOf(found)).toEqual(["posted 0 []"]);
  });

  it("explains no entry on its key, which is the other line's or unexpected", () => {
    const other = trackedOf(1, concrete, 100n, { batch: batchOf(2) });
    const entries = [entryOf("1/1", concrete, 0n), entryOf("1/2", concrete, 7n)];
    const alone = match([zero], entries);
    expect([foundOf(alone), unexpectedOf(alone)]).toEqual([["posted 0 []"], ["1/2"]]);
    const together = match([zero, other], entries);
    expect(foundOf(together)).toEqual(["posted 0 []", "amount_differs 7 [1/2]"]);
  });

  it("makes its job one with a batch: what is posted there since is expected to be ours", () => {
    const found = match([zero], [entryOf("1/1", metals, 5n)]);
    expect(unexpectedOf(found)).toEqual(["1/1"]);
  });
});

describe("a job that is not in the copy", () => {
  const gone = { jobs: new Set(["25-1002"]) };
  const seen = (
    state: "posted" | "posted_twice" | "amount_differs",
    postedCents: bigint,
    ambiguous = false,
  ) =>
    trackedOf(1, concrete, 100n, {
      known: { state, postedCents, ambiguous, tiedOutAt: "2026-03-05T10:00:00Z" },
      knownEntries: "1/1",
    });

  it.each<[string, TrackedLine, string]>([
    ["posted", seen("posted", 100n), "posted 100 []"],
    ["posted twice", seen("posted_twice", 200n), "posted_twice 200 []"],
    ["posted with another amount", seen("amount_differs", 60n), "amount_differs 60 []"],
    ["not posted", trackedOf(1, concrete, 100n), "awaiting_posting 0 []"],
    ["of 0.00", trackedOf(1, concrete, 0n), "posted 0 []"],
    [
      "reversed",
      trackedOf(1, concrete, 100n, {
        known: { state: "no_longer_posted", tiedOutAt: "2026-03-05T10:00:00Z" },
      }),
      "no_longer_posted 0 []",
    ],
  ])("leaves a line as it was last seen: %s", (_state, tracked, expected) => {
    const found = match([tracked], [], gone);
    expect(foundOf(found)).toEqual([expected]);
    expect(found.lines.map(({ isAsLastSeen }) => isAsLastSeen)).toEqual([true]);
    expect([...found.jobsNotInCopy]).toEqual(["25-1001"]);
  });

  it("leaves a choice between lines a choice", () => {
    expect(match([seen("posted", 100n, true)], [], gone).lines[0]?.ambiguous).toBe(true);
  });

  it("does not keep a line from becoming overdue, nor a person from closing it", () => {
    const waiting = trackedOf(1, concrete, 100n);
    const differing = trackedOf(2, metals, 100n, { known: { state: "amount_differs", postedCents: 60n } });
    const found = match([waiting, differing], [], {
      ...gone,
      overdueAfterDays: 7,
      acceptedDifferenceAt: new Map([[joinKey("ACME-000001", "2"), "2026-03-08T10:00:00Z"]]),
    });
    expect(foundOf(found)).toEqual(["overdue 0 []", "accepted_difference 60 []"]);
  });

  it("changes nothing for the lines of other jobs", () => {
    const other = trackedOf(2, elsewhere, 100n, { known: { state: "posted", postedCents: 100n } });
    const found = match([seen("posted", 100n), other], [], gone);
    expect(foundOf(found)).toEqual(["posted 100 []", "awaiting_posting 0 []"]);
    expect(found.lines.map(({ isAsLastSeen }) => isAsLastSeen)).toEqual([true, false]);
  });

  it("is in the copy after all if an entry of it is there, on whatever key", () => {
    const found = match([seen("posted", 100n)], [entryOf("9/1", metals, 5n)], gone);
    expect(foundOf(found)).toEqual(["no_longer_posted 0 []"]);
    expect([...found.jobsNotInCopy]).toEqual([]);
    expect(unexpectedOf(found)).toEqual(["9/1"]);
  });

  it("is not told of if nothing was ever exported to it", () => {
    expect([...match([], [], { jobs: new Set() }).jobsNotInCopy]).toEqual([]);
  });
});

describe("an entry that no line explains", () => {
  const line = trackedOf(1, concrete, 100n, { batch: batchOf(3) });

  it("is unexpected on a job with a batch, and ignored on one without", () => {
    const entries = [entryOf("1/1", metals, 5n), entryOf("1/2", keyOf("05-500", { job: "25-1002" }), 5n)];
    expect(unexpectedOf(match([line], entries))).toEqual(["1/1"]);
  });

  it("is ignored if it was there before the job's first batch, by its stamp or by what the copy showed", () => {
    const entries = [
      entryOf("1/1", metals, 5n, { stampDay: "2026-03-02" }),
      entryOf("1/2", metals, 6n, { stampDay: "2026-03-03" }),
      entryOf("1/3", metals, 7n),
      entryOf("1/4", metals, 8n),
    ];
    const known = [
      ["1/3", 3],
      ["1/4", 4],
    ] as const;
    expect(unexpectedOf(match([line], entries, { known }))).toEqual(["1/2", "1/4"]);
  });

  it("counts from the first of the job's batches on, in whatever order they are given", () => {
    const older = trackedOf(1, concrete, 100n, { batch: batchOf(2) });
    const entries = [entryOf("1/1", metals, 5n, { stampDay: "2026-03-02" })];
    expect(unexpectedOf(match([line, older], entries))).toEqual(["1/1"]);
    expect(unexpectedOf(match([older, line], entries))).toEqual(["1/1"]);
  });

  it("counts from the baseline on, which comes before the job's first batch", () => {
    const baselines = [{ job: "25-1001", batchNumber: 2, day: "2026-03-01" }];
    const entries = [
      entryOf("1/1", metals, 5n, { stampDay: "2026-02-28" }),
      entryOf("1/2", metals, 6n, { stampDay: "2026-03-01" }),
      entryOf("1/3", metals, 7n),
      entryOf("1/4", metals, 8n),
    ];
    const known = [
      ["1/3", 2],
      ["1/4", 3],
    ] as const;
    expect(unexpectedOf(match([line], entries, { baselines, known }))).toEqual(["1/2", "1/4"]);
    expect(unexpectedOf(match([], entries, { baselines, known }))).toEqual(["1/2", "1/4"]);
  });

  it("is not unexpected on other jobs than the baseline's", () => {
    const baselines = [{ job: "25-1001", batchNumber: 2, day: "2026-03-01" }];
    expect(unexpectedOf(match([], [entryOf("1/1", elsewhere, 5n)], { baselines }))).toEqual([]);
  });
});

describe("what else is known of a line", () => {
  const lines = [trackedOf(1, concrete, 100n), trackedOf(1, metals, 100n, { batch: batchOf(2) })];
  const said = new Map([[joinKey("ACME-000002", "1"), "2026-03-08T10:00:00Z"]]);

  it("is that Sage rejected it, by batch and line", () => {
    expect(foundOf(match(lines, [], { rejectedAt: said }))).toEqual([
      "awaiting_posting 0 []",
      "rejected_in_sage 0 []",
    ]);
  });

  it("is that a person closed it, by batch and line; what Sage carries of it is told all the same", () => {
    const found = match(lines, [entryOf("1/1", metals, 60n)], { acceptedDifferenceAt: said });
    expect(foundOf(found)).toEqual(["awaiting_posting 0 []", "accepted_difference 60 [1/1]"]);
  });

  it("is how long it waits, by the company's days and not by those of UTC", () => {
    // Written on March 1 at 11 in the evening in Denver, when it was March 2 in UTC.
    const late = trackedOf(1, concrete, 100n, { batch: batchOf(1, { writtenAt: "2026-03-02T06:00:00Z" }) });
    const waiting = { now: new Date("2026-03-07T05:00:00Z"), overdueAfterDays: 5 };
    expect(foundOf(match([late], [], waiting))).toEqual(["awaiting_posting 0 []"]);
    // Denver's March 7 begins at seven o'clock in UTC.
    expect(foundOf(match([late], [], { ...waiting, now: new Date("2026-03-07T07:00:00Z") }))).toEqual([
      "overdue 0 []",
    ]);
  });

  it("is nothing of how long it waits while its batch is not written", () => {
    const claimed = batchOf(1, { state: "claimed", writtenAt: null });
    expect(
      foundOf(match([trackedOf(1, concrete, 100n, { batch: claimed })], [], { overdueAfterDays: 0 })),
    ).toEqual(["awaiting_posting 0 []"]);
  });
});
