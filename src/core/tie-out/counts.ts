import { ESTIMATE_KINDS } from "../key.ts";
import { IMPORT_LINE_STATES } from "../states.ts";
import type { BatchPart } from "./batch-part.ts";
import type { TieOutKey } from "./schema.ts";
import { addPart, LINE_PLACES, noSums, type TieOutSums } from "./sums.ts";
import type { CodesPart } from "./unit.ts";

/**
 * What a part comes to, in numbers that add up over parts: totals are one sum over the parts that are valid, and cannot
 * drift from them. Amounts are cents.
 */
export const COUNT_NAMES = [
  ...ESTIMATE_KINDS.flatMap((kind) => [
    `${kind}_exported`,
    `${kind}_posted`,
    ...LINE_PLACES.flatMap((place) => [`${kind}_${place}_exported`, `${kind}_${place}_posted`]),
  ]),
  ...IMPORT_LINE_STATES.map((state) => `lines_${state}`),
  ...["keys", "keys_even", "keys_even_but_total", "totals_compared", "totals_differing"],
  ...["totals_to_move", "totals_unmoved"],
  /** Differences, recognitions and notices that are to be told of, whatever else is read. */
  "findings",
] as const;
export type Counts = Readonly<Record<string, bigint>>;

export const NO_COUNTS: Counts = Object.fromEntries(COUNT_NAMES.map((name) => [name, 0n]));

/** The counts of what was found of some jobs. */
export function countCodes(part: CodesPart): Counts {
  const sums = noSums();
  addPart(sums, part);
  const counts: Record<string, bigint> = { ...NO_COUNTS };
  for (const kind of ESTIMATE_KINDS) {
    const own = sums.byKind[kind];
    counts[`${kind}_exported`] = own.exported;
    counts[`${kind}_posted`] = own.posted;
    for (const place of LINE_PLACES) {
      counts[`${kind}_${place}_exported`] = own[place].exported;
      counts[`${kind}_${place}_posted`] = own[place].posted;
    }
  }
  const even = part.keys.filter((key) => key.ties_out);
  counts.keys = BigInt(part.keys.length);
  counts.keys_even = BigInt(even.length);
  counts.keys_even_but_total = BigInt(even.filter(hasOtherTotal).length);
  counts.totals_compared = BigInt(sums.totalsCompared);
  counts.totals_differing = BigInt(sums.totalsDiffering);
  counts.totals_to_move = BigInt(part.totals.to_move);
  counts.totals_unmoved = BigInt(part.totals.unmoved);
  counts.findings = BigInt(
    part.differences.filter(({ state }) => state !== "awaiting_posting").length +
      part.recognitions.length +
      part.notices.length,
  );
  return counts;
}

/** The counts of a batch's part. */
export const countBatch = ({ batch, recognitions }: BatchPart): Counts => ({
  ...NO_COUNTS,
  ...Object.fromEntries(
    IMPORT_LINE_STATES.map((state) => [`lines_${state}`, BigInt(batch.states[state] ?? 0)]),
  ),
  findings: BigInt(recognitions.length),
});

const hasOtherTotal = ({ sage_total, sage_expected }: TieOutKey): boolean => sage_total !== sage_expected;

/** Sums as counts over all parts have them. */
export function sumsOfCounts(counts: Counts, areTotalsStale: boolean): TieOutSums {
  const n = (name: string): bigint => counts[name] ?? 0n;
  const sums = noSums();
  for (const kind of ESTIMATE_KINDS) {
    const own = sums.byKind[kind];
    own.exported = n(`${kind}_exported`);
    own.posted = n(`${kind}_posted`);
    for (const place of LINE_PLACES)
      own[place] = { exported: n(`${kind}_${place}_exported`), posted: n(`${kind}_${place}_posted`) };
  }
  sums.keys = Number(n("keys"));
  sums.keysThatTieOut = Number(n("keys_even") - (areTotalsStale ? 0n : n("keys_even_but_total")));
  sums.totalsCompared = Number(n("totals_compared"));
  sums.totalsDiffering = Number(n("totals_differing"));
  return sums;
}
