import type { Db, Queries } from "../db/db.ts";
import { text } from "../db/values.ts";
import type { AuditRow } from "../journal/audit-chain.ts";
import type { Names } from "../names.ts";

/** A company's chain by number, from a cursor: a chain may have more events than fit in memory. */
export async function* readChain(db: Db, names: Names, company: string): AsyncGenerator<AuditRow, undefined> {
  const statement = db.sql
    .build(names.journal("audit_event"))
    .where({ company })
    .orderBy(["sequence", "hash"])
    .select();
  for await (const row of db.rows(statement))
    yield {
      company: text(row, "company"),
      sequence: text(row, "sequence"),
      at: text(row, "at"),
      actor: text(row, "actor"),
      run_id: text(row, "run_id"),
      event: text(row, "event"),
      subject: text(row, "subject"),
      details: text(row, "details"),
      previous_hash: text(row, "previous_hash"),
      hash: text(row, "hash"),
    };
}

/** The companies that have a chain; some may be in no configuration any more. */
export async function companiesWithChain(queries: Queries, names: Names): Promise<string[]> {
  const rows = await queries.query(
    queries.sql.build(names.journal("audit_event")).distinct("company").orderBy("company"),
  );
  return rows.map((row) => text(row, "company"));
}
