import { integer, text, textOrNull, trimmed } from "../db/values.ts";
import { hasJob, type SageTable } from "./needs.ts";
import { type CopyTable, type SageSource, TRANSACTION_TABLES } from "./tables.ts";

/** Rows in one number, in whatever order they are: as many, and the sum of their hashes. */
export interface Digest {
  readonly rows: number;
  readonly sum: bigint;
}

/** The digests of a copy by job, as the copy writes it but for blanks; under the empty text what is of no job. */
export type Digests = ReadonlyMap<string, Digest>;

export const NO_ROWS: Digest = { rows: 0, sum: 0n };
export const digestText = ({ rows, sum }: Digest): string => `${rows}:${sum}`;
export const addDigests = (a: Digest, b: Digest): Digest => ({ rows: a.rows + b.rows, sum: a.sum + b.sum });

/** A copy at one moment. */
export interface CopyState {
  /** The newest stamp of any entry, as the copy writes it: how old what it shows is. Null if it has no stamps. */
  readonly asOf: string | null;
  /** The highest run of an estimate entry; null if there is none. */
  readonly highestRun: bigint | null;
}

/**
 * Digests some tables of a copy, computed where the data is: one statement and one scan a table, and a row a job is
 * handed over. Of transactions the estimates alone count, so that others may come and go.
 */
export async function digestCopy(
  { db }: SageSource,
  tables: readonly CopyTable[],
): Promise<{ readonly digests: Digests; readonly rows: ReadonlyMap<SageTable, number> }> {
  const { build, rowHashSum, trimmedText } = db.sql;
  const digests = new Map<string, Digest>();
  const rows = new Map<SageTable, number>();
  for (const { table, ownRows, isEstimate, hashed } of tables) {
    rows.set(table, 0);
    if (!ownRows) continue;
    const statement = ownRows();
    if (isEstimate) statement.where(isEstimate);
    const job = hasJob(table) ? trimmedText("Job") : null;
    if (job) statement.select(build.raw("? as job_", [job])).groupByRaw("?", [job]);
    else statement.select(build.raw("'' as job_"));
    statement.select(build.raw("count(*) as rows_"), build.raw("? as sum_", [rowHashSum(hashed)]));
    for (const row of await db.query(statement)) {
      const own = { rows: integer(row, "rows_"), sum: BigInt(text(row, "sum_") || "0") };
      // Blanks are more to this program than to a database: groups of one job add up.
      const name = trimmed(row, "job_");
      digests.set(name, addDigests(digests.get(name) ?? NO_ROWS, own));
      rows.set(table, (rows.get(table) ?? 0) + own.rows);
    }
  }
  return { digests, rows };
}

/** The first that a copy has tells how old what it shows is. */
const STAMPS = ["Time_Stamp", "Date_Stamp"];

/** How old a copy is: one statement a table of transactions, which looks at entries of every type. */
export async function readCopyState({ db }: SageSource, tables: readonly CopyTable[]): Promise<CopyState> {
  const { build, whole, text: asText } = db.sql;
  const stamps = new Map<string, string[]>();
  let highestRun: bigint | null = null;
  for (const { table, ownRows, isEstimate, has } of tables) {
    if (!ownRows || !isEstimate || !TRANSACTION_TABLES.some((one) => one === table)) continue;
    const stamped = STAMPS.filter(has);
    const marked = ownRows().select(
      build.raw("max(case when ? then ? end) as run_", [isEstimate, whole("Run")]),
      ...stamped.map((column) => build.raw("max(??) as ??", [column, `${column}_`])),
    );
    // As text, whatever it is: stamps begin with their day.
    const [row] = await db.query(
      build
        .from(marked.as("marked"))
        .select(["run_", ...stamped.map((one) => `${one}_`)].map((name) => asText(name))),
    );
    if (!row) continue;
    const run = textOrNull(row, "run_");
    if (run !== null && (highestRun === null || BigInt(run) > highestRun)) highestRun = BigInt(run);
    for (const column of stamped) {
      const newest = textOrNull(row, `${column}_`);
      if (newest !== null) stamps.set(column, [...(stamps.get(column) ?? []), newest]);
    }
  }
  const [first] = STAMPS.flatMap((column) => stamps.get(column)?.sort().at(-1) ?? []);
  return { asOf: first ?? null, highestRun };
}
