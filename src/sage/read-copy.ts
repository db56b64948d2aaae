import { setTimeout as delay } from "node:timers/promises";
import { fail, type Outcome, ok } from "../core/outcome.ts";
import type { SageEntry, SageMasters } from "../core/sage.ts";
import { DatabaseUnavailable } from "../db/failures.ts";
import { readEntries } from "./entries.ts";
import { type CopyState, type Digests, digestCopy, digestText, NO_ROWS, readCopyState } from "./look.ts";
import { readMasters, readTotals } from "./masters.ts";
import type { SageTable } from "./needs.ts";
import { sageProblems } from "./problems.ts";
import { type Spool, spoolRows } from "./spool.ts";
import { type CopyTable, describeCopy, type SageSource } from "./tables.ts";

/** A company's copy of Sage as far as it was looked at, and nothing of it fetched. */
export interface CopyLook extends CopyState {
  readonly tables: readonly CopyTable[];
  /** What the copy lacks, each with what cannot be seen or checked without it. */
  readonly lacking: readonly string[];
  /** Of the tables that were asked for. */
  readonly digests: Digests;
  readonly rows: ReadonlyMap<SageTable, number>;
}

/** What a copy says of some jobs, all of it from between two refreshes. */
export interface SageCopy {
  readonly masters: SageMasters;
  readonly entries: readonly SageEntry[];
  /** What is said in two ways or cannot be used, each with what follows. */
  readonly lacking: readonly string[];
}

/** What a copy says of some jobs as far as a tie-out needs it. */
export interface TotalsInCopy extends Pick<SageMasters, "categories"> {
  /** Those of the jobs that the copy has. */
  readonly jobs: ReadonlySet<string>;
  readonly entries: readonly SageEntry[];
  readonly lacking: readonly string[];
}

/** Rows of a copy at rest. To be closed. */
export interface CopyAtRest {
  /** As it was looked at last: what is read was so then. */
  readonly digests: Digests;
  /** What a tie-out needs of some jobs. */
  readTotals(jobs: readonly string[]): Promise<TotalsInCopy>;
  /** What it says of some jobs, or of all that were asked for. */
  read(jobs: readonly string[] | null): Promise<SageCopy>;
  close(): Promise<void>;
}

/** Waits until a moment has passed, or the run is asked to stop. */
export const pausing =
  (signal: AbortSignal) =>
  (milliseconds: number): Promise<unknown> =>
    delay(milliseconds, undefined, { signal }).catch(() => undefined);

/** How long a refresh is waited for. */
const READS = 6;
const BETWEEN_READS_MS = 5_000;

/** What a tie-out depends on: entries, totals, and whether the job is there at all. */
export const TIE_OUT_TABLES: readonly SageTable[] = [
  "JCM_MASTER__JOB",
  "JCM_MASTER__STANDARD_CATEGORY",
  "JCM_MASTER__CATEGORY",
  "JCT_CURRENT__TRANSACTION",
  "JCT_HISTORY__TRANSACTION",
];

/**
 * Looks at a copy: what it lacks, how old it is, and the digests of some of its tables.
 * @returns `sage_unavailable`, or `sage_table_empty` if there are no jobs or no standard categories: then nothing can
 * be checked, and nothing may be concluded from a copy in the middle of its refresh
 */
export const lookAtCopy = (
  source: SageSource,
  digested: readonly SageTable[] | null = null,
): Promise<Outcome<CopyLook>> =>
  unlessAway(() =>
    source.db.reading(async () => {
      const described = await describeCopy(source);
      const tables = digested ? described.filter(({ table }) => digested.includes(table)) : described;
      const { digests, rows } = await digestCopy(source, tables);
      for (const table of ["JCM_MASTER__JOB", "JCM_MASTER__STANDARD_CATEGORY"] as const)
        if ((rows.get(table) ?? 0) === 0) return fail(sageProblems.sage_table_empty(table));
      const state = await readCopyState(source, described);
      return ok({ ...state, digests, rows, tables, lacking: described.flatMap(({ lacking }) => lacking) });
    }),
  );

/**
 * Sets aside what a copy says of some jobs (null: of all). It is looked at before and after: if the two looks differ,
 * or other rows were set aside than both saw, it was read in the middle of its refresh, and is read again a little
 * later.
 * @returns `sage_unavailable`, `sage_table_empty`, or `sage_copy_refreshing` if it does not come to rest
 */
export const copyAtRest = (
  source: SageSource,
  first: CopyLook,
  jobs: readonly string[] | null,
  wait: (milliseconds: number) => Promise<unknown> = delay,
): Promise<Outcome<CopyAtRest>> => unlessAway(() => setAside(source, first, jobs, wait));

async function setAside(
  source: SageSource,
  { tables, digests: first }: CopyLook,
  jobs: readonly string[] | null,
  wait: (milliseconds: number) => Promise<unknown>,
): Promise<Outcome<CopyAtRest>> {
  let before = first;
  for (let attempt = 1; ; attempt++) {
    const { spool, digests } = await source.db.reading(() => spoolRows(source, tables, jobs));
    let isKept = false;
    try {
      const after = await source.db.reading(() => digestCopy(source, tables));
      const isAtRest = areEqual(before, after.digests) && holdsAll(digests, before, jobs);
      if (isAtRest) {
        isKept = true;
        return ok(readingFrom(spool, before));
      }
      if (attempt === READS) return fail(sageProblems.sage_copy_refreshing(READS));
      before = after.digests;
    } finally {
      if (!isKept) await spool.close();
    }
    await wait(BETWEEN_READS_MS);
  }
}

const readingFrom = (spool: Spool, digests: Digests): CopyAtRest => ({
  digests,
  async read(jobs) {
    const masters = await readMasters(spool, jobs);
    const { entries, lacking } = await readEntries(spool, jobs);
    return { masters, entries, lacking: [...masters.lacking, ...lacking] };
  },
  async readTotals(jobs) {
    const { categories, jobs: there, lacking } = await readTotals(spool, jobs);
    const read = await readEntries(spool, jobs);
    return {
      categories,
      jobs: new Set(there.keys()),
      entries: read.entries,
      lacking: [...lacking, ...read.lacking],
    };
  },
  close: () => spool.close(),
});

const areEqual = (a: Digests, b: Digests): boolean =>
  a.size === b.size &&
  [...a].every(([job, digest]) => digestText(digest) === digestText(b.get(job) ?? NO_ROWS));

/** Whether what was set aside of each job is what the look saw of it. */
function holdsAll(spooled: Digests, seen: Digests, jobs: readonly string[] | null): boolean {
  const all = jobs ?? [...seen.keys()];
  return ["", ...all].every(
    (job) => digestText(spooled.get(job) ?? NO_ROWS) === digestText(seen.get(job) ?? NO_ROWS),
  );
}

async function unlessAway<T>(work: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) throw error;
    return fail(sageProblems.sage_unavailable(error.message));
  }
}
