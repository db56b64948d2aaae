import type { EstimateKind, SageKey } from "./key.ts";
import type { Cents } from "./money.ts";
import type { Day } from "./time.ts";

/** What a project's job carries already when its budget is first sent: from Sage, from staging, or nothing. */
export const BASELINE_SOURCES = ["sage", "staging", "zero"] as const;
export type BaselineSource = (typeof BASELINE_SOURCES)[number];

/** A project's opening position, decided by a person. Its amounts, key by key, are movements. */
export interface Baseline {
  readonly projectId: string;
  readonly projectNumber: string;
  readonly job: string;
  readonly source: BaselineSource;
  /** What all of it comes to. */
  readonly cents: Cents;
  readonly reason: string;
  readonly actor: string;
  readonly recordedAt: string;
  readonly recordedDay: Day;
  /** The number of the batch that came next: entries that Sage had by then were there before. */
  readonly beforeBatch: number;
}

/**
 * Where an opening position stands among batch numbers: after the last batch and before the next. What the copy
 * shows first at the claim of the next batch came after it; what it showed at the baseline did not.
 */
export const batchNumberOfBaseline = (beforeBatch: number): number => beforeBatch - 0.5;

/** What Sage carried on a key when a baseline was recorded: its own total, and the entries that the copy showed. */
export interface OpeningTotal extends SageKey {
  readonly kind: EstimateKind;
  readonly masterCents: Cents;
  readonly entriesCents: Cents;
}
