import { lineIdOf } from "../../core/import-line.ts";
import { absCents, type Cents } from "../../core/money.ts";
import { DIFFERENCE_MEANINGS } from "../../core/state-words.ts";
import { isOpen } from "../../core/tie-out/differences.ts";
import type { TieOutInParts, TieOutPart } from "../../core/tie-out/parts.ts";
import { inReportOrder } from "../../core/tie-out/report-order.ts";
import type { TieOutDifference, TieOutKey } from "../../core/tie-out/schema.ts";
import { addPart, noSums, type TieOutSums } from "../../core/tie-out/sums.ts";
import { type Day, daysBetween } from "../../core/time.ts";
import type { AgedDifference, Codes, WaitingLines } from "./rows.ts";
import { AGE_BUCKETS, type AgeBucket, type Report } from "./schema.ts";

/** What the parts of a tie-out come to, and the few of their rows that a report holds. */
export interface ReadThrough {
  readonly sums: TieOutSums;
  /** All but lines that wait in time. */
  readonly differences: readonly AgedDifference[];
  readonly openByAge: Report["open_by_age"];
  readonly keys: Codes;
  readonly waitingLines: WaitingLines;
  /** What is posted of the lines that were asked for, by `lineIdOf`, where it is not what was exported. */
  readonly posted: ReadonlyMap<string, Cents>;
}

/** Reads a tie-out's parts once, and holds no more of them than one. */
export async function readThrough(
  tieOut: TieOutInParts,
  today: Day,
  linesAskedFor: ReadonlySet<string>,
): Promise<ReadThrough> {
  const sums = noSums();
  const differences: AgedDifference[] = [];
  const notAsAccepted: TieOutKey[] = [];
  const posted = new Map<string, Cents>();
  const ages = noAges();
  const waiting = { count: 0, exported: 0n, since: null as Day | null };
  const look = (one: TieOutDifference): void => {
    addAge(ages, one, today);
    if (one.batch_id !== null && one.line_no !== null) {
      const id = lineIdOf(one.batch_id, one.line_no);
      if (linesAskedFor.has(id)) posted.set(id, one.posted);
    }
    if (!waitsInTime(one)) {
      differences.push(aged(one, today));
      return;
    }
    waiting.count++;
    waiting.exported += one.exported;
    if (waiting.since === null || one.since < waiting.since) waiting.since = one.since;
  };
  for await (const part of tieOut.parts()) {
    addPart(sums, part);
    for (const one of part.differences) look(one);
    for (const key of part.keys) if (key.accepted - key.baseline !== key.exported) notAsAccepted.push(key);
  }
  return {
    sums,
    differences: inReportOrder(differences),
    openByAge: AGE_BUCKETS.map((days) => ({ days, ...ages[days] })),
    keys: {
      count: sums.keys,
      tieOut: sums.keysThatTieOut,
      totalsCompared: sums.totalsCompared,
      totalsDiffering: sums.totalsDiffering,
      notAsAccepted,
      [Symbol.asyncIterator]: () => eachOf(tieOut, sums.keys, ({ keys }) => keys),
    },
    waitingLines: {
      ...waiting,
      [Symbol.asyncIterator]: () =>
        eachOf(tieOut, waiting.count, (part) =>
          part.differences.filter(waitsInTime).map((one) => aged(one, today)),
        ),
    },
    posted,
  };
}

/** The rows of all parts; nothing is read where there are none. */
async function* eachOf<Row>(
  tieOut: TieOutInParts,
  count: number,
  rowsOf: (part: TieOutPart) => readonly Row[],
): AsyncGenerator<Row, undefined> {
  if (count > 0) for await (const part of tieOut.parts()) yield* rowsOf(part);
}

const waitsInTime = ({ state }: TieOutDifference): boolean => state === "awaiting_posting";

const ageOf = ({ since }: TieOutDifference, today: Day): number => Math.max(0, daysBetween(since, today));

const aged = (one: TieOutDifference, today: Day): AgedDifference => ({
  ...one,
  age_days: ageOf(one, today),
  remedy: DIFFERENCE_MEANINGS[one.state],
});

/** 0–7, 8–30, 31 and more days. */
const bucketOf = (days: number): AgeBucket => (days <= 7 ? "0-7" : days <= 30 ? "8-30" : "31+");

type Ages = Record<AgeBucket, Record<"waiting" | "differing", { lines: number; amount: Cents }>>;

const noAges = (): Ages =>
  Object.fromEntries(
    AGE_BUCKETS.map((days) => [
      days,
      { waiting: { lines: 0, amount: 0n }, differing: { lines: 0, amount: 0n } },
    ]),
  ) as Ages;

/** A difference that a person closed is open no more. */
function addAge(ages: Ages, one: TieOutDifference, today: Day): void {
  if (one.state === "accepted_difference") return;
  const group = ages[bucketOf(ageOf(one, today))][isOpen(one.state) ? "waiting" : "differing"];
  group.lines++;
  group.amount += absCents(one.difference);
}
