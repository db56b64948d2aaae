import { groupBy } from "../group-by.ts";
import type { Cents } from "../money.ts";
import {
  type Board,
  byAmount,
  byReach,
  centsAt,
  countReached,
  type Pairing,
  type Placed,
  placesOf,
  take,
  total,
} from "./board.ts";

/**
 * Rule 1: equal amounts pair one to one, oldest with oldest. Entries that count for fewer lines go first, so that
 * none takes a line from one that has no other. Ambiguous are lines that could have been left for an open one.
 */
export function pairEqualAmounts(board: Board): void {
  const entriesOf = byAmount(board.rest);
  const paired = new Set<Placed>();
  for (const [cents, places] of groupBy(board.lines.keys(), (place) => centsAt(board, place))) {
    const chosen: { placed: Placed; reached: number }[] = [];
    for (const placed of (entriesOf.get(cents) ?? []).toSorted(byReach)) {
      const reached = countReached(places, placed.reach);
      if (reached > chosen.length) chosen.push({ placed, reached });
    }
    let firstInDoubt = chosen.length;
    if (chosen.length < places.length) {
      while ((chosen[firstInDoubt - 1]?.reached ?? 0) > firstInDoubt) firstInDoubt--;
    }
    for (const [n, { placed }] of chosen.entries()) {
      const place = places[n] as number;
      paired.add(placed);
      pair(board, { places: [place], entries: [placed], cents, ambiguous: n >= firstInDoubt });
    }
  }
  take(board, paired);
}

function pair(board: Board, pairing: Pairing): void {
  for (const place of pairing.places) board.pairings[place] = pairing;
}

/**
 * Rule 2, among entries that count for the same open lines. What a later batch takes back of an earlier one, posted
 * in the same pieces, is no reversal: its pieces came after another claim.
 */
export function cancelWithin(board: Board): boolean {
  const open = placesOf(board, "open");
  return cancelApart(board, ({ reach }) => countReached(open, reach));
}

/** Rule 2, among the entries that count for an open line, then among all: what was put right after another claim. */
export function cancelAcross(board: Board): boolean {
  const firstOpen = board.pairings.indexOf(null);
  return (
    cancelApart(board, ({ reach }) => firstOpen >= 0 && reach > firstOpen) || cancelApart(board, () => true)
  );
}

const cancelApart = (board: Board, partOf: (placed: Placed) => unknown): boolean =>
  cancel(board, [...groupBy(board.rest, partOf).values()].flatMap(cancelling));

/** Opposites two by two, oldest first; everything, if what they leave comes to zero. */
function cancelling(entries: readonly Placed[]): readonly Placed[] {
  if (total(entries) === 0n) return entries;
  const entriesOf = byAmount(entries);
  return [...entriesOf].flatMap(([cents, same]) => same.slice(0, entriesOf.get(-cents)?.length ?? 0));
}

function cancel(board: Board, entries: readonly Placed[]): boolean {
  for (const { entry } of entries) board.cancelled.push(entry);
  take(board, new Set(entries));
  return entries.length > 0;
}

/**
 * Rule 3: entries that add up to the first n open lines post them; the most lines that fit. If the whole rest does
 * not fit, then what was posted before a later line was claimed may: it cannot have been meant for that line.
 * The last of the lines must be one that an entry counts for. Ambiguous, if more than one n fits.
 */
export function addUp(board: Board): boolean {
  const open = placesOf(board, "open");
  const entriesReaching = groupBy(board.rest, ({ reach }) => countReached(open, reach));
  const fitsOf = new Map<Cents, number[]>();
  let linesTotal = 0n;
  let entriesTotal = 0n;
  let found: { reached: number; lines: number; ambiguous: boolean } | null = null;
  for (const [index, place] of open.entries()) {
    const reached = index + 1;
    linesTotal += centsAt(board, place);
    const fits = fitsOf.get(linesTotal) ?? [];
    fitsOf.set(linesTotal, fits);
    fits.push(reached);
    const more = entriesReaching.get(reached);
    if (!more) continue;
    entriesTotal += total(more);
    const fitting = entriesTotal === 0n ? undefined : fitsOf.get(entriesTotal);
    const lines = fitting?.at(-1);
    if (fitting && lines) found = { reached, lines, ambiguous: fitting.length > 1 };
  }
  if (!found) return false;
  const { reached, lines, ambiguous } = found;
  const entries = board.rest.filter(({ reach }) => {
    const n = countReached(open, reach);
    return n > 0 && n <= reached;
  });
  pair(board, { places: open.slice(0, lines), entries, cents: total(entries), ambiguous });
  take(board, new Set(entries));
  return true;
}

/**
 * Rule 4: an entry that is the opposite of a pair, and counts for its lines, undoes the newest such pair: all drop
 * out, the lines are open again. Lines that were posted together are undone together; what was posted in pieces is
 * undone by the opposite of each piece as well.
 */
export function undoPairs(board: Board): boolean {
  const pairings = [...new Set(board.pairings)].filter((pairing) => pairing !== null);
  const pairingsOf = groupBy(pairings, ({ cents }) => cents);
  const gone: Placed[] = [];
  for (const [cents, undoers] of byAmount(board.rest)) {
    const candidates = pairingsOf.get(-cents) ?? [];
    const within: Pairing[] = [];
    let next = 0;
    for (const undoer of undoers.toSorted(byReach)) {
      for (let c = candidates[next]; c && lastPlace(c) < undoer.reach; c = candidates[++next]) within.push(c);
      const undone = within.pop();
      if (!undone) continue;
      for (const place of undone.places) board.pairings[place] = null;
      gone.push(...undone.entries, undoer);
    }
  }
  return cancel(board, gone) || undoInPieces(board);
}

function undoInPieces(board: Board): boolean {
  const pairings = [...new Set(board.pairings)].filter((pairing) => pairing !== null);
  const restOf = byAmount(board.rest);
  for (const pairing of pairings.reverse()) {
    if (pairing.entries.length < 2) continue;
    const pieces = byAmount(pairing.entries);
    const undoers = [...pieces].map(([cents, same]) =>
      (restOf.get(-cents) ?? []).filter(({ reach }) => reach > lastPlace(pairing)).slice(0, same.length),
    );
    if (undoers.flat().length < pairing.entries.length) continue;
    for (const place of pairing.places) board.pairings[place] = null;
    return cancel(board, [...pairing.entries, ...undoers.flat()]);
  }
  return false;
}

const lastPlace = (pairing: Pairing): number => pairing.places.at(-1) ?? -1;
