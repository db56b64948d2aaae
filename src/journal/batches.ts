import type { CompanyContext } from "../context.ts";
import type { BatchHeader, BatchRecord, JceOptions, LineStatus } from "../core/import-line.ts";
import type { BatchState } from "../core/states.ts";
import type { Day } from "../core/time.ts";
import type { Queries, Row } from "../db/db.ts";
import { integer, text, textOrNull } from "../db/values.ts";
import type { Names } from "../names.ts";
import { eventOf, insertNumbered, noteCovered } from "./covered.ts";
import { withEvent } from "./events.ts";
import { readLinesOfBatch } from "./import-lines.ts";

export async function readBatches(
  queries: Queries,
  names: Names,
  company: string,
  state?: BatchState,
): Promise<BatchHeader[]> {
  const statement = batchRows(queries, names).where("b.company", company).orderBy("b.number");
  if (state === "claimed") statement.whereNull("b.written_at");
  if (state === "written") statement.whereNotNull("b.written_at");
  return (await queries.query(statement)).map(readHeader);
}

/** Those of some batch ids that the journal does not know. */
export async function unknownBatches(
  queries: Queries,
  names: Names,
  batchIds: readonly string[],
): Promise<string[]> {
  if (batchIds.length === 0) return [];
  const { build, rowSet } = queries.sql;
  const asked = rowSet(
    { asked_for: "text" },
    batchIds.map((asked_for) => ({ asked_for })),
  );
  const rows = await queries.query(
    build
      .select("asked_for")
      .from(asked)
      .whereNotExists(
        build(`${names.journal("batch")} as b`)
          .where("b.batch_id", build.ref("asked_for"))
          .select(build.raw("1")),
      ),
  );
  return rows.map((row) => text(row, "asked_for"));
}

/** A batch's header row; null if there is none. */
export async function readBatchHeader(
  queries: Queries,
  names: Names,
  batchId: string,
): Promise<BatchHeader | null> {
  const [row] = await queries.query(batchRows(queries, names).where("b.batch_id", batchId));
  return row ? readHeader(row) : null;
}

/** How a batch's files are written; null if there is no such batch. */
export async function readBatchJce(
  queries: Queries,
  names: Names,
  batchId: string,
): Promise<JceOptions | null> {
  const [row] = await queries.query(batchRows(queries, names).where("b.batch_id", batchId));
  return row ? (JSON.parse(text(row, "jce")) as JceOptions) : null;
}

/** Batches of which no part of the tie-out is kept, or one that has to be made again. */
export async function readBatchesToTieOut(
  queries: Queries,
  names: Names,
  company: string,
): Promise<string[]> {
  const { build } = queries.sql;
  const made = build(`${names.journal("tie_out_part")} as p`)
    .where({ "p.company": company, "p.kind": "batch" })
    .whereNull("p.replaced_by")
    .whereNotNull("p.made_from")
    .where("p.name", build.ref("b.batch_id"))
    .select(build.raw("1"));
  const rows = await queries.query(
    build(`${names.journal("batch")} as b`)
      .where({ "b.company": company })
      .whereNotExists(made)
      .orderBy("b.number")
      .select("b.batch_id"),
  );
  return rows.map((row) => text(row, "batch_id"));
}

/** Batches as `b`, each with the event that claimed it as `e`. */
const batchRows = (queries: Queries, names: Names) =>
  withEvent(queries.sql.build(`${names.journal("batch")} as b`), names, "b.event", "b.company").select(
    "b.*",
    "e.hash as audit_head",
  );

const readHeader = (row: Row): BatchHeader => ({
  batchId: text(row, "batch_id"),
  company: text(row, "company"),
  number: integer(row, "number"),
  state: textOrNull(row, "written_at") === null ? "claimed" : "written",
  createdAt: text(row, "created_at"),
  claimDay: text(row, "claim_day"),
  transactionDate: text(row, "transaction_date"),
  mappingSha256: text(row, "mapping_sha256"),
  auditHead: text(row, "audit_head"),
  manifestSha256: textOrNull(row, "manifest_sha256"),
  writtenAt: textOrNull(row, "written_at"),
});

/** All that a batch is claimed with, beside its lines. */
export interface NewBatch {
  readonly batchId: string;
  readonly number: number;
  readonly at: string;
  readonly claimDay: Day;
  readonly transactionDate: Day;
  readonly mappingSha256: string;
  readonly previousManifestSha256: string | null;
}

