import type { ImportLineState } from "../states.ts";
import { type Day, daysBetween } from "../time.ts";
import type { Verdict } from "./types.ts";

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
