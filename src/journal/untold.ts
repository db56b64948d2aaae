import type { Queries } from "../db/db.ts";
import { type Digest, NO_ROWS, tellDigest, withRow } from "./row-digest.ts";

/** What a transaction has written so far that an event is to tell of. */
export interface Untold {
  /** The number that the event will have. */
  readonly sequence: bigint;
  /** By the name of the part of a table. */
  readonly digests: Map<string, Digest>;
  /** What else the event tells, beside what its teller says. */
  readonly details: Record<string, unknown>;
}

const untold = new WeakMap<Queries, Untold>();

export const untoldBy = (tx: Queries): Untold | undefined => untold.get(tx);

/** Begins to write what the event of a number will tell of. */
export function promiseEvent(tx: Queries, sequence: bigint): Untold {
  const begun: Untold = { sequence, digests: new Map(), details: {} };
  untold.set(tx, begun);
  return begun;
}

export function noteRow({ digests }: Untold, part: string, hash: bigint): void {
  digests.set(part, withRow(digests.get(part) ?? NO_ROWS, hash));
}

/** What an event tells of the rows that it stands for, and whatever else their writers had it tell. */
export function detailsToTell(tx: Queries): Readonly<Record<string, unknown>> {
  const { digests, details } = untold.get(tx) ?? { digests: new Map<string, Digest>(), details: {} };
  if (digests.size === 0) return details;
  const rows = [...digests].map(([part, digest]) => [part, tellDigest(digest)] as const);
  return { ...details, rows: Object.fromEntries(rows.sort(([a], [b]) => (a < b ? -1 : 1))) };
}

/** Notes that the event was told. */
export const eventTold = (tx: Queries): void => {
  untold.delete(tx);
};
