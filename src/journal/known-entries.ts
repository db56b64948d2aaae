import type { CompanyContext } from "../context.ts";
import { entryNumber, type SageEntry } from "../core/sage.ts";
import type { Db, Queries, Row } from "../db/db.ts";
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
): Promise<void> {
  if (entries.length === 0) return;
  const table = names.journal("known_entry");
  const jobs = [...new Set(entries.map(({ job }) => job))];
  const known = await tx.query(
    tx.sql
      .build(table)
      .where({ company: company.id })
      .whereIn("job", idSet(tx, jobs))
      .select("job", "run", "sequence"),
  );
  const already = new Set(known.map(readNumber));
  const unknown = new Map(
    entries.map((entry) => [entryNumber(entry), entry] as const).filter(([id]) => !already.has(id)),
  );
  await tx.insert(
    table,
    { company: "text", job: "text", run: "cents", sequence: "cents", known_at_batch: "integer" },
    [...unknown.values()].map(({ job, run, sequence }) => ({
      company: company.id,
      ...{ job, run, sequence },
      known_at_batch: number,
    })),
  );
}

const readNumber = (row: Row): string =>
  entryNumber({ job: text(row, "job"), run: cents(row, "run"), sequence: cents(row, "sequence") });

/** For each entry of Sage the first batch at whose claim the copy already showed it, by `entryNumber`. */
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
    known.set(readNumber(row), Number(cents(row, "known_at_batch")));
  return known;
}

/** The highest run of any entry that the copy showed at a claim or a baseline; null if there was none. */
export const highestKnownRun = (queries: Queries, names: Names, company: string): Promise<bigint | null> =>
  highestRunOf(queries, names.journal("known_entry"), company);
