/*
 * How much of the long tests a run does. `npm test` does enough of each to find what breaks; `npm run test:long`
 * (TIEOUT_TEST_LONG=1) does all of it.
 */

const isLong = process.env.TIEOUT_TEST_LONG === "1";

interface Extent {
  readonly short: number;
  readonly long: number;
  /** What there is so much of. */
  readonly of: string;
}

const EXTENTS = {
  stepsBetweenKills: {
    short: 4,
    long: 1,
    of: "steps of a run from one kill to the next, beside a kill at one of each kind",
  },
  conservedHistories: { short: 10, long: 100, of: "histories in which every cent is followed" },
  randomSteps: { short: 200, long: 1_000, of: "steps of a random history of thirty projects" },
  firstDayJobs: { short: 60, long: 300, of: "running jobs on a company's first day" },
} as const satisfies Record<string, Extent>;

export const extentOf = (name: keyof typeof EXTENTS): number => EXTENTS[name][isLong ? "long" : "short"];

/** What this run leaves to the long one, in lines; empty if it is that. */
export const leftToLong = (): string[] =>
  isLong ? [] : Object.values(EXTENTS).map(({ short, long, of }) => `${of}: ${short} instead of ${long}`);

/** Where a random test begins: TIEOUT_TEST_SEED repeats one, which each of them prints. */
export const testSeed = (): number => Number(process.env.TIEOUT_TEST_SEED ?? Date.now() % 1_000_000);
