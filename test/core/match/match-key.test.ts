import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lineState } from "../../../src/core/match/line-state.ts";
import { matchKey } from "../../../src/core/match/match-key.ts";
import type { MatchEntry, OpenLine, Verdict } from "../../../src/core/match/types.ts";
import {
  DECISIONS,
  FRESH,
  january,
  readEntries,
  readLines,
  SINCE,
  STATE_DECISIONS,
} from "../../support/match-decisions.ts";

const shortVerdict: Record<Verdict, string> = {
  open: "open",
  posted: "posted",
  amount_differs: "differs",
  posted_twice: "twice",
};

function outcome(lines: string, entries: string): string {
  const result = matchKey(readLines(lines), readEntries(entries), SINCE);
  const states = [...result.lines.values()].map(({ verdict, ambiguous, postedCents }) => {
    const amount = verdict === "open" || verdict === "posted" ? "" : `=${postedCents}`;
    return `${shortVerdict[verdict]}${amount}${ambiguous ? "~" : ""}`;
  });
  return [...states, ...result.unexpected.map(({ cents }) => `+${cents}`)].join(" ");
}

for (const [rule, rows] of Object.entries(DECISIONS)) {
  describe(rule, () => {
    it.each(rows)("%s: lines [%s], entries [%s] give [%s]", (_situation, lines, entries, expected) => {
      expect(outcome(lines, entries)).toBe(expected);
    });
  });
}

it("every two rules are tried at once", () => {
  const named = (DECISIONS["two rules at once"] ?? []).map(([situation]) => situation.slice(0, 13));
  const rules = [1, 2, 3, 4, 5, 6];
  expect(named).toEqual(rules.flatMap((a) => rules.filter((b) => b > a).map((b) => `rules ${a} and ${b}`)));
});

describe("the entries behind a line", () => {
  const behind = (lines: string, entries: string) =>
    [...matchKey(readLines(lines), readEntries(entries), SINCE).lines.values()].map((line) => line.entries);

  it("are the oldest of equal amounts for the oldest line", () => {
    expect(behind("70 70", "70 70 70")).toEqual([["e1", "e3"], ["e2"]]);
  });
  it("go by run and sequence as numbers", () => {
    const entries = readEntries("100 100").map((entry, index) => ({ ...entry, run: index === 0 ? 10n : 9n }));
    expect(matchKey(readLines("100"), entries, SINCE).lines.get("L1")?.entries).toEqual(["e2", "e1"]);
  });
  it("are shared by lines that were posted together", () => {
    expect(behind("100 50 30", "30 90 60")).toEqual([["e2", "e3"], ["e2", "e3"], ["e1"]]);
  });
  it("are all those that make it differ", () => {
    expect(behind("100 60", "30 25")).toEqual([["e1", "e2"], []]);
  });
  it("are none once a pair is undone: both entries have cancelled out", () => {
    const result = matchKey(readLines("100"), readEntries("100 -100"), SINCE);
    expect(result.lines.get("L1")).toEqual({
      verdict: "open",
      entries: [],
      ambiguous: false,
      postedCents: 0n,
    });
    expect(result.cancelled.map(({ id }) => id)).toEqual(["e1", "e2"]);
  });
});

describe("before any batch on the job", () => {
  it("no entry is unexpected", () => {
    const result = matchKey([], readEntries("100 7"), null);
    expect(result.unexpected).toEqual([]);
    expect(result.ignored).toHaveLength(2);
  });
});

describe("claim days that run backwards", () => {
  it("do not keep an entry from the line whose batch was claimed under a clock set ahead", () => {
    const lines = readLines("100 50 30").map((line) =>
      line.id === "L2" ? { ...line, claimDay: "2027-01-11" } : line,
    );
    const result = matchKey(lines, readEntries("100/11 50/13 30/13"), SINCE);
    expect([...result.lines.values()].map(({ verdict }) => verdict)).toEqual(["posted", "posted", "posted"]);
  });
});

const amount = fc.integer({ min: -6, max: 6 }).map(BigInt);
const lineAmount = amount.filter((cents) => cents !== 0n);
const linesOf = (amounts: readonly bigint[]): OpenLine[] => readLines(amounts.join(" "));

const someLines = fc.array(lineAmount, { maxLength: 6 }).map(linesOf);
const someEntries = fc
  .array(
    fc.record({
      cents: amount,
      knownAtBatch: fc.option(fc.integer({ min: 0, max: 7 })),
      stampDay: fc.option(fc.integer({ min: 3, max: 18 }).map(january)),
    }),
    { maxLength: 9 },
  )
  .map((entries) =>
    entries.map((entry, n) => ({ ...entry, id: `e${n}`, run: BigInt(n >> 1), sequence: BigInt(n & 1) })),
  );
