import type { TieOut, TieOutDifference, TieOutKey } from "./schema.ts";

/** Some keys and some differences of a tie-out: as many as may be held at once. */
export interface TieOutPart {
  readonly keys: readonly TieOutKey[];
  readonly differences: readonly TieOutDifference[];
}

/**
 * A tie-out as it is read: what is small is held, and its keys and differences, of which there may be a million, are
 * asked for part by part.
 */
export interface TieOutInParts extends Omit<TieOut, "keys" | "differences"> {
  /** How many keys are in all parts together, known before any is read. */
  readonly keyCount: number;
  /** Every key and every difference once, in the order that reports have them in. Each call begins anew. */
  parts(): AsyncIterable<TieOutPart>;
}
