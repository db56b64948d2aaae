import type { CompanyContext } from "../context.ts";
import { joinKey } from "../core/key.ts";
import type { SageEntry } from "../core/sage.ts";
import type { Db, Queries } from "../db/db.ts";
import { idSet } from "../db/row-sets.ts";
import { cents, text } from "../db/values.ts";
import type { Names } from "../names.ts";
import { highestRunOf } from "./postings.ts";
/** Notes which entries the copy shows already: none of them counts for a line of the batch of that number, or of a later one. */
export async function insertKnownEntries(
  { names, company }: CompanyContext,
  tx: Queries,
  number: number,
  entries: readonly SageEntry[],
  jobs: ReadonlySet<string>,
): Promise<void> {
  const table = names.journal("known_entry");
  const known = await tx.query(
    tx.sql
      .build(table)
      .where({ company: company.id })
      .whereIn("job", idSet(tx, [...jobs]))
      .select("job", "run", "sequence"),
  );
  const identity = (job: string, run: unknown, sequence: unknown) =>
    joinKey(job, String(run), String(sequence));
  const already = new Set(known.map((row) => identity(text(row, "job"), row.run, row.sequence)));
  await tx.insert(
    table,
    { company: "text", job: "text", run: "cents", sequence: "cents", known_at_batch: "integer" },
    entries
      .filter((entry) => jobs.has(entry.job) && !already.has(identity(entry.job, entry.run, entry.sequence)))
      .map((entry) => ({
        company: company.id,
        job: entry.job,
        run: entry.run,
        sequence: entry.sequence,
        known_at_batch: number,
      })),
  );
}

/** For each entry of Sage the first batch at whose claim the copy already showed it, by job, run and sequence. */
export const readKnownEntries = (
  db: Db,
  names: Names,
  company: string,
): Promise<ReadonlyMap<string, number>> => db.reading(() => knownEntriesOf(db, names, company));

async function knownEntriesOf(db: Db, names: Names, company: string): Promise<ReadonlyMap<string, number>> {
  const known = new Map<string, number>();
  const statement = db.sql
    .build(names.journal("known_entry"))
    .where({ company })
    .select("job", "run", "sequence", "known_at_batch");
  for await (const row of db.rows(statement))
    known.set(
      joinKey(text(row, "job"), cents(row, "run").toString(), cents(row, "sequence").toString()),
      Number(cents(row, "known_at_batch")),
    );
  return known;
}

/** The highest run of any entry that the copy showed at a claim or a baseline; null if there was none. */
export const highestKnownRun = (queries: Queries, names: Names, company: string): Promise<bigint | null> =>
  highestRunOf(queries, names.journal("known_entry"), company);
