import type { lineState } from "../../src/core/match/line-state.ts";
import type { MatchEntry, OpenLine, Verdict } from "../../src/core/match/types.ts";
import type { ImportLineState } from "../../src/core/states.ts";

/*
 * The notation. Lines: amounts in batch order; line n is of batch n, claimed on January 10 + n.
 * Entries: amounts in run order; `@2` the copy showed it when batch 2 was claimed, `/12` stamped on January 12.
 * Outcome: a word per line (`~` ambiguous, `=` what Sage carries where that is not the line's amount), then `+`
 * and the amounts of unexpected entries. The job's first batch is batch 0 of January 5.
 */
export const SINCE = { batchNumber: 0, day: "2026-01-05" };
export const january = (day: number) => `2026-01-${String(day).padStart(2, "0")}`;
const words = (text: string) => text.split(" ").filter((word) => word !== "");

export const readLines = (text: string): OpenLine[] =>
  words(text).map((amount, index) => ({
    id: `L${index + 1}`,
    batchNumber: index + 1,
    claimDay: january(11 + index),
    cents: BigInt(amount),
  }));

export const readEntries = (text: string): MatchEntry[] =>
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

export type Decision = [situation: string, lines: string, entries: string, expected: string];

/** What Sage shows of a key, and what is said of its lines: by rule, then every two rules at once. */
export const DECISIONS: Record<string, Decision[]> = {
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
  "two rules at once": [
    ["rules 1 and 2: the line itself, and a wrong entry taken back", "100", "100 90 -90", "posted"],
    ["rules 1 and 3: one line by itself, the next in two entries", "100 50", "100 30 20", "posted posted"],
    ["rules 1 and 4: two lines, the second reversed", "100 50", "100 50 -50", "posted open"],
    ["rules 1 and 5: two lines, the second twice", "100 50", "100 50 50", "posted twice=100"],
    ["rules 1 and 6: one line by itself, the next too high", "100 50", "100 60", "posted differs=60"],
    ["rules 2 and 3: in two entries, and a wrong one taken back", "100", "70 25 -25 30", "posted"],
    ["rules 2 and 4: posted and reversed, and a wrong entry taken back", "100", "100 90 -90 -100", "open"],
    ["rules 2 and 5: twice, and a wrong entry taken back", "100", "100 100 30 -30", "twice=200"],
    ["rules 2 and 6: a wrong entry taken back, then another", "100", "90 -90 60", "differs=60"],
    ["rules 3 and 4: two lines in one entry, reversed in one", "100 50", "150 -150", "open open"],
    [
      "rules 3 and 5: two lines in one entry, again after a claim",
      "100 50 70",
      "150@3 150",
      "twice=200 twice=100 open",
    ],
    [
      "rules 3 and 6: one line in two entries, the next by half",
      "100 50",
      "60@2 40@2 25",
      "posted differs=25",
    ],
    ["rules 4 and 5: one line reversed, the other twice", "100 50", "100 50 -100 50", "open twice=100"],
    ["rules 4 and 6: reversed, then posted too low", "100", "100 -100 90", "differs=90"],
    ["rules 5 and 6: one line twice, the next by half", "100 50", "100@2 100@2 25", "twice=200 differs=25"],
  ],
};

/** What is known of a line that was written on January 12 and may wait for 5 days. */
export const FRESH = {
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
/** What else is known of a line besides its entries, and the state it has then. */
export const STATE_DECISIONS: [
  situation: string,
  known: Partial<Parameters<typeof lineState>[0]>,
  ImportLineState,
][] = [
  ["just written, nothing posted", {}, "awaiting_posting"],
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
