import { setTimeout as delay } from "node:timers/promises";
import { fail, type Outcome, ok } from "../core/outcome.ts";
import type { SageEntry, SageMasters } from "../core/sage.ts";
import { DatabaseUnavailable } from "../db/failures.ts";
import { readEntries } from "./entries.ts";
import { readMasters } from "./masters.ts";
import { sageProblems } from "./problems.ts";
import type { RowCounts, SageSource } from "./tables.ts";
import { markVersion } from "./version-mark.ts";

/** A company's copy of Sage, all of it from between two refreshes. */
export interface SageCopy {
  readonly masters: SageMasters;
  readonly entries: readonly SageEntry[];
  /** What the copy lacks, each with what cannot be seen or checked without it. */
  readonly lacking: readonly string[];
  /** The newest stamp of any entry, as the copy writes it: how old what it shows is. Null if it has no stamps. */
  readonly asOf: string | null;
  /** The highest run of an estimate entry; null if there is none. */
  readonly highestRun: bigint | null;
}

/** Waits until a moment has passed, or the run is asked to stop. */
export const pausing =
  (signal: AbortSignal) =>
  (milliseconds: number): Promise<unknown> =>
    delay(milliseconds, undefined, { signal }).catch(() => undefined);

/** How long a refresh is waited for. */
const READS = 6;
const BETWEEN_READS_MS = 5_000;

/**
 * Reads a copy, and tells where its database went away.
 * @returns `sage_unavailable`, `sage_table_empty`, or `sage_copy_refreshing` if it does not come to rest
 */
export async function readCopy(
  source: SageSource,
  wait: (milliseconds: number) => Promise<unknown> = delay,
): Promise<Outcome<SageCopy>> {
  try {
    return await readAtRest(source, wait);
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) throw error;
    return fail(sageProblems.sage_unavailable(error.message));
  }
}

/**
 * It is looked at before and after: if the two looks differ, it was read in the middle of its refresh,
 * and is read again a little later. The same if other rows were read than both looks saw: a refresh may begin and end
 * between them.
 */
async function readAtRest(
  source: SageSource,
  wait: (milliseconds: number) => Promise<unknown>,
): Promise<Outcome<SageCopy>> {
  let before = await markVersion(source);
  for (let attempt = 1; ; attempt++) {
    const read = await source.db.reading(async () => {
      const counts: RowCounts = new Map();
      return {
        masters: await readMasters(source, counts),
        entries: await readEntries(source, counts),
        counts,
      };
    });
    const after = await markVersion(source);
    const sawEveryRow = [...read.counts].every(([table, count]) => count === (after.rows.get(table) ?? 0));
    if (after.mark === before.mark && sawEveryRow) {
      const { masters, entries } = read;
      if (!masters.ok) return fail(masters.problem);
      return ok({
        masters: masters.value,
        entries: entries.entries,
        lacking: [...masters.value.lacking, ...entries.lacking],
        asOf: after.newestStamp,
        highestRun: highest(entries.entries.map((entry) => entry.run)),
      });
    }
    if (attempt === READS) return fail(sageProblems.sage_copy_refreshing(READS));
    before = after;
    await wait(BETWEEN_READS_MS);
  }
}

export const highest = (numbers: readonly bigint[]): bigint | null =>
  numbers.reduce<bigint | null>((most, one) => (most === null || one > most ? one : most), null);
