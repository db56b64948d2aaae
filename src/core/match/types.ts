import type { Cents } from "../money.ts";
import type { Day } from "../time.ts";

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