/** Writes down a batch that is being claimed, before its lines and documents, which refer to it. */
export async function insertBatch(context: CompanyContext, tx: Queries, batch: NewBatch): Promise<void> {
  const { names, company, toolVersion } = context;
  const { create_cost_codes, jce } = company;
  const { comment, quote_record_ids, extra_field, encoding } = jce;
  await insertNumbered(
    context,
    tx,
    names.journal("batch"),
    {
      batch_id: "text",
      company: "text",
      number: "integer",
      created_at: "text",
      claim_day: "text",
      transaction_date: "text",
      tool_version: "text",
      mapping_sha256: "text",
      jce: "text",
      previous_manifest_sha256: "text",
    },
    [
      {
        batch_id: batch.batchId,
        company: company.id,
        number: batch.number,
        created_at: batch.at,
        claim_day: batch.claimDay,
        transaction_date: batch.transactionDate,
        tool_version: toolVersion,
        mapping_sha256: batch.mappingSha256,
        jce: JSON.stringify({ comment, quote_record_ids, extra_field, encoding, create_cost_codes }),
        previous_manifest_sha256: batch.previousManifestSha256,
      },
    ],
    "batch_id",
  );
}

/** Notes that a batch's folder is there. @returns false if it was noted before */
export async function markBatchWritten(
  context: Pick<CompanyContext, "names" | "company">,
  tx: Queries,
  batch: { readonly batchId: string; readonly at: string; readonly manifestSha256: string },
): Promise<boolean> {
  const own = () => tx.sql.build(context.names.journal("batch")).where({ batch_id: batch.batchId });
  const [row] = await tx.query(own().select("written_at"));
  if (row && textOrNull(row, "written_at") !== null) return false;
  await tx.query(
    own().update({
      manifest_sha256: batch.manifestSha256,
      written_at: batch.at,
      written_event: (await eventOf(context, tx)).toString(),
    }),
  );
  await noteCovered(context, tx, "batch.written", await tx.query(own().select()));
  return true;
}

/** Numbers have six digits at least, and count up without gaps. */
export const batchIdOf = (company: string, number: number): string =>
  `${company}-${String(number).padStart(6, "0")}`;

/** The number that the company's next batch will have. */
export async function nextBatchNumber(
  tx: Queries,
  { names, company }: Pick<CompanyContext, "names" | "company">,
): Promise<number> {
  const [row] = await tx.query(
    tx.sql.build(names.journal("batch")).where({ company: company.id }).max("number as last"),
  );
  return (row?.last ? integer(row, "last") : 0) + 1;
}

export async function lastBatch(tx: Queries, { names, company }: CompanyContext) {
  const [row] = await tx.query(
    tx.sql
      .build(names.journal("batch"))
      .where({ company: company.id })
      .orderBy("number", "desc")
      .limit(1)
      .select("batch_id", "number", "manifest_sha256"),
  );
  if (!row) return null;
  const manifestSha256 = textOrNull(row, "manifest_sha256");
  // Its hash goes into the next manifest, so batches are published in order.
  if (!manifestSha256)
    throw new Error(`batch ${text(row, "batch_id")} must be published before another is claimed`);
  return { number: integer(row, "number"), manifestSha256 };
}

/** The batches that a run claimed, in the order of their numbers. */
export async function readBatchesOfRun(
  queries: Queries,
  names: Names,
  run: { readonly company: string; readonly runId: string },
): Promise<string[]> {
  const rows = await queries.query(
    batchRows(queries, names).where({ "b.company": run.company, "e.run_id": run.runId }).orderBy("b.number"),
  );
  return rows.map((row) => text(row, "batch_id"));
}

/** A batch as the journal has it, and by line number what is known of each line from Sage. */
export interface BatchWithStatuses {
  readonly header: BatchHeader;
  readonly record: BatchRecord;
  readonly statuses: ReadonlyMap<number, LineStatus>;
}

/** A batch as the journal has it: what its folder is rendered from, and each line's status. */
export async function readBatch(
  queries: Queries,
  names: Names,
  batchId: string,
): Promise<BatchWithStatuses | null> {
  const [row] = await queries.query(batchRows(queries, names).where("b.batch_id", batchId));
  if (!row) return null;
  const header = readHeader(row);
  const lines = await readLinesOfBatch(queries, names, header);
  return {
    header,
    record: {
      batchId,
      company: header.company,
      createdAt: header.createdAt,
      transactionDate: header.transactionDate,
      toolVersion: text(row, "tool_version"),
      mappingSha256: header.mappingSha256,
      previousManifestSha256: textOrNull(row, "previous_manifest_sha256"),
      auditHead: header.auditHead,
      jce: JSON.parse(text(row, "jce")) as JceOptions,
      lines: lines.map(({ line }) => line),
    },
    statuses: new Map(lines.map(({ line, status }) => [line.lineNo, status])),
  };
}
