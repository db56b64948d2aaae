import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lineState, type MatchEntry, matchKey, type OpenLine, type Verdict } from "../../src/core/match.ts";
import type { ImportLineState } from "../../src/core/states.ts";

/*
 * The notation. Lines: amounts in batch order; line n is of batch n, claimed on January 10 + n.
 * Entries: amounts in run order; `@2` the copy showed it when batch 2 was claimed, `/12` stamped on January 12.
 * Outcome: a word per line (`~` ambiguous, `=` what Sage carries where that is not the line's amount), then `+`
 * and the amounts of unexpected entries. The job's first batch is batch 0 of January 5.
 */
const SINCE = { batchNumber: 0, day: "2026-01-05" };
const january = (day: number) => `2026-01-${String(day).padStart(2, "0")}`;
const words = (text: string) => text.split(" ").filter((word) => word !== "");

const readLines = (text: string): OpenLine[] =>
  words(text).map((amount, index) => ({
    id: `L${index + 1}`,
    batchNumber: index + 1,
    claimDay: january(11 + index),
    cents: BigInt(amount),
  }));

const readEntries = (text: string): MatchEntry[] =>
  words(text).map((word, index) => {
    const [, amount = "", known, day] = /^(-?\d+)(?:@(\d+))?(?:\/(\d+))?$/.exec(word) ?? [];
    return {
      id: `e${index + 1}`,
      run: BigInt(1 + (index >> 1)),
      sequence: BigInt(1 + (index & 1)),
      cents: BigInt(amount),
      stampDay: day === undefined ? null : january(Number(day)),
      knownAtBatch: known === undefined ? null : Number(known),
    };
  });

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

type Row = [situation: string, lines: string, entries: string, expected: string];

