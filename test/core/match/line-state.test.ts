import { describe, expect, it } from "vitest";
import { countsSinceTiedOut, lineState } from "../../../src/core/match/line-state.ts";
import type { Verdict } from "../../../src/core/match/types.ts";
import type { ImportLineState } from "../../../src/core/states.ts";

type Input = Parameters<typeof lineState>[0];

const EARLIER = "2026-03-02T10:00:00Z";
const LATER = "2026-03-05T10:00:00Z";

/** A line of a batch that was written today. */
const stateOf = (verdict: Verdict, changed: Partial<Input> = {}): ImportLineState =>
  lineState({
    verdict,
    tiedOutAt: null,
    rejectedAt: null,
    acceptedDifferenceAt: null,
    writtenDay: "2026-03-10",
    today: "2026-03-10",
    overdueAfterDays: 5,
    ...changed,
  });

/** What else is known of a line. Where it was tied out, a reject file or a decision came before or after that. */
const KNOWN = {
  nothing: {},
  rejected: { rejectedAt: EARLIER },
  "closed by a person": { acceptedDifferenceAt: EARLIER },
  "rejected and closed": { rejectedAt: EARLIER, acceptedDifferenceAt: EARLIER },
  "tied out": { tiedOutAt: EARLIER },
  "rejected, then tied out": { rejectedAt: EARLIER, tiedOutAt: LATER },
  "closed, then tied out": { acceptedDifferenceAt: EARLIER, tiedOutAt: LATER },
  "tied out, then rejected": { tiedOutAt: EARLIER, rejectedAt: LATER },
  "tied out, then closed": { tiedOutAt: EARLIER, acceptedDifferenceAt: LATER },
  "closed, tied out, then rejected": {
    acceptedDifferenceAt: "2026-03-01T10:00:00Z",
    tiedOutAt: EARLIER,
    rejectedAt: LATER,
  },
} as const satisfies Record<string, Partial<Input>>;

type Row = [
  known: keyof typeof KNOWN,
  open: ImportLineState,
  differs: ImportLineState,
  twice: ImportLineState,
];

const ROWS: Row[] = [
  ["nothing", "awaiting_posting", "amount_differs", "posted_twice"],
  ["rejected", "rejected_in_sage", "amount_differs", "posted_twice"],
  ["closed by a person", "accepted_difference", "accepted_difference", "accepted_difference"],
  ["rejected and closed", "accepted_difference", "accepted_difference", "accepted_difference"],
  ["tied out", "no_longer_posted", "amount_differs", "posted_twice"],
  ["rejected, then tied out", "no_longer_posted", "amount_differs", "posted_twice"],
  ["closed, then tied out", "no_longer_posted", "amount_differs", "posted_twice"],
  ["tied out, then rejected", "rejected_in_sage", "amount_differs", "posted_twice"],
  ["tied out, then closed", "accepted_difference", "accepted_difference", "accepted_difference"],
  ["closed, tied out, then rejected", "rejected_in_sage", "amount_differs", "posted_twice"],
];

describe("the state of a line of which is known:", () => {
  it.each(ROWS)(
    "%s is %s while open, %s where its amount differs, %s where it is there twice",
    (known, ...states) => {
      const found = (["open", "amount_differs", "posted_twice"] as const).map((verdict) =>
        stateOf(verdict, KNOWN[known]),
      );
      expect(found).toEqual(states);
    },
  );

  it("anything at all is posted once its entries are right", () => {
    const found = Object.values(KNOWN).map((known) => stateOf("posted", known));
    expect(new Set(found)).toEqual(new Set(["posted"]));
  });
});

describe("a line that waits", () => {
  it.each<[situation: string, writtenDay: string | null, overdueAfterDays: number, state: ImportLineState]>([
    ["since today", "2026-03-10", 5, "awaiting_posting"],
    ["for as many days as it may", "2026-03-05", 5, "awaiting_posting"],
    ["a day longer", "2026-03-04", 5, "overdue"],
    ["over the end of a month that has 28 days", "2026-02-28", 10, "awaiting_posting"],
    ["a day longer than that", "2026-02-27", 10, "overdue"],
    ["over the night when clocks are put forward", "2026-03-07", 3, "awaiting_posting"],
    ["since yesterday, where a day is too long", "2026-03-09", 0, "overdue"],
    ["since today, where a day is too long", "2026-03-10", 0, "awaiting_posting"],
    ["in a batch that is not written yet", null, 0, "awaiting_posting"],
    ["since tomorrow, by a clock that was set back", "2026-03-11", 0, "awaiting_posting"],
  ])("%s (%s, at most %i days) is %s", (_situation, writtenDay, overdueAfterDays, state) => {
    expect(stateOf("open", { writtenDay, overdueAfterDays })).toBe(state);
  });

  it("is never overdue once it was rejected, closed or tied out: that says more", () => {
    const long = { writtenDay: "2026-01-01" };
    expect([
      stateOf("open", { ...long, ...KNOWN.rejected }),
      stateOf("open", { ...long, ...KNOWN["closed by a person"] }),
      stateOf("open", { ...long, ...KNOWN["tied out"] }),
    ]).toEqual(["rejected_in_sage", "accepted_difference", "no_longer_posted"]);
  });
});

describe("what was said of a line before it was tied out", () => {
  it.each<[situation: string, at: string | null, tiedOutAt: string | null, counts: boolean]>([
    ["was never said", null, null, false],
    ["was never said of a line that was tied out", null, EARLIER, false],
    ["counts while it is not tied out", EARLIER, null, true],
    ["does not count any more", EARLIER, LATER, false],
    ["does not count in the very second of tying out", EARLIER, EARLIER, false],
    ["counts if it was said after", LATER, EARLIER, true],
  ])("%s", (_situation, at, tiedOutAt, counts) => {
    expect(countsSinceTiedOut(at, tiedOutAt)).toBe(counts);
  });
});
