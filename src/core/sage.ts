import { type EstimateKind, joinKey, type SageKey } from "./key.ts";
import type { Cents } from "./money.ts";

export interface SageJob {
  readonly job: string;
  readonly description: string;
  readonly closed: boolean;
}
export interface SageExtra {
  readonly description: string;
  readonly closed: boolean;
}
export interface SageCostCode {
  readonly description: string;
  readonly closed: boolean;
  /** Only adds up others: nothing may be posted to it. */
  readonly group: boolean;
}
export interface SageCategory {
  readonly closed: boolean;
  /** What Sage carries in all; null where the copy does not tell. */
  readonly totals: Readonly<Record<EstimateKind, Cents | null>>;
}

/** Sage's masters of one company as the copy shows them: codes trimmed, amounts rounded to cents. Keys by `joinKey`. */
export interface SageMasters {
  readonly jobs: ReadonlyMap<string, SageJob>;
  /** By job, extra. */
  readonly extras: ReadonlyMap<string, SageExtra>;
  /** By job, extra, cost code. */
  readonly costCodes: ReadonlyMap<string, SageCostCode>;
  /** By job, extra, cost code, category. */
  readonly categories: ReadonlyMap<string, SageCategory>;
  readonly standardCostCodes: ReadonlyMap<string, { readonly description: string; readonly group: boolean }>;
  readonly standardCategories: ReadonlySet<string>;
  /** What the copy says in two ways, each with what follows. */
  readonly lacking: readonly string[];
}

/** A posted estimate entry of Sage Job Cost. (`job`, `run`, `sequence`) identify it; it counts once, in CURRENT or HISTORY. */
export interface SageEntry extends SageKey {
  readonly kind: EstimateKind;
  readonly cents: Cents;
  readonly run: bigint;
  readonly sequence: bigint;
  /** Counts the further entries that the copy has under the same run and sequence. */
  readonly twin?: number;
  /** The calendar day it was stamped in Sage, if the copy tells. */
  readonly stampDay: string | null;
}

/** The number by which an entry is known again: its job, run and sequence. */
export const entryNumber = ({ job, run, sequence }: Pick<SageEntry, "job" | "run" | "sequence">): string =>
  joinKey(job, run.toString(), sequence.toString());

/** One text for an entry, different from that of every other. */
export const entryId = (entry: SageEntry): string =>
  entry.twin === undefined ? entryNumber(entry) : joinKey(entryNumber(entry), String(entry.twin));
