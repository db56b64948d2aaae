import type { CompanyContext } from "../context.ts";
import type { BatchHeader, BatchRecord, JceOptions, LineStatus } from "../core/import-line.ts";
import type { BatchState } from "../core/states.ts";
import type { Day } from "../core/time.ts";
import type { Queries, Row } from "../db/db.ts";
import { integer, text, textOrNull } from "../db/values.ts";
import type { Names } from "../names.ts";
import { readLinesOfBatch } from "./import-lines.ts";

export async function readBatches(
  queries: Queries,
  names: Names,
  company: string,
  state?: BatchState,
): Promise<BatchHeader[]> {
  const statement = queries.sql.build(names.journal("batch")).where({ company }).orderBy("number").select();
  if (state) statement.where({ state });
  return (await queries.query(statement)).map(readHeader);
}

/** A batch's header row; null if there is none. */
export async function readBatchHeader(
  queries: Queries,
  names: Names,
  batchId: string,
): Promise<BatchHeader | null> {
  const [row] = await queries.query(
    queries.sql.build(names.journal("batch")).where({ batch_id: batchId }).select(),
  );
  return row ? readHeader(row) : null;
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

const readHeader = (row: Row): BatchHeader => ({
  batchId: text(row, "batch_id"),
  company: text(row, "company"),
  number: integer(row, "number"),
  state: text(row, "state") as BatchState,
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
  readonly auditHead: string;
}

export async function insertBatch(
  { names, company, runId, toolVersion }: CompanyContext,
  tx: Queries,
  batch: NewBatch,
): Promise<void> {
  const { create_cost_codes, jce } = company;
  const { comment, quote_record_ids, extra_field, encoding } = jce;
  await tx.query(
    tx.sql.build(names.journal("batch")).insert({
      batch_id: batch.batchId,
      company: company.id,
      number: batch.number,
      state: "claimed",
      created_at: batch.at,
      claim_day: batch.claimDay,
      transaction_date: batch.transactionDate,
      run_id: runId,
      tool_version: toolVersion,
      mapping_sha256: batch.mappingSha256,
      jce: JSON.stringify({ comment, quote_record_ids, extra_field, encoding, create_cost_codes }),
      previous_manifest_sha256: batch.previousManifestSha256,
      audit_head: batch.auditHead,
    }),
  );
}

/** Notes that a batch's folder is there. @returns false if it was noted before */
export async function markBatchWritten(
  { names }: Pick<CompanyContext, "names">,
  tx: Queries,
  batch: { readonly batchId: string; readonly at: string; readonly manifestSha256: string },
): Promise<boolean> {
  const own = () => tx.sql.build(names.journal("batch")).where({ batch_id: batch.batchId });
  const [row] = await tx.query(own().select("state"));
  if (row && text(row, "state") === "written") return false;
  await tx.query(
    own().update({ state: "written", written_at: batch.at, manifest_sha256: batch.manifestSha256 }),
  );
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
    queries.sql
      .build(names.journal("batch"))
      .where({ company: run.company, run_id: run.runId })
      .orderBy("number")
      .select("batch_id"),
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
  const { sql } = queries;
  const [row] = await queries.query(sql.build(names.journal("batch")).where({ batch_id: batchId }).select());
  if (!row) return null;
  const lines = await readLinesOfBatch(queries, names, batchId);
  const header = readHeader(row);
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