const eligible = (entry: MatchEntry, batchNumber: number, day: string) =>
  (entry.knownAtBatch === null || entry.knownAtBatch > batchNumber) &&
  (entry.stampDay === null || entry.stampDay >= day);
const sum = (amounts: Iterable<bigint>) => [...amounts].reduce((a, b) => a + b, 0n);
const runs = { numRuns: 5000 };

describe("whatever the lines and entries", () => {
  it("every entry is in exactly one place", () => {
    fc.assert(
      fc.property(someLines, someEntries, (lines, entries) => {
        const result = matchKey(lines, entries, SINCE);
        const places = [
          ...new Set([...result.lines.values()].flatMap((line) => line.entries)),
          ...[...result.unexpected, ...result.cancelled, ...result.ignored].map(({ id }) => id),
        ];
        expect(places.toSorted()).toEqual(entries.map(({ id }) => id).toSorted());
      }),
      runs,
    );
  });

  it("every cent that counts is on a line or unexpected, and what cancelled comes to zero", () => {
    fc.assert(
      fc.property(someLines, someEntries, (lines, entries) => {
        const { lines: matched, unexpected, cancelled, ignored } = matchKey(lines, entries, SINCE);
        const counted = sum(entries.map(({ cents }) => cents)) - sum(ignored.map(({ cents }) => cents));
        const onLines = sum([...matched.values()].map(({ postedCents }) => postedCents));
        expect(onLines + sum(unexpected.map(({ cents }) => cents))).toBe(counted);
        expect(sum(cancelled.map(({ cents }) => cents))).toBe(0n);
      }),
      runs,
    );
  });

  it("ignored is exactly what is older than every line and the job's first batch, or zero", () => {
    fc.assert(
      fc.property(someLines, someEntries, (lines, entries) => {
        const old = entries.filter(
          (entry) =>
            entry.cents === 0n ||
            (!eligible(entry, SINCE.batchNumber, SINCE.day) &&
              !lines.some((line) => eligible(entry, line.batchNumber, line.claimDay))),
        );
        expect(matchKey(lines, entries, SINCE).ignored).toEqual(old);
      }),
      runs,
    );
  });

  it("no line is settled by entries that do not count for it", () => {
    fc.assert(
      fc.property(someLines, someEntries, (lines, entries) => {
        const result = matchKey(lines, entries, SINCE);
        for (const line of lines) {
          const match = result.lines.get(line.id);
          const behind = entries.filter(({ id }) => match?.entries.includes(id));
          const counts = behind.some((entry) => eligible(entry, line.batchNumber, line.claimDay));
          expect(counts).toBe(match?.verdict !== "open");
        }
      }),
      runs,
    );
  });

  it("the verdict agrees with the amount", () => {
    fc.assert(
      fc.property(someLines, someEntries, (lines, entries) => {
        const result = matchKey(lines, entries, SINCE);
        for (const line of lines) {
          const { verdict, postedCents } = result.lines.get(line.id) ?? expect.fail("a line without a match");
          if (verdict === "open") expect(postedCents).toBe(0n);
          if (verdict === "posted") expect(postedCents).toBe(line.cents);
          if (verdict === "amount_differs") expect([0n, line.cents]).not.toContain(postedCents);
          if (verdict === "posted_twice") expect(postedCents / line.cents).toBeGreaterThan(1n);
        }
      }),
      runs,
    );
  });

  it("the order in which they are given changes nothing", () => {
    const shuffled = <T>(items: readonly T[]) =>
      fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length });
    const inTwoOrders = fc.tuple(someLines, someEntries).chain(([lines, entries]) =>
      fc.record({
        lines: fc.constant(lines),
        entries: fc.constant(entries),
        otherLines: shuffled(lines),
        otherEntries: shuffled(entries),
      }),
    );
    fc.assert(
      fc.property(inTwoOrders, ({ lines, entries, otherLines, otherEntries }) => {
        const [one, other] = [matchKey(lines, entries, SINCE), matchKey(otherLines, otherEntries, SINCE)];
        expect(other).toEqual(one);
        expect([...other.lines.keys()]).toEqual([...one.lines.keys()]);
      }),
      runs,
    );
  });
});

