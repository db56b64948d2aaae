import type { Cents } from "../money.ts";
import type { ImportLineState } from "../states.ts";
import { type Day, daysBetween } from "../time.ts";
import { layOut, type Pairing, type Placed, type Repeat, total } from "./board.ts";
import { takeRepeats } from "./repeats.ts";
import { addUp, cancelAcross, cancelWithin, pairEqualAmounts, undoPairs } from "./rules.ts";

/** One import line of a written batch, on one key and kind. `cents` is never zero: such lines are not in the file. */
export interface OpenLine {
  readonly id: string;
  readonly batchNumber: number;
  /** The day the batch was claimed, in the company's time zone. */
  readonly claimDay: Day;
  readonly cents: Cents;
}

/** One posted entry of Sage on the same key and kind. */
export interface MatchEntry {
  readonly id: string;
  readonly run: bigint;
  readonly sequence: bigint;
  readonly cents: Cents;
  /** null where the copy does not tell. */
  readonly stampDay: Day | null;
  /** The company's first batch at whose claim the copy already showed the entry; null: it never did at a claim. */
  readonly knownAtBatch: number | null;
}

/** From when on entries of a job are expected to be ours: the first batch written for it. */
export interface Since {
  readonly batchNumber: number;
  readonly day: Day;
}

export type Verdict = "open" | "posted" | "amount_differs" | "posted_twice";

export interface LineMatch {
  readonly verdict: Verdict;
  /** Ids of the entries behind the verdict; lines posted together name the same ones. */
  readonly entries: readonly string[];
  /** Another line could have been chosen just as well. */
  readonly ambiguous: boolean;
  /** What Sage carries for this line; zero while it is open. */
  readonly postedCents: Cents;
}

/**
 * Every entry is in exactly one place: behind a line, cancelled, unexpected or ignored. The lines' `postedCents`
 * and the unexpected entries add up to all entries that are not ignored, and the cancelled ones to zero.
 */
export interface MatchResult {
  /** By line id, in batch order. */
  readonly lines: ReadonlyMap<string, LineMatch>;
  /** In (run, sequence) order. */
  readonly unexpected: readonly MatchEntry[];
  /** Entries that made up for each other, and undone pairs with what undid them. */
  readonly cancelled: readonly MatchEntry[];
  /** Older than every line and than the job's first batch, or of 0.00. */
  readonly ignored: readonly MatchEntry[];
}

/**
 * Says which import lines of one key and kind are posted, by value alone: no field of ours survives into Sage.
 * The order in which lines and entries are given does not matter; lines count in batch order, entries by run and
 * sequence. `since` is null where the job has no batch and no baseline: then nothing is unexpected.
 *
 * An entry counts for a line unless the copy showed it when the line's batch was claimed, or it is stamped
 * before that day. The rules, in order (contract §7):
 *
 * 1. Equal amounts pair one to one, oldest with oldest.
 * 2. Among the rest, entries that cancel out drop out: opposites two by two, then a rest that comes to zero.
 * 3. If the entries left add up to the open lines, or to the first n of them, those lines are posted.
 * 4. An entry that is the opposite of a pair undoes it: its line is open again. So do the opposites of all pieces.
 * 5. A rest that repeats posted lines a whole number of times: those lines are posted twice.
 * 6. Any other entry: the first open line that it counts for differs, else the entry is unexpected.
 *
 * Whenever one of 2 to 5 has explained something, what is left is tried from 2 again.
 * What was posted before a later batch was claimed is kept apart from what came after: an old leftover keeps no
 * newer line from being posted, and what completes older lines does so whatever came later. Entries that count
 * for the same open lines cancel each other before they cancel older ones.
 */
export function matchKey(
  lines: readonly OpenLine[],
  entries: readonly MatchEntry[],
  since: Since | null,
): MatchResult {
  const { board, ignored } = layOut(lines, entries, since);
  pairEqualAmounts(board);
  while (
    cancelWithin(board) ||
    addUp(board) ||
    cancelAcross(board) ||
    undoPairs(board) ||
    takeRepeats(board)
  );

  const firstOpen = board.pairings.indexOf(null);
  const countsForFirstOpen = ({ reach }: Placed) => firstOpen >= 0 && reach > firstOpen;
  const differing = board.rest.filter(countsForFirstOpen);
  const unexpected = board.rest.filter((placed) => !countsForFirstOpen(placed));

  const idsOf = new Map(
    [...new Set(board.pairings)].map((pairing) => [pairing, ids(pairing?.entries ?? [])]),
  );
  return {
    lines: new Map(
      board.lines.map((line, place) => {
        const pairing = board.pairings[place];
        if (!pairing) return [line.id, unpostedLine(place === firstOpen ? differing : [])];
        return [line.id, postedLine(line, pairing, idsOf.get(pairing) ?? [], board.repeats.get(place))];
      }),
    ),
    unexpected: unexpected.map(({ entry }) => entry),
    cancelled: board.cancelled,
    ignored,
  };
}

const ids = (entries: readonly Placed[]): readonly string[] => entries.map(({ entry }) => entry.id);

const postedLine = (
  line: OpenLine,
  { ambiguous }: Pairing,
  entries: readonly string[],
  repeat: Repeat | undefined,
): LineMatch =>
  repeat
    ? {
        verdict: "posted_twice",
        entries: [...entries, ...ids(repeat.entries)],
        ambiguous,
        postedCents: line.cents * (1n + repeat.times),
      }
    : { verdict: "posted", entries, ambiguous, postedCents: line.cents };

const unpostedLine = (differing: readonly Placed[]): LineMatch => ({
  verdict: differing.length > 0 ? "amount_differs" : "open",
  entries: ids(differing),
  ambiguous: false,
  postedCents: total(differing),
});

/**
 * The one state of an import line, from what its entries say and what else is known of it. A difference that a
 * person accepted stays accepted until Sage has the right amount; a reject file counts until the line is posted.
 * Neither counts any more once the line was tied out after it.
 * A line is overdue when more than `overdueAfterDays` calendar days have passed since `writtenDay` (null: its
 * batch is not written yet); both days are in the company's time zone.
 */
export function lineState(input: {
  readonly verdict: Verdict;
  /** Moments, as text that sorts by time; null where it never happened. */
  readonly tiedOutAt: string | null;
  /** When a reject file of Sage was read that names the line. */
  readonly rejectedAt: string | null;
  readonly acceptedDifferenceAt: string | null;
  readonly writtenDay: Day | null;
  readonly today: Day;
  readonly overdueAfterDays: number;
}): ImportLineState {
  const { tiedOutAt } = input;
  const stillCounts = (at: string | null) => countsSinceTiedOut(at, tiedOutAt);
  if (input.verdict === "posted") return "posted";
  if (stillCounts(input.acceptedDifferenceAt)) return "accepted_difference";
  if (input.verdict !== "open") return input.verdict;
  if (stillCounts(input.rejectedAt)) return "rejected_in_sage";
  if (tiedOutAt !== null) return "no_longer_posted";
  const waited = input.writtenDay === null ? 0 : daysBetween(input.writtenDay, input.today);
  return waited > input.overdueAfterDays ? "overdue" : "awaiting_posting";
}

/**
 * Whether a rejection or a person's decision still says something of a line: until it is tied out after it, which a
 * reconciliation may do in the very second in which it read the reject file.
 */
export const countsSinceTiedOut = (at: string | null, tiedOutAt: string | null): boolean =>
  at !== null && (tiedOutAt === null || at > tiedOutAt);