const DECISIONS: Record<string, Row[]> = {
  "nothing or the line itself": [
    ["nothing is posted yet", "100", "", "open"],
    ["the line is posted as it is", "100", "100", "posted"],
    ["a negative line is posted as it is", "-100", "-100", "posted"],
    ["a key without lines and entries", "", "", ""],
    ["entries of 0.00 say nothing", "100", "0 100 0", "posted"],
    ["an entry of 0.00 alone leaves the line open", "100", "0", "open"],
    ["the opposite amount is not the line", "100", "-100", "differs=-100"],
  ],
  "rule 1: equal amounts": [
    ["two lines, posted in another order", "100 50", "50 100", "posted posted"],
    ["plus and minus of two batches", "100 -100", "100 -100", "posted posted"],
    ["the same, in another order", "100 -100", "-100 100", "posted posted"],
    ["two equal lines, two entries", "100 100", "100 100", "posted posted"],
    ["two equal lines, one entry: the older one, by choice", "100 100", "100", "posted~ open"],
    ["three equal lines, two entries", "100 100 100", "100 100", "posted~ posted~ open"],
    ["no choice between lines of different amounts", "100 50", "100", "posted open"],
    ["the second line alone", "100 50", "50", "open posted"],
  ],
  "what counts for a line": [
    ["an entry that stood there before the claim", "100", "100@1", "open +100"],
    ["an entry stamped before the day of the claim", "100", "100/10", "open +100"],
    ["an entry stamped on the day of the claim", "100", "100/11", "posted"],
    ["known since a later batch", "100 50", "100@2", "posted open"],
    ["older than the job's first batch", "100", "100@0", "open"],
    ["stamped before the job's first batch", "100", "100/4", "open"],
    ["of two equal lines only the older can have it: no choice", "100 100", "100@2", "posted open"],
    ["of three, two could have it", "100 100 100", "100@2 100@3", "posted posted open"],
    ["of three, a choice for the second entry only", "100 100 100", "100@2 100", "posted posted~ open"],
    ["the choosy entry goes first, whatever its run", "100 100", "100 100@2", "posted posted"],
    ["an old opposite does not undo a newer line", "-100", "100@1 -100", "posted +100"],
  ],
  "rule 2: entries that cancel out": [
    ["posted and reversed under a wrong amount", "100", "90 -90", "open"],
    ["a wrong amount, reversed, then the right one", "100", "90 -90 100", "posted"],
    ["reversed, then posted again", "100", "100 -100 100", "posted"],
    ["posted twice, then one reversed", "100", "100 100 -100", "posted"],
    ["a rest that comes to zero in three entries", "100", "60 -40 -20", "open"],
    ["a posted line beside a rest of zero", "100", "100 60 -40 -20", "posted"],
    ["zero entries are no posting of lines that come to zero", "50 -50", "60 -40 -20", "open open"],
    ["on a key without lines", "", "70 -70", ""],
    ["an unexpected entry reversed", "100", "100 7 -7", "posted"],
    ["an unexpected entry reversed after the next claim", "100 50", "100@2 7@2 -7", "posted open"],
    ["an old leftover and its later correction in two parts", "100", "70@1 -30 -40", "open"],
  ],
  "rule 3: split and combined posting": [
    ["one line in two entries", "100", "60 40", "posted"],
    ["one line in three entries, one negative", "100", "150 -30 -20", "posted"],
    ["a wrong amount, then what was missing", "100", "90 10", "posted"],
    ["two lines in one entry", "100 50", "150", "posted posted"],
    ["the first two lines of three in one entry", "100 50 30", "150", "posted posted open"],
    ["two lines in two other amounts", "100 50", "90 60", "posted posted"],
    ["the second and third line together are not the first", "100 50 30", "80", "differs=80 open open"],
    [
      "two numbers of lines fit: the most, by choice",
      "60 40 20 -20",
      "100",
      "posted~ posted~ posted~ posted~",
    ],
    ["a line by itself and one in parts", "100 50", "30 100 20", "posted posted"],
    ["amounts that cancel leave the parts", "100", "60 25 -25 40", "posted"],
    ["lines in minus", "-60 -40", "-100", "posted posted"],
    ["a line up and a line down", "100 -30", "70", "posted posted"],
  ],
  "rule 3: before and after a claim": [
    ["an old leftover does not count", "100", "7@1 60 40", "posted +7"],
    ["nor does its opposite amount", "-100", "70@1 -70 -30", "posted +70"],
    ["an old leftover taken back beside a split posting", "100", "70@1 -70 60 40", "posted"],
    ["a leftover of an older, posted line", "100 50", "100@2 7@2 30 20", "posted posted +7"],
    ["the second batch cannot be posted before its claim", "100 50", "150@2", "differs=150 open"],
    [
      "a split first line stays posted while the second is half done",
      "100 50",
      "60@2 40@2 20",
      "posted differs=20",
    ],
    ["and both are posted when it is done", "100 50", "60@2 40@2 20 30", "posted posted"],
    ["two batches together, then half of the third", "100 50 70", "150@3 20", "posted posted differs=20"],
    ["a half-posted line completed after the next claim", "100 50", "60@2 40 50", "posted posted"],
    ["a half-posted line and the next in one entry", "100 50", "60@2 90", "posted posted"],
    [
      "entries that come to zero post no lines that do",
      "50 -50 70",
      "60@3 -40@3 -20@3 30",
      "differs=30 open open",
    ],
    [
      "taken back by the next batch, both in the same pieces",
      "100 -100",
      "60@2 40@2 -60 -40",
      "posted posted",
    ],
    [
      "taken back in the same pieces, while the third is half done",
      "100 -100 50",
      "60@2 40@2 -60@3 -40@3 20",
      "posted posted differs=20",
    ],
    ["taken back by half so far", "100 -100", "60@2 40@2 -60", "posted differs=-60"],
    ["two lines around a posted one", "60 100 40", "100 70 30", "posted posted posted"],
  ],
  "rule 4: reversed": [
    ["posted, then reversed", "100", "100 -100", "open"],
    ["the reversal first", "100", "-100 100", "open"],
    ["a negative line reversed", "-100", "-100 100", "open"],
    ["one of two lines reversed", "100 50", "100 50 -100", "open posted"],
    ["one of two equal lines reversed: the newer", "100 100", "100 100 -100", "posted open"],
    ["both reversed", "100 100", "100 100 -100 -100", "open open"],
    ["a reversal that counts for the older line only", "100 100", "100@2 100 -100@2", "open posted"],
    [
      "of two reversals the old one undoes the old line",
      "100 100 100",
      "100@2 100@3 100 -100 -100@2",
      "open posted open",
    ],
    ["reversed, then a wrong amount", "100", "100 -100 90", "differs=90"],
    ["reversed, then the right amount in parts", "100", "100 -100 60 40", "posted"],
    ["two reversed and posted as one", "100 50", "100 50 -100 -50 150", "posted posted"],
    ["one reversed and posted with the next", "100 30", "100 -100 130", "posted posted"],
    ["a split posting reversed in one", "100", "60 40 -100", "open"],
    [
      "a split posting reversed in its pieces after the next claim",
      "100 50",
      "60@2 40@2 -40 -60",
      "open open",
    ],
    [
      "of two split postings the newer one reversed in pieces",
      "100 100 50",
      "60@3 40@3 70@3 30@3 -70 -30",
      "posted open open",
    ],
    ["a split posting half reversed", "100", "60 40 -60", "differs=40"],
    [
      "a line posted in parts and reversed while the next is half done",
      "100 50",
      "60@2 40@2 -100 20",
      "differs=20 open",
    ],
    ["plus, minus and plus again: the newer of the two is undone", "100 -100", "100 -100 100", "posted open"],
    ["three times posted, two reversed", "100", "100 100 100 -100 -100", "posted"],
    ["more reversed than posted", "100", "100 -100 -100", "differs=-100"],
  ],
  "rule 5: posted twice": [
    ["the file imported twice", "100", "100 100", "twice=200"],
    ["three times", "100", "100 100 100", "twice=300"],
    ["both lines twice", "100 50", "100 50 100 50", "twice=200 twice=100"],
    ["one of two lines twice", "100 50", "100 50 50", "posted twice=100"],
    ["of equal lines as many as repeated, oldest first", "70 70", "70 70 70", "twice=140 posted"],
    ["more repeats than equal lines", "70 70", "70 70 70 70 70", "twice=210 twice=140"],
    ["repeated in one entry for both lines", "100 50", "100 50 150", "twice=200 twice=100"],
    ["repeated in parts", "100", "100 30 70", "twice=200"],
    ["repeated twice in one entry", "100", "100 200", "twice=300"],
    ["a negative line twice", "-100", "-100 -100", "twice=-200"],
    ["twice, with a second line open", "100 50", "100 100", "twice=200 open"],
    ["half a repeat is none", "100", "100 50", "posted +50"],
    ["minus a repeat is none", "100 50", "100 50 -150", "posted posted +-150"],
    ["lines that come to zero are not repeated by any sum", "100 -100", "100 -100 30", "posted posted +30"],
    ["a repeat and something else is no repeat", "100", "100 100 7", "posted +100 +7"],
    ["an old leftover does not hide a repeat", "100", "7@1 100 100", "twice=200 +7"],
    ["nor does one of an older line", "100 50", "100@2 7@2 50 50", "posted twice=100 +7"],
    ["nor does the half-posted next line", "100 50", "100@2 100@2 20", "twice=200 differs=20"],
    [
      "nor does an entry from before all lines hide a repeat in parts",
      "100 50",
      "7@1 100@2 60@2 50 90",
      "twice=200 twice=100 +7",
    ],
    ["a repeat goes to the line it counts for", "70 70", "70@2 70 70 70@2", "twice=140 twice=140"],
    [
      "a repeat apart, then the rest adds up to an open line",
      "2 2 -2",
      "-2 1@3 1@2 -4",
      "posted open twice=-6",
    ],
    [
      "a repeat apart, then the rest comes to zero",
      "100 60 50",
      "60 50 50 -30@2 -20@2 50@2",
      "open posted twice=100",
    ],
    ["repeated in parts, then the next line posted", "100 50", "100@2 30@2 70@2 50", "twice=200 posted"],
    ["two lines posted together, twice", "100 50 70", "150@3 150 20", "posted posted differs=170"],
    ["the same before the third was half posted", "100 50 70", "150@3 150", "twice=200 twice=100 open"],
    ["an equal posting before the claim is no repeat", "100", "100@1 100", "posted +100"],
    ["one reversed, the other twice", "100 50", "100 50 50 -100", "open twice=100"],
  ],
  "rule 6: anything else": [
    ["a part of the line", "100", "60", "differs=60"],
    ["too much", "100", "160", "differs=160"],
    ["double in one entry", "100", "200", "differs=200"],
    ["the first open line differs, the others wait", "100 50", "60", "differs=60 open"],
    ["a posted line is passed over", "100 50", "100 60", "posted differs=60"],
    ["with no open line the entry is unexpected", "100", "100 7", "posted +7"],
    ["with no line at all", "", "7 8", "+7 +8"],
    ["an open line that it does not count for does not differ", "100 50", "100 7@2", "posted open +7"],
    ["old and new rest go apart", "100 50", "100@2 7@2 20", "posted differs=20 +7"],
    ["an entry between the first batch and the line", "100", "7@1", "open +7"],
  ],
};

