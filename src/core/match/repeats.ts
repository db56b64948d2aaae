import { groupBy } from "../group-by.ts";
import type { Cents } from "../money.ts";
import {
  type Board,
  byAmount,
  byReach,
  centsAt,
  countReached,
  type Placed,
  placesOf,
  type Repeat,
  take,
  total,
} from "./board.ts";

/**
 * Rule 5: takes off the rest what repeats posted lines. The rest is tried as a whole, and if that is no repeat,
 * apart by the lines that entries count for: neither an old leftover nor the unfinished posting of a newer line
 * hides that a line was posted twice. What such a part leaves may fit by an earlier rule.
 */
export function takeRepeats(board: Board): boolean {
  const posted = placesOf(board, "posted");
  const placesByAmount = groupBy(posted, (place) => centsAt(board, place));
  const totals = runningTotals(posted.map((place) => centsAt(board, place)));
  const candidates = board.rest.filter(({ reach }) => countReached(posted, reach) > 0);
  const parts = [candidates, ...groupBy(candidates, ({ reach }) => reach).values()];
  for (const entries of parts) {
    if (entries.length === 0) continue;
    const repeats = repeatOneByOne(entries, placesByAmount) ?? repeatTogether(entries, posted, totals);
    if (!repeats) continue;
    for (const [place, repeat] of repeats) record(board, place, repeat);
    take(board, new Set(entries));
    return true;
  }
  return false;
}

function record(board: Board, place: number, { entries, times }: Repeat): void {
  const before = board.repeats.get(place);
  board.repeats.set(place, {
    entries: [...(before?.entries ?? []), ...entries],
    times: times + (before?.times ?? 0n),
  });
}

/** Every entry has the amount of a posted line: as many lines as entries, oldest first, then over again. */
function repeatOneByOne(
  entries: readonly Placed[],
  placesByAmount: ReadonlyMap<Cents, readonly number[]>,
): Map<number, Repeat> | null {
  const repeats: { place: number; placed: Placed }[] = [];
  for (const [cents, same] of byAmount(entries)) {
    const places = placesByAmount.get(cents) ?? [];
    for (const [n, placed] of same.toSorted(byReach).entries()) {
      const place = places[n % countReached(places, placed.reach)];
      if (place === undefined) return null;
      repeats.push({ place, placed });
    }
  }
  const byPlace = groupBy(repeats, ({ place }) => place);
  return new Map(
    [...byPlace].map(([place, group]) => [
      place,
      { entries: group.map(({ placed }) => placed), times: BigInt(group.length) },
    ]),
  );
}

/** The entries add up to a multiple of all posted lines that any of them counts for. */
function repeatTogether(
  entries: readonly Placed[],
  posted: readonly number[],
  totals: readonly Cents[],
): Map<number, Repeat> | null {
  const furthest = entries.reduce((reach, placed) => Math.max(reach, placed.reach), 0);
  const lines = countReached(posted, furthest);
  const once = totals[lines - 1] ?? 0n;
  if (once === 0n) return null;
  const [times, remainder] = [total(entries) / once, total(entries) % once];
  if (times < 1n || remainder !== 0n) return null;
  return new Map(posted.slice(0, lines).map((place) => [place, { entries, times }]));
}

function runningTotals(amounts: readonly Cents[]): Cents[] {
  let sum = 0n;
  return amounts.map((cents) => {
    sum += cents;
    return sum;
  });
}
