import type { CompanyContext } from "../context.ts";
import { groupBy } from "../core/group-by.ts";
import { lineIdOf } from "../core/import-line.ts";
import { keyFields, type SageKey } from "../core/key.ts";
import type { Cents } from "../core/money.ts";
import type { Queries } from "../db/db.ts";
import { integer, text, textOrNull } from "../db/values.ts";
import type { Names } from "../names.ts";
import { batchRefs } from "./batch-refs.ts";
import { insertCovered } from "./covered.ts";
import { KEY_COLUMNS } from "./key-columns.ts";

/** A record of a reject file that was read. */
export interface RejectedRecord extends SageKey {
  readonly fileSha256: string;
  /** Its line number in the file. */
  readonly record: number;
  readonly fileName: string;
  readonly readAt: string;
  readonly cents: Cents;
  /** The import line that it is; null if it fits none. */
  readonly line: { readonly batchId: string; readonly lineNo: number } | null;
}

export async function insertRejectedRecords(
  context: CompanyContext,
  tx: Queries,
  records: readonly RejectedRecord[],
): Promise<void> {
  const { names, company } = context;
  const refOf = await batchRefs(
    tx,
    names,
    records.flatMap(({ line }) => (line ? [line.batchId] : [])),
  );
  await insertCovered(
    context,
    tx,
    names.journal("rejected_record"),
    {
      company: "text",
      file_sha256: "text",
      record: "integer",
      file_name: "text",
      read_at: "text",
      ...KEY_COLUMNS,
      cents: "cents",
      batch: "cents",
      line_no: "integer",
    },
    records.map((one) => ({
      company: company.id,
      file_sha256: one.fileSha256,
      record: one.record,
      file_name: one.fileName,
      read_at: one.readAt,
      ...keyFields(one),
      cents: one.cents,
      batch: one.line ? refOf(one.line.batchId) : null,
      line_no: one.line?.lineNo ?? null,
    })),
  );
}

/** A company's records in their order as `r`, each with its batch. */
const rejectedRecords = (queries: Queries, names: Names, company: string) =>
  queries.sql
    .build(`${names.journal("rejected_record")} as r`)
    .leftJoin(`${names.journal("batch")} as b`, "b.id", "r.batch")
    .where("r.company", company)
    .orderBy(["r.read_at", "r.file_sha256", "r.record"])
    .select("r.file_sha256", "r.file_name", "r.record", "r.read_at", "r.line_no", "b.batch_id");

/** A reject file as the journal remembers it. */
export interface KnownReject {
  readonly records: number;
  readonly unplaced: readonly number[];
  readonly batchId: string | null;
}

/** What the journal knows of a company's reject files. */
export interface KnownRejects {
  /** By the file's SHA-256. */
  readonly files: ReadonlyMap<string, KnownReject>;
  /** When each import line was last found in a reject file, by `lineIdOf`. */
  readonly rejectedAt: ReadonlyMap<string, string>;
}

export async function readKnownRejects(
  queries: Queries,
  names: Names,
  company: string,
): Promise<KnownRejects> {
  const rows = await queries.query(rejectedRecords(queries, names, company));
  const files = new Map<string, { records: number; unplaced: number[]; batchId: string | null }>();
  const rejectedAt = new Map<string, string>();
  for (const row of rows) {
    const sha256 = text(row, "file_sha256");
    const batchId = textOrNull(row, "batch_id");
    const file = files.get(sha256) ?? { records: 0, unplaced: [], batchId: null };
    files.set(sha256, file);
    file.records++;
    if (batchId === null) file.unplaced.push(integer(row, "record"));
    else {
      file.batchId = batchId;
      rejectedAt.set(lineIdOf(batchId, integer(row, "line_no")), text(row, "read_at"));
    }
  }
  return { files, rejectedAt };
}

/** A reject file that was read. */
export interface ReadReject {
  readonly fileName: string;
  readonly fileSha256: string;
  readonly readAt: string;
  /** The batch whose lines it names; null if it fits none. */
  readonly batchId: string | null;
  readonly records: number;
  readonly unplaced: number;
}

/** The reject files that were read up to a moment, in their order. */
export async function readRejectsUntil(
  queries: Queries,
  names: Names,
  company: string,
  until: string,
): Promise<ReadReject[]> {
  const rows = await queries.query(rejectedRecords(queries, names, company).where("r.read_at", "<=", until));
  return [...groupBy(rows, (row) => text(row, "file_sha256"))].map(([fileSha256, records]) => {
    const placed = records.filter((row) => textOrNull(row, "batch_id") !== null);
    const [first] = records;
    return {
      fileSha256,
      fileName: first ? text(first, "file_name") : "",
      readAt: first ? text(first, "read_at") : "",
      batchId: placed[0] ? text(placed[0], "batch_id") : null,
      records: records.length,
      unplaced: records.length - placed.length,
    };
  });
}
