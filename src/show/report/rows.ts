import type { Cents } from "../../core/money.ts";
import type { TieOutDifference, TieOutKey } from "../../core/tie-out/schema.ts";
import type { Day } from "../../core/time.ts";

/**
 * Rows of a report of which there may be a million: they are counted and summed, and not held. Each iteration asks for
 * them anew, in the order of the report.
 */
export interface Rows<Row> extends AsyncIterable<Row> {
  readonly count: number;
}

/** Every code with its three sides. */
export interface Codes extends Rows<TieOutKey> {
  readonly tieOut: number;
  /** Codes of which the copy of Sage tells a total, and those of them where it is another than it should be. */
  readonly totalsCompared: number;
  readonly totalsDiffering: number;
  /** Of which what was accepted is not what was exported: they are held, since there should be none. */
  readonly notAsAccepted: readonly TieOutKey[];
}

/** A difference with its age on the report's day, and what to do about it. */
export type AgedDifference = TieOutDifference & { readonly age_days: number; readonly remedy: string };

/** Lines that wait for posting, and not for too long. */
export interface WaitingLines extends Rows<AgedDifference> {
  readonly exported: Cents;
  /** The first day since when one of them waits; null if none does. */
  readonly since: Day | null;
}
