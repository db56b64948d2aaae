import type { CompanyContext } from "../context.ts";
import { batchNumberOfBaseline } from "../core/baseline.ts";
import { entryNumber, type SageEntry } from "../core/sage.ts";
import type { Db, Queries, Row } from "../db/db.ts";
import { idSet } from "../db/row-sets.ts";
import { bit, cents, integer, text } from "../db/values.ts";
import type { Names } from "../names.ts";
import { type AmongJobs, isAmong } from "./among.ts";
import { insertCovered } from "./covered.ts";
import { ENTRY_COLUMNS } from "./key-columns.ts";

/**
 * Notes which entries the copy shows already, at a batch's claim or at a baseline: none of them counts for a line of
 * that batch, or of the one that comes next, nor of any later one.
 */
export async function insertKnownEntries(
  context: CompanyContext,
  tx: Queries,
  at: { readonly claimOf: number } | { readonly baselineBefore: number },
  entries: readonly SageEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  const { names, company } = context;
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
  await insertCovered(
    context,
    tx,
    table,
    { company: "text", ...ENTRY_COLUMNS, known_at_batch: "integer", at_baseline: "integer" },
    [...unknown.values()].map(({ job, run, sequence }) => ({
      company: company.id,
      ...{ job, run, sequence, distribution: "" },
      known_at_batch: "claimOf" in at ? at.claimOf : at.baselineBefore,
      at_baseline: "claimOf" in at ? 0 : 1,
    })),
  );
}

const readNumber = (row: Row): string =>
  entryNumber({ job: text(row, "job"), run: cents(row, "run"), sequence: cents(row, "sequence") });

/**
 * For each entry of Sage, of the whole company or of some jobs, the first batch at whose claim the copy already showed
 * it, or the baseline, by `entryNumber`.
 */
export const readKnownEntries = (
  db: Db,
  names: Names,
  company: string,
  among?: AmongJobs,
): Promise<ReadonlyMap<string, number>> => db.reading(() => knownEntriesOf(db, names, company, among));

async function knownEntriesOf(
  db: Db,
  names: Names,
  company: string,
  among: AmongJobs | undefined,
): Promise<ReadonlyMap<string, number>> {
  const known = new Map<string, number>();
  const isWanted = isAmong(among);
  const statement = db.sql.build(names.journal("known_entry")).where({ company });
  if (among) statement.whereIn("job", idSet(db, among.jobs));
  for await (const row of db.rows(
    statement.select("job", "run", "sequence", "known_at_batch", "at_baseline"),
  )) {
    if (!isWanted({ job: text(row, "job") })) continue;
    const batch = integer(row, "known_at_batch");
    known.set(readNumber(row), bit(row, "at_baseline") ? batchNumberOfBaseline(batch) : batch);
  }
  return known;
}
