import type { Db, Row, RowValues, Value } from "../db/db.ts";
import { idSet } from "../db/row-sets.ts";
import { openTemporary } from "../db/sqlite.ts";
import { cents, trimmed } from "../db/values.ts";
import { addDigests, type Digest, type Digests, NO_ROWS } from "./look.ts";
import type { SageTable } from "./needs.ts";
import { hasJob, NEEDS } from "./needs.ts";
import type { CopyTable, SageSource } from "./tables.ts";

/** Rows of a copy set aside, so that what is decided from them is decided from one state of the copy. */
export interface Spool {
  /**
   * A table's rows, of some jobs or of all: columns as `NEEDS` has them. Every job's own row is given, unless only
   * those of the jobs are asked for.
   */
  rows(table: SageTable, jobs: readonly string[] | null, own?: "own rows"): Promise<Row[]>;
  close(): Promise<void>;
}

/** Rows written at a time. */
const ROWS_AT_A_TIME = 2_000;
/** With more jobs than these the database hands over all, and the others are passed over here. */
const JOBS_ASKED_FOR = 200;

/** A job, whatever its capital letters: one that differs in those alone has to be seen, to be told of. */
const folded = (job: string): string => job.trim().toLowerCase();

/**
 * Copies a copy's rows of some jobs (null: of all), and all that is of no job, into a database of the process's own.
 * The list of jobs is copied whole.
 * @returns also the digests of what was copied
 */
export async function spoolRows(
  source: SageSource,
  tables: readonly CopyTable[],
  jobs: readonly string[] | null,
): Promise<{ readonly spool: Spool; readonly digests: Digests }> {
  const db = openTemporary();
  try {
    const digests = new Map<string, Digest>();
    for (const one of tables) await spoolTable(source, db, one, jobs && new Set(jobs.map(folded)), digests);
    return {
      spool: { rows: (...which) => readSpooled(db, ...which), close: () => db.close() },
      digests,
    };
  } catch (error) {
    await db.close();
    throw error;
  }
}

async function spoolTable(
  { db: copy }: SageSource,
  db: Db,
  { table, ownRows, isEstimate, columns, hashed }: CopyTable,
  jobs: ReadonlySet<string> | null,
  digests: Map<string, Digest>,
): Promise<void> {
  const ofJobs = hasJob(table);
  const names = [...(ofJobs ? ["job_"] : []), ...NEEDS[table].columns];
  await db.query(
    db.sql.build.raw(`create table ?? (${names.map(() => "??").join(", ")})`, [table, ...names]),
  );
  if (!ownRows) return;
  const statement = ownRows();
  if (isEstimate) statement.where(isEstimate);
  const wanted = ofJobs && table !== "JCM_MASTER__JOB" ? jobs : null;
  if (wanted && wanted.size <= JOBS_ASKED_FOR)
    statement.whereRaw(`lower(?) in (${[...wanted].map(() => "?").join(", ") || "null"})`, [
      copy.sql.trimmedText("Job"),
      ...wanted,
    ]);
  statement.select(...columns, copy.sql.build.raw("? as hash_", [copy.sql.rowHash(hashed)]));

  const types = Object.fromEntries(names.map((name) => [name, "text"] as const));
  let waiting: RowValues[] = [];
  const write = async () => {
    const some = waiting;
    waiting = [];
    await db.transaction((tx) => tx.insert(table, types, some));
  };
  for await (const row of copy.rows(statement)) {
    const job = ofJobs ? trimmed(row, "Job") : "";
    if (wanted && !wanted.has(folded(job))) continue;
    digests.set(job, addDigests(digests.get(job) ?? NO_ROWS, { rows: 1, sum: cents(row, "hash_") }));
    const values: Record<string, RowValues[string]> = { job_: folded(job) };
    for (const name of NEEDS[table].columns) values[name] = kept(row[name] ?? null);
    waiting.push(values);
    if (waiting.length === ROWS_AT_A_TIME) await write();
  }
  await write();
  if (ofJobs) await db.query(db.sql.build.raw(`create index ?? on ?? (job_)`, [`ix_${table}`, table]));
}

/** A value as SQLite keeps it. */
const kept = (value: Value): RowValues[string] => {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (value instanceof Date) return value.toISOString();
  return value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value;
};

async function readSpooled(
  db: Db,
  table: SageTable,
  jobs: readonly string[] | null,
  own?: "own rows",
): Promise<Row[]> {
  const statement = db.sql.build(table).select([...NEEDS[table].columns]);
  if (jobs && hasJob(table) && (own || table !== "JCM_MASTER__JOB"))
    statement.whereIn("job_", idSet(db, [...new Set(jobs.map(folded))]));
  return db.query(statement);
}