describe("what is posted right", () => {
  it("is posted when every line has its own entry, in any order, seen or not at later claims", () => {
    const postings = fc.array(
      fc.record({ cents: lineAmount, later: fc.option(fc.integer({ min: 1, max: 8 })), run: fc.nat() }),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(postings, (posted) => {
        const lines = linesOf(posted.map(({ cents }) => cents));
        const entries = posted.map(({ cents, later, run }, n) => ({
          id: `e${n}`,
          run: BigInt(run),
          sequence: BigInt(n),
          cents,
          stampDay: null,
          knownAtBatch: later === null ? null : n + 1 + later,
        }));
        const result = matchKey(lines, entries, SINCE);
        expect([...result.lines.values()].map(({ verdict }) => verdict)).toEqual(lines.map(() => "posted"));
        expect([...result.unexpected, ...result.cancelled, ...result.ignored]).toEqual([]);
      }),
      runs,
    );
  });

  it("is posted when every batch was posted in pieces before the next was claimed, whatever the next takes back", () => {
    // Whole hundreds in pieces of other amounts, so that no piece is the amount of another line.
    const batches = fc.array(
      fc.record({
        hundreds: fc.constantFrom(-2n, -1n, 1n, 2n),
        pieces: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 2 }),
      }),
      { minLength: 1, maxLength: 7 },
    );
    fc.assert(
      fc.property(batches, (posted) => {
        const lines = linesOf(posted.map(({ hundreds }) => hundreds * 100n));
        const entries = posted.flatMap(({ hundreds, pieces }, batch) => {
          const sign = hundreds < 0n ? -1n : 1n;
          const parts = pieces.map((tens) => sign * BigInt(tens) * 10n);
          return [...parts, hundreds * 100n - sum(parts)].map((cents, n) => ({
            id: `e${batch}.${n}`,
            run: BigInt(batch),
            sequence: BigInt(n),
            cents,
            stampDay: null,
            knownAtBatch: batch + 2,
          }));
        });
        const result = matchKey(lines, entries, SINCE);
        expect([...result.lines.values()].map(({ verdict }) => verdict)).toEqual(lines.map(() => "posted"));
        expect(result.unexpected).toEqual([]);
      }),
      runs,
    );
  });

  it("is posted in the end, whatever was posted wrong, reversed and corrected on the way", () => {
    const positive = fc.array(fc.integer({ min: 1, max: 9 }).map(BigInt), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(positive, fc.array(amount, { maxLength: 8 }), (amounts, posted) => {
        const correction = sum(amounts) - sum(posted);
        const result = matchKey(linesOf(amounts), readEntries([...posted, correction].join(" ")), SINCE);
        expect([...result.lines.values()].map(({ verdict }) => verdict)).toEqual(amounts.map(() => "posted"));
        expect(result.unexpected).toEqual([]);
      }),
      runs,
    );
  });
});

describe("very many lines and entries on one key", () => {
  const COUNT = 50_000;
  const manyLines = (cents: bigint): OpenLine[] =>
    Array.from({ length: COUNT }, (_, n) => ({
      id: `L${n}`,
      batchNumber: n + 1,
      claimDay: january(11),
      cents,
    }));
  const manyEntries = (cents: (n: number) => bigint, count = COUNT): MatchEntry[] =>
    Array.from({ length: count }, (_, n) => ({
      id: `e${n}`,
      run: BigInt(n),
      sequence: 1n,
      cents: cents(n),
      stampDay: null,
      knownAtBatch: null,
    }));
  const verdictsOf = (lines: OpenLine[], entries: MatchEntry[]) =>
    new Set([...matchKey(lines, entries, SINCE).lines.values()].map(({ verdict }) => verdict));

  // Quadratic work would be billions of steps and run into the time limit.
  it("of equal amounts are paired", () => {
    expect(
      verdictsOf(
        manyLines(100n),
        manyEntries(() => 100n),
      ),
    ).toEqual(new Set(["posted"]));
  });
  it("are found posted in parts", () => {
    expect(
      verdictsOf(
        manyLines(100n),
        manyEntries((n) => (n % 2 === 0 ? 60n : 140n)),
      ),
    ).toEqual(new Set(["posted"]));
  });
  it("are found reversed", () => {
    const entries = manyEntries((n) => (n < COUNT ? 100n : -100n), 2 * COUNT);
    expect(verdictsOf(manyLines(100n), entries)).toEqual(new Set(["open"]));
  });
  it("are found posted twice", () => {
    expect(
      verdictsOf(
        manyLines(100n),
        manyEntries(() => 100n, 2 * COUNT),
      ),
    ).toEqual(new Set(["posted_twice"]));
  });
});

describe("the state of an import line", () => {
  it.each(STATE_DECISIONS)("%s", (_situation, known, expected) => {
    expect(lineState({ ...FRESH, ...known })).toBe(expected);
  });
});
