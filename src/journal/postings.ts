import type { CompanyContext } from "../context.ts";
import { groupBy } from "../core/group-by.ts";
import { lineIdOf } from "../core/import-line.ts";
import { type Cents, sumCents } from "../core/money.ts";
import { entryNumber, type SageEntry } from "../core/sage.ts";
import type { Db, Queries } from "../db/db.ts";
import { cents, integer, text } from "../db/values.ts";
import type { Names } from "../names.ts";

/** An entry of Sage that is behind an import line. */
export interface Posting {
  readonly lineNo: number;
  readonly job: string;
  readonly run: bigint;
  readonly sequence: bigint;
  readonly cents: Cents;
}

/** Writes which entries are behind lines now, in the place of those that were. */
export async function replacePostings(
  { names, company }: Pick<CompanyContext, "names" | "company">,
  tx: Queries,
  at: string,
  lines: readonly {
    readonly batchId: string;
    readonly lineNo: number;
    readonly entries: readonly SageEntry[];
  }[],
): Promise<void> {
  for (const [batchId, group] of groupBy(lines, (line) => line.batchId)) {
    const lineNos = group.map((line) => ({ line_no: line.lineNo }));
    await tx.query(
      tx.sql
        .build(names.journal("posting"))
        .where({ batch_id: batchId })
        .whereIn(
          "line_no",
          tx.sql.build.select("line_no").from(tx.sql.rowSet({ line_no: "integer" }, lineNos)),
        )
        .delete(),
    );
  }
  await tx.insert(
    names.journal("posting"),
    {
      batch_id: "text",
      line_no: "integer",
      company: "text",
      job: "text",
      run: "cents",
      sequence: "cents",
      cents: "cents",
      matched_at: "text",
    },
    lines.flatMap(({ batchId, lineNo, entries }) =>
      // Entries under one number are one posting.
      [...groupBy(entries, entryNumber).values()].flatMap((same) =>
        same.slice(0, 1).map(({ job, run, sequence }) => ({
          batch_id: batchId,
          line_no: lineNo,
          company: company.id,
          ...{ job, run, sequence },
          cents: sumCents(same.map((entry) => entry.cents)),
          matched_at: at,
        })),
      ),
    ),
  );
}

/** The entries behind a batch's lines, or behind one of them, in line order. */
export async function readPostings(
  queries: Queries,
  names: Names,
  batchId: string,
  lineNo?: number,
): Promise<Posting[]> {
  const rows = await queries.query(
    queries.sql
      .build(names.journal("posting"))
      .where({ batch_id: batchId, ...(lineNo === undefined ? {} : { line_no: lineNo }) })
      .orderBy(["line_no", "run", "sequence"])
      .select(),
  );
  return rows.map((row) => ({
    lineNo: integer(row, "line_no"),
    job: text(row, "job"),
    run: cents(row, "run"),
    sequence: cents(row, "sequence"),
    cents: cents(row, "cents"),
  }));
}

/** The entries behind each of a company's lines, by `lineIdOf`. */
export async function readEntriesBehind(
  db: Db,
  names: Names,
  company: string,
): Promise<ReadonlyMap<string, Pick<SageEntry, "run" | "sequence">[]>> {
  const entries = new Map<string, Pick<SageEntry, "run" | "sequence">[]>();
  const statement = db.sql
    .build(names.journal("posting"))
    .where({ company })
    .select("batch_id", "line_no", "run", "sequence");
  for await (const row of db.rows(statement)) {
    const id = lineIdOf(text(row, "batch_id"), integer(row, "line_no"));
    const known = entries.get(id) ?? [];
    known.push({ run: cents(row, "run"), sequence: cents(row, "sequence") });
    entries.set(id, known);
  }
  return entries;
}

/** The highest run of any entry that was ever behind a line; null if there was none. */
export const highestPostedRun = (queries: Queries, names: Names, company: string): Promise<bigint | null> =>
  highestRunOf(queries, names.journal("posting"), company);

/** The highest run that a table has; null if it has none. */
export async function highestRunOf(queries: Queries, table: string, company: string): Promise<bigint | null> {
  const [row] = await queries.query(queries.sql.build(table).where({ company }).max("run as highest"));
  return row?.highest == null ? null : cents(row, "highest");
}
