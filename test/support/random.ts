/** Chances of a history: the same seed gives the same ones. */
export interface Chances {
  /** A whole number from 0 to below `n`. */
  below(n: number): number;
  pick<T>(some: readonly T[]): T;
  /** Once in `n` times. */
  oneIn(n: number): boolean;
}

export function chancesOf(seed: number): Chances {
  let state = seed >>> 0;
  // mulberry32
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number) => Math.floor(next() * n);
  return {
    below,
    oneIn: (n) => below(n) === 0,
    pick: (some) => {
      const one = some[below(some.length)];
      if (one === undefined) throw new Error("nothing to pick from");
      return one;
    },
  };
}
