import { groupBy } from "../group-by.ts";
import { compareText } from "../key.ts";
import type { Cents } from "../money.ts";
import type { MatchEntry, OpenLine, Since } from "./types.ts";

/** An entry with its reach: it counts for the lines at the places 0 to `reach` - 1 in batch order, and no other. */
export interface Placed {
  readonly entry: MatchEntry;
  readonly reach: number;
}

/** Lines that are posted, and the entries that posted them: one and one by rule 1, any number by rule 3. */
export interface Pairing {
  /** Places of the lines, ascending. */
  readonly places: readonly number[];
  readonly entries: readonly Placed[];
  readonly cents: Cents;
  readonly ambiguous: boolean;
}

/** What repeats a posted line: `times` over and above the one time it was to be posted. */
export interface Repeat {
  readonly entries: readonly Placed[];
  readonly times: bigint;
}

/** What the rules work on. */
export interface Board {
  /** In batch order: a line's place is its index. */
  readonly lines: readonly OpenLine[];
  /** By place; null while the line is open. */
  readonly pairings: (Pairing | null)[];
  /** By place; a line here is posted, and stays so: what could undo it was tried before. */
  readonly repeats: Map<number, Repeat>;
  /** The entries that no rule has explained yet, in (run, sequence) order. */
  rest: Placed[];
  readonly cancelled: MatchEntry[];
}

/** Puts lines and entries in order and says which entries are ignored. */
export function layOut(
  lines: readonly OpenLine[],
  entries: readonly MatchEntry[],
  since: Since | null,
): { board: Board; ignored: MatchEntry[] } {
  const inBatchOrder = lines.toSorted((a, b) => a.batchNumber - b.batchNumber || compareText(a.id, b.id));
  const reachOf = reachIn(inBatchOrder);
  const rest: Placed[] = [];
  const ignored: MatchEntry[] = [];
  for (const entry of entries.toSorted(compareEntries)) {
    const reach = reachOf(entry);
    const counts = reach > 0 || (since !== null && countsSince(entry, since));
    if (counts && entry.cents !== 0n) rest.push({ entry, reach });
    else ignored.push(entry);
  }
  const board: Board = {
    lines: inBatchOrder,
    pairings: inBatchOrder.map(() => null),
    repeats: new Map(),
    rest,
    cancelled: [],
  };
  return { board, ignored };
}

function compareEntries(a: MatchEntry, b: MatchEntry): number {
  if (a.run !== b.run) return a.run < b.run ? -1 : 1;
  if (a.sequence !== b.sequence) return a.sequence < b.sequence ? -1 : 1;
  return compareText(a.id, b.id);
}

const countsSince = (entry: MatchEntry, since: Since): boolean =>
  (entry.knownAtBatch === null || entry.knownAtBatch > since.batchNumber) &&
  (entry.stampDay === null || entry.stampDay >= since.day);

/**
 * An entry that counts for a line counts for all older ones, so that one number says which. Should a later batch
 * have the earlier claim day (a clock was set back, a time zone changed), then the older one was claimed by then too.
 */
function reachIn(lines: readonly OpenLine[]): (entry: MatchEntry) => number {
  const numbers = lines.map((line) => line.batchNumber);
  const days = lines.map((line) => line.claimDay);
  for (let place = days.length - 2; place >= 0; place--) {
    const [day, next] = [days[place], days[place + 1]];
    if (day !== undefined && next !== undefined && next < day) days[place] = next;
  }
  return ({ knownAtBatch, stampDay }) =>
    Math.min(
      knownAtBatch === null ? lines.length : countWhile(numbers, (number) => number < knownAtBatch),
      stampDay === null ? lines.length : countWhile(days, (day) => day <= stampDay),
    );
}

/** How many items at the start fulfil a condition that holds for a first part of them and for no later one. */
export function countWhile<T>(items: readonly T[], condition: (item: T) => boolean): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (condition(items[middle] as T)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many of some places, given ascending, an entry counts for. */
export const countReached = (places: readonly number[], reach: number): number =>
  countWhile(places, (place) => place < reach);

export const byReach = (a: Placed, b: Placed): number => a.reach - b.reach;

/** The places of the lines that are posted, or of those that are open. */
export const placesOf = (board: Board, state: "posted" | "open"): number[] =>
  board.pairings.flatMap((pairing, place) => ((pairing !== null) === (state === "posted") ? [place] : []));

export const centsAt = (board: Board, place: number): Cents => board.lines[place]?.cents ?? 0n;

export const total = (entries: readonly Placed[]): Cents =>
  entries.reduce((sum, { entry }) => sum + entry.cents, 0n);

export const byAmount = (entries: readonly Placed[]): Map<Cents, Placed[]> =>
  groupBy(entries, ({ entry }) => entry.cents);

/** Takes entries off the rest. */
export function take(board: Board, taken: ReadonlySet<Placed>): void {
  board.rest = board.rest.filter((placed) => !taken.has(placed));
}
