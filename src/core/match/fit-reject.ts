import { groupBy } from "../group-by.ts";
import { lineId, type TrackedLine } from "../import-line.ts";
import { type EstimateKind, joinKey, keyId, type SageKey } from "../key.ts";
import type { Cents } from "../money.ts";
import type { Day } from "../time.ts";

/** A record of a reject file, as far as it tells which import line it is. */
export interface RejectedRecord extends SageKey {
  /** Its line number in the file. */
  readonly record: number;
  readonly day: Day;
  readonly cents: Cents;
}

/** Which import file the records of a reject file came from, and which import line each of them is. */
export interface RejectFit {
  readonly batchId: string;
  readonly kind: EstimateKind;
  /** Another import file could be meant just as well; the older one was taken. */
  readonly ambiguous: boolean;
  /** By the record's line number in the reject file. */
  readonly placed: ReadonlyMap<number, TrackedLine>;
}

/**
 * Finds the one import file that a reject file's records came from: Sage rejects records of one import, so one
 * batch and kind has to explain them. A record is an import line's if key and amount are equal and the line still
 * waits to be posted, or is one of 0.00, which waits for nothing. The file that explains the most records counts, then the one with their dates, then the
 * oldest. Pure.
 * @returns null if no import file explains any record
 */
export function fitReject(
  records: readonly RejectedRecord[],
  lines: readonly TrackedLine[],
): RejectFit | null {
  const waiting = lines.filter(
    ({ batch, line, status }) =>
      batch.state === "written" && line.inFile && (status.tiedOutAt === null || line.cents === 0n),
  );
  const fits = [...groupBy(waiting, ({ batch, line }) => joinKey(batch.batchId, line.kind)).values()]
    .flatMap((group) => {
      const [first] = group;
      const placed = placeRecords(records, group);
      if (!first || placed.size === 0) return [];
      const sameDay = records.filter(
        ({ record, day }) => placed.get(record)?.batch.transactionDate === day,
      ).length;
      return [{ batch: first.batch, kind: first.line.kind, placed, sameDay }];
    })
    .sort(
      (a, b) => b.placed.size - a.placed.size || b.sameDay - a.sameDay || a.batch.number - b.batch.number,
    );
  const [best, next] = fits;
  if (!best) return null;
  return {
    batchId: best.batch.batchId,
    kind: best.kind,
    placed: best.placed,
    ambiguous: next?.placed.size === best.placed.size && next.sameDay === best.sameDay,
  };
}

function placeRecords(
  records: readonly RejectedRecord[],
  lines: readonly TrackedLine[],
): ReadonlyMap<number, TrackedLine> {
  const byKey = new Map(lines.map((tracked) => [keyId(tracked.line.key), tracked]));
  const placed = new Map<number, TrackedLine>();
  const taken = new Set<string>();
  for (const record of records) {
    const tracked = byKey.get(keyId(record));
    if (tracked?.line.cents !== record.cents || taken.has(lineId(tracked))) continue;
    taken.add(lineId(tracked));
    placed.set(record.record, tracked);
  }
  return placed;
}
