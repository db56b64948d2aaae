import { groupBy } from "../core/group-by.ts";
import type {
  BatchHeader,
  BatchRecord,
  ImportLine,
  JceOptions,
  LineSource,
  LineStatus,
} from "../core/import-line.ts";
import { type EstimateKind, joinKey } from "../core/key.ts";
import type { DocumentType } from "../core/staged.ts";
import type { BatchState, ImportLineState } from "../core/states.ts";
import type { Queries, Row } from "../db/db.ts";
import { bit, cents, integer, text, textOrNull } from "../db/values.ts";
import type { Names } from "../names.ts";
import { splitMappingRows } from "./movements.ts";

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

const readHeader = (row: Row): BatchHeader => ({
  batchId: text(row, "batch_id"),
  company: text(row, "company"),
  number: integer(row, "number"),
  state: text(row, "state") as BatchState,
  createdAt: text(row, "created_at"),
  claimDay: text(row, "claim_day"),
  transactionDate: text(row, "transaction_date"),
  manifestSha256: textOrNull(row, "manifest_sha256"),
  writtenAt: textOrNull(row, "written_at"),
});

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
  const sources = await readSources(queries, names, { batch_id: batchId });
  const lineRows = await queries.query(
    sql.build(names.journal("import_line")).where({ batch_id: batchId }).orderBy("line_no").select(),
  );
  const lines = lineRows.map((line) =>
    readImportLine(line, sources.get(joinKey(batchId, text(line, "line_no"))) ?? []),
  );
  const statuses = new Map(lineRows.map((line) => [integer(line, "line_no"), readLineStatus(line)]));
  return {
    header: readHeader(row),
    record: {
      batchId: text(row, "batch_id"),
      company: text(row, "company"),
      createdAt: text(row, "created_at"),
      transactionDate: text(row, "transaction_date"),
      toolVersion: text(row, "tool_version"),
      mappingSha256: text(row, "mapping_sha256"),
      previousManifestSha256: textOrNull(row, "previous_manifest_sha256"),
      auditHead: text(row, "audit_head"),
      jce: JSON.parse(text(row, "jce")) as JceOptions,
      lines,
    },
    statuses,
  };
}

export const readLineStatus = (row: Row): LineStatus => ({
  state: text(row, "state") as ImportLineState,
  stateSince: text(row, "state_since"),
  postedCents: cents(row, "posted_cents"),
  ambiguous: bit(row, "ambiguous"),
  tiedOutAt: textOrNull(row, "tied_out_at"),
});

export const readImportLine = (row: Row, sources: readonly LineSource[]): ImportLine => ({
  lineNo: integer(row, "line_no"),
  kind: text(row, "kind") as EstimateKind,
  projectId: text(row, "project_id"),
  projectNumber: text(row, "project_number"),
  projectName: text(row, "project_name"),
  key: {
    job: text(row, "job"),
    extra: text(row, "extra"),
    costCode: text(row, "cost_code"),
    category: text(row, "category"),
  },
  jobDescription: text(row, "job_description"),
  extraDescription: text(row, "extra_description"),
  extraIsNew: bit(row, "extra_is_new"),
  costCodeDescription: text(row, "cost_code_description"),
  costCodeIsNew: bit(row, "cost_code_is_new"),
  cents: cents(row, "cents"),
  inFile: bit(row, "in_file"),
  sources,
});

/** The movements that took money out of `accepted`, in the order they were made, by batch id and line number. */
export async function readSources(
  queries: Queries,
  names: Names,
  which: { readonly batch_id: string } | { readonly company: string },
): Promise<Map<string, LineSource[]>> {
  const { sql } = queries;
  const documents = await queries.query(
    sql.build(names.journal("sent_document")).where(which).select("document", "document_id", "number"),
  );
  const numbers = new Map(
    documents.map((row) => [joinKey(text(row, "document"), text(row, "document_id")), text(row, "number")]),
  );
  const rows = await queries.query(
    sql
      .build(names.journal("movement"))
      .where({ ...which, to_account: "claimed", from_account: "accepted" })
      .orderBy("movement_id")
      .select(),
  );
  const sources = new Map<string, LineSource[]>();
  for (const [id, group] of groupBy(rows, (row) => joinKey(text(row, "batch_id"), text(row, "line_no"))))
    sources.set(
      id,
      group.map((row) => ({
        document: text(row, "document") as DocumentType,
        documentId: text(row, "document_id"),
        number: numbers.get(joinKey(text(row, "document"), text(row, "document_id"))) ?? "",
        stagingLineId: textOrNull(row, "staging_line_id"),
        cents: cents(row, "cents"),
        cause: text(row, "cause"),
        acceptedBy: text(row, "accepted_by"),
        acceptedAt: text(row, "accepted_at"),
        mappingRows: splitMappingRows(text(row, "mapping_rows")),
      })),
    );
  return sources;
}
