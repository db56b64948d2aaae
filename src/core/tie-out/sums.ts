import { ESTIMATE_KINDS, type EstimateKind } from "../key.ts";
import type { Cents } from "../money.ts";
import { isOpen } from "./differences.ts";
import type { TieOutPart } from "./parts.ts";
import type { TieOutDifference } from "./schema.ts";

/** Lines that are not posted as they were exported, by what is known of them; each is in one place. */
export const LINE_PLACES = ["awaiting", "differing", "closed"] as const;
export type LinePlace = (typeof LINE_PLACES)[number];

interface LineSums {
  exported: Cents;
  posted: Cents;
}

interface KindSums extends Record<LinePlace, LineSums> {
  /** Of all keys. */
  exported: Cents;
  /** Of all keys, what Sage carries for their lines. */
  posted: Cents;
}

/** What keys and line differences come to. It grows part by part, so that no more than a part need be held. */
export interface TieOutSums {
  readonly byKind: Record<EstimateKind, KindSums>;
  keys: number;
  keysThatTieOut: number;
  /** Keys of which the copy tells a total of Sage's own, and those of them where it is another than it should be. */
  totalsCompared: number;
  totalsDiffering: number;
}

/** The sums over no part. */
export const noSums = (): TieOutSums => ({
  byKind: { original: noKindSums(), approved_change: noKindSums() },
  ...{ keys: 0, keysThatTieOut: 0, totalsCompared: 0, totalsDiffering: 0 },
});

const noKindSums = (): KindSums => ({
  ...{ exported: 0n, posted: 0n },
  awaiting: { exported: 0n, posted: 0n },
  differing: { exported: 0n, posted: 0n },
  closed: { exported: 0n, posted: 0n },
});

/** Adds a part to sums. */
export function addPart(sums: TieOutSums, { keys, differences }: TieOutPart): void {
  for (const key of keys) {
    const ofKind = sums.byKind[key.kind];
    ofKind.exported += key.exported;
    ofKind.posted += key.posted;
    sums.keys++;
    if (key.ties_out) sums.keysThatTieOut++;
    if (key.sage_total !== null) sums.totalsCompared++;
    if (key.sage_total !== null && key.sage_total !== key.sage_expected) sums.totalsDiffering++;
  }
  for (const one of differences) {
    if (one.line_no === null) continue;
    const ofPlace = sums.byKind[one.kind][placeOf(one)];
    ofPlace.exported += one.exported;
    ofPlace.posted += one.posted;
  }
}

/** What is exported, of both kinds together: of all keys, or of the lines in one place. */
export const exportedIn = ({ byKind }: TieOutSums, place?: LinePlace): Cents =>
  ESTIMATE_KINDS.reduce(
    (sum, kind) => sum + (place === undefined ? byKind[kind].exported : byKind[kind][place].exported),
    0n,
  );

const placeOf = ({ state }: TieOutDifference): LinePlace =>
  state === "accepted_difference" ? "closed" : isOpen(state) ? "awaiting" : "differing";
