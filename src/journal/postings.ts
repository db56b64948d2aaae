import type { CompanyContext } from "../context.ts";
import { groupBy } from "../core/group-by.ts";
import { lineIdOf } from "../core/import-line.ts";
import { joinKey } from "../core/key.ts";
import { type Cents, sumCents } from "../core/money.ts";
import { entryNumber, type SageEntry } from "../core/sage.ts";
import type { Db, Queries, RowValues } from "../db/db.ts";
import { cents, integer, text } from "../db/values.ts";
import type { Names } from "../names.ts";
import type { Among } from "./among.ts";
import { batchRefs } from "./batch-refs.ts";
import { eventOf, insertCovered, noteCovered } from "./covered.ts";
import { ENTRY_COLUMNS } from "./key-columns.ts";
import { linesAmong } from "./lines-among.ts";

/** An entry of Sage that is behind an import line. */
export interface Posting {
  readonly lineNo: number;
  readonly job: string;
  readonly run: bigint;
  readonly sequence: bigint;
  readonly cents: Cents;
}

/** An entry behind a line, as one text. */
const placeOf = (
  line: { readonly batch: bigint; readonly lineNo: number },
  entry: Pick<SageEntry, "job" | "run" | "sequence">,
): string => joinKey(line.batch.toString(), String(line.lineNo), entryNumber(entry));

/** Writes which entries are behind lines now: those that were not are added, those that are not any more are gone. */
export async function replacePostings(
  context: Pick<CompanyContext, "names" | "company">,
  tx: Queries,
  lines: readonly {
    readonly batchId: string;
    readonly lineNo: number;
    readonly entries: readonly SageEntry[];
  }[],
): Promise<void> {
  if (lines.length === 0) return;
  const { names } = context;
  const refOf = await batchRefs(
    tx,
    names,
    lines.map(({ batchId }) => batchId),
  );
  const before = new Map<string, RowValues & { readonly cents: Cents }>();
  for (const [batchId, group] of groupBy(lines, (line) => line.batchId)) {
    const batch = refOf(batchId);
    const lineNos = group.map((line) => ({ line_no: line.lineNo }));
    const rows = await tx.query(
      tx.sql
        .build(names.journal("posting"))
        .where({ batch: batch.toString() })
        .whereNull("gone_event")
        .whereIn(
          "line_no",
          tx.sql.build.select("line_no").from(tx.sql.rowSet({ line_no: "integer" }, lineNos)),
        )
        .select(),
    );
    for (const row of rows) {
      const line_no = integer(row, "line_no");
      const entry = { job: text(row, "job"), run: cents(row, "run"), sequence: cents(row, "sequence") };
      before.set(placeOf({ batch, lineNo: line_no }, entry), {
        ...{ batch, line_no, ...entry, distribution: text(row, "distribution") },
        ...{ event: cents(row, "event"), cents: cents(row, "cents") },
      });
    }
  }
  const now = new Map<string, RowValues & { readonly cents: Cents }>();
  // Entries under one number are one posting.
  for (const { batchId, lineNo, entries } of lines)
    for (const same of groupBy(entries, entryNumber).values())
      for (const { job, run, sequence } of same.slice(0, 1)) {
        const line = { batch: refOf(batchId), lineNo };
        now.set(placeOf(line, { job, run, sequence }), {
          ...{ batch: line.batch, line_no: lineNo, job, run, sequence, distribution: "" },
          cents: sumCents(same.map((entry) => entry.cents)),
        });
      }
  const differing = (some: typeof now, others: typeof now) =>
    [...some].flatMap(([place, row]) => (others.get(place)?.cents === row.cents ? [] : [row]));
  const event = await eventOf(context, tx);
  const gone = differing(before, now).map((row): RowValues => ({ ...row, gone_event: event }));
  await tx.update(names.journal("posting"), {
    keys: { batch: "cents", line_no: "integer", ...ENTRY_COLUMNS, event: "cents" },
    columns: { gone_event: "cents" },
    rows: gone,
  });
  await noteCovered(context, tx, "posting.gone", gone);
  await insertCovered(
    context,
    tx,
    names.journal("posting"),
    { batch: "cents", line_no: "integer", ...ENTRY_COLUMNS, cents: "cents" },
    differing(now, before),
  );
}

/** The entries behind a batch's lines, or behind one of them, in line order. */
export async function readPostings(
  queries: Queries,
  names: Names,
  batchId: string,
  lineNo?: number,
): Promise<Posting[]> {
  const statement = queries.sql
    .build(`${names.journal("batch")} as b`)
    .join(`${names.journal("posting")} as t`, "t.batch", "b.id")
    .where("b.batch_id", batchId)
    .whereNull("t.gone_event")
    .orderBy(["t.line_no", "t.run", "t.sequence"])
    .select("t.*");
  if (lineNo !== undefined) statement.where("t.line_no", lineNo);
  return (await queries.query(statement)).map((row) => ({
    lineNo: integer(row, "line_no"),
    job: text(row, "job"),
    run: cents(row, "run"),
    sequence: cents(row, "sequence"),
    cents: cents(row, "cents"),
  }));
}

/** The entries behind each of a company's lines, or of those of some jobs or projects, by `lineIdOf`. */
export async function readEntriesBehind(
  db: Db,
  names: Names,
  company: string,
  among?: Among,
): Promise<ReadonlyMap<string, Pick<SageEntry, "run" | "sequence">[]>> {
  const entries = new Map<string, Pick<SageEntry, "run" | "sequence">[]>();
  const statement = linesAmong(db, names, company, among)
    .crossJoin(`${names.journal("posting")} as t` as never)
    .where("t.batch", db.sql.build.ref("l.batch"))
    .where("t.line_no", db.sql.build.ref("l.line_no"))
    .whereNull("t.gone_event")
    .select("b.batch_id", "t.line_no", "t.run", "t.sequence");
  for await (const row of db.rows(statement)) {
    const id = lineIdOf(text(row, "batch_id"), integer(row, "line_no"));
    const known = entries.get(id) ?? [];
    known.push({ run: cents(row, "run"), sequence: cents(row, "sequence") });
    entries.set(id, known);
  }
  return entries;
}
