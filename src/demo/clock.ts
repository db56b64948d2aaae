import { type Clock, systemClock } from "../core/time.ts";

/** A clock that is some days behind, and catches up as a story goes on. */
export interface StoryClock extends Clock {
  /** Moves to the same time of a later day: so many days before now. */
  moveTo(daysAgo: number): void;
}

const DAY_MS = 86_400_000;

export function storyClock(daysAgo: number, clock: Clock = systemClock): StoryClock {
  let behind = daysAgo;
  return {
    now: () => new Date(clock.now().getTime() - behind * DAY_MS),
    moveTo(days) {
      if (days > behind) throw new Error("a story does not go back in time");
      behind = days;
    },
  };
}