for (const [rule, rows] of Object.entries(DECISIONS)) {
  describe(rule, () => {
    it.each(rows)("%s: lines [%s], entries [%s] give [%s]", (_situation, lines, entries, expected) => {
      expect(outcome(lines, entries)).toBe(expected);
    });
  });
}

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
  const fresh = {
    verdict: "open" as Verdict,
    tiedOutAt: null,
    rejectedAt: null,
    acceptedDifferenceAt: null,
    writtenDay: "2026-01-12",
    today: "2026-01-12",
    overdueAfterDays: 5,
  };
  const EARLIER = "2026-01-13T08:00:00Z";
  const LATER = "2026-01-14T08:00:00Z";
  const STATES: [situation: string, known: Partial<Parameters<typeof lineState>[0]>, ImportLineState][] = [
    ["just written", {}, "awaiting_posting"],
    ["as many days as allowed", { today: "2026-01-17" }, "awaiting_posting"],
    ["a day more than allowed", { today: "2026-01-18" }, "overdue"],
    ["claimed, not yet written", { writtenDay: null, today: "2026-03-01" }, "awaiting_posting"],
    ["no day allowed, on the day", { overdueAfterDays: 0 }, "awaiting_posting"],
    ["no day allowed, the day after", { overdueAfterDays: 0, today: "2026-01-13" }, "overdue"],
    ["in a reject file", { rejectedAt: LATER }, "rejected_in_sage"],
    ["in a reject file for long", { rejectedAt: LATER, today: "2026-03-01" }, "rejected_in_sage"],
    ["was tied out, entries gone", { tiedOutAt: EARLIER }, "no_longer_posted"],
    ["was tied out, gone for long", { tiedOutAt: EARLIER, today: "2026-03-01" }, "no_longer_posted"],
    ["was tied out and rejected", { tiedOutAt: EARLIER, rejectedAt: LATER }, "rejected_in_sage"],
    ["accepted while open", { acceptedDifferenceAt: LATER }, "accepted_difference"],
    [
      "accepted, rejected and once tied out",
      { acceptedDifferenceAt: LATER, rejectedAt: LATER, tiedOutAt: EARLIER },
      "accepted_difference",
    ],
    ["rejected, then tied out, then gone", { rejectedAt: EARLIER, tiedOutAt: LATER }, "no_longer_posted"],
    [
      "accepted, then tied out, then gone",
      { acceptedDifferenceAt: EARLIER, tiedOutAt: LATER },
      "no_longer_posted",
    ],
    ["posted", { verdict: "posted" }, "posted"],
    [
      "posted after all",
      {
        verdict: "posted",
        rejectedAt: LATER,
        acceptedDifferenceAt: LATER,
        tiedOutAt: EARLIER,
        today: "2026-03-01",
      },
      "posted",
    ],
    ["differs", { verdict: "amount_differs", today: "2026-03-01" }, "amount_differs"],
    [
      "differs, once rejected and tied out",
      { verdict: "amount_differs", rejectedAt: LATER, tiedOutAt: EARLIER },
      "amount_differs",
    ],
    ["differs, accepted", { verdict: "amount_differs", acceptedDifferenceAt: LATER }, "accepted_difference"],
    ["twice", { verdict: "posted_twice" }, "posted_twice"],
    ["twice, accepted", { verdict: "posted_twice", acceptedDifferenceAt: LATER }, "accepted_difference"],
  ];
  it.each(STATES)("%s", (_situation, known, expected) => {
    expect(lineState({ ...fresh, ...known })).toBe(expected);
  });
});
