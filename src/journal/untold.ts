import type { Queries } from "../db/db.ts";

/** What a transaction has written so far that an event is to tell of. */
interface Untold {
  /** The number that the event will have. */
  readonly sequence: bigint;
  /** What else the event tells, beside what its teller says. */
  readonly details: Record<string, unknown>;
}

const untold = new WeakMap<Queries, Untold>();

export const untoldBy = (tx: Queries): Untold | undefined => untold.get(tx);

/** Begins to write what the event of a number will tell of. */
export const promiseEvent = (tx: Queries, sequence: bigint): void => {
  untold.set(tx, { sequence, details: {} });
};

/** Notes that the event was told. */
export const eventTold = (tx: Queries): void => {
  untold.delete(tx);
};
