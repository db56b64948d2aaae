import { layOut, type Pairing, type Placed, type Repeat, total } from "./board.ts";
import { takeRepeats } from "./repeats.ts";
import { addUp, cancelAcross, cancelWithin, pairEqualAmounts, undoPairs } from "./rules.ts";
import type { LineMatch, MatchEntry, MatchResult, OpenLine, Since } from "./types.ts";

/**
 * Says which import lines of one key and kind are posted, by value alone: no field of ours survives into Sage.
 * The order in which lines and entries are given does not matter; lines count in batch order, entries by run and
 * sequence. `since` is null where the job has no batch and no baseline: then nothing is unexpected.
 *
 * An entry counts for a line unless the copy showed it when the line's batch was claimed, or it is stamped
 * before that day. The rules, in order (contract §7):
 *
 * 1. Equal amounts pair one to one, oldest with oldest.
 * 2. Among the rest, entries that cancel out drop out: opposites two by two, then a rest that comes to zero.
 * 3. If the entries left add up to the open lines, or to the first n of them, those lines are posted.
 * 4. An entry that is the opposite of a pair undoes it: its line is open again. So do the opposites of all pieces.
 * 5. A rest that repeats posted lines a whole number of times: those lines are posted twice.
 * 6. Any other entry: the first open line that it counts for differs, else the entry is unexpected.
 *
 * Whenever one of 2 to 5 has explained something, what is left is tried from 2 again.
 * What was posted before a later batch was claimed is kept apart from what came after: an old leftover keeps no
 * newer line from being posted, and what completes older lines does so whatever came later. Entries that count
 * for the same open lines cancel each other before they cancel older ones.
 */
export function matchKey(
  lines: readonly OpenLine[],
  entries: readonly MatchEntry[],
  since: Since | null,
): MatchResult {
  const { board, ignored } = layOut(lines, entries, since);
  pairEqualAmounts(board);
  while (
    cancelWithin(board) ||
    addUp(board) ||
    cancelAcross(board) ||
    undoPairs(board) ||
    takeRepeats(board)
  );

  const firstOpen = board.pairings.indexOf(null);
  const countsForFirstOpen = ({ reach }: Placed) => firstOpen >= 0 && reach > firstOpen;
  const differing = board.rest.filter(countsForFirstOpen);
  const unexpected = board.rest.filter((placed) => !countsForFirstOpen(placed));

  const idsOf = new Map(
    [...new Set(board.pairings)].map((pairing) => [pairing, ids(pairing?.entries ?? [])]),
  );
  return {
    lines: new Map(
      board.lines.map((line, place) => {
        const pairing = board.pairings[place];
        if (!pairing) return [line.id, unpostedLine(place === firstOpen ? differing : [])];
        return [line.id, postedLine(line, pairing, idsOf.get(pairing) ?? [], board.repeats.get(place))];
      }),
    ),
    unexpected: unexpected.map(({ entry }) => entry),
    cancelled: board.cancelled,
    ignored,
  };
}

const ids = (entries: readonly Placed[]): readonly string[] => entries.map(({ entry }) => entry.id);

const postedLine = (
  line: OpenLine,
  { ambiguous }: Pairing,
  entries: readonly string[],
  repeat: Repeat | undefined,
): LineMatch =>
  repeat
    ? {
        verdict: "posted_twice",
        entries: [...entries, ...ids(repeat.entries)],
        ambiguous,
        postedCents: line.cents * (1n + repeat.times),
      }
    : { verdict: "posted", entries, ambiguous, postedCents: line.cents };

const unpostedLine = (differing: readonly Placed[]): LineMatch => ({
  verdict: differing.length > 0 ? "amount_differs" : "open",
  entries: ids(differing),
  ambiguous: false,
  postedCents: total(differing),
});
