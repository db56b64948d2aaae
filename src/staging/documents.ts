import { groupBy } from "../core/group-by.ts";
import { type DocumentType, ERP_STATUSES, type StagedDocument, type StagedLine } from "../core/staged.ts";
import type { Db, Queries, Row } from "../db/db.ts";
import { idSet } from "../db/row-sets.ts";
import { bit, text, textOrNull, trimmed } from "../db/values.ts";
import type { Names, StagingTable } from "../names.ts";
import { DOCUMENT_TABLES, DOCUMENT_TYPES, STAGING_COLUMNS } from "./columns.ts";

type DocumentAddress = Pick<StagedDocument, "document" | "spellings">;

/** The documents' headers as they stand inside a transaction, without lines. */
export const readHeaders = (
  tx: Queries,
  names: Names,
  documents: readonly DocumentAddress[],
): Promise<StagedDocument[]> => readWithin(tx, names, documents, false);

/**
 * The documents as they stand inside a transaction, headers and lines, read so that nobody changes them before
 * it ends.
 */
export const readDocuments = (
  tx: Queries,
  names: Names,
  documents: readonly DocumentAddress[],
): Promise<StagedDocument[]> => readWithin(tx, names, documents, true);

async function readWithin(
  tx: Queries,
  names: Names,
  documents: readonly DocumentAddress[],
  withLines: boolean,
): Promise<StagedDocument[]> {
  const found: StagedDocument[] = [];
  for (const type of DOCUMENT_TYPES) {
    const spellings = documents.filter((d) => d.document === type).flatMap((d) => d.spellings);
    if (spellings.length === 0) continue;
    const { id } = DOCUMENT_TABLES[type];
    const among = () => idSet(tx, spellings);
    const headers = await tx.query(headerStatement(tx, names, type, true).whereIn(id, among()));
    const lineRows = withLines
      ? await tx.query(lineStatement(tx, names, type, true).whereIn(id, among()))
      : [];
    const lines = groupBy(lineRows, (row) => trimmed(row, id));
    for (const row of headers) {
      const header = readHeader(type, row);
      const own = lines.get(header.documentId) ?? [];
      found.push({ ...header, lines: own.map((line) => readLine(type, line)) });
    }
  }
  return found;
}

/** A staged line with the document it belongs to. */
export interface FoundLine {
  readonly document: DocumentType;
  readonly documentId: string;
  readonly line: StagedLine;
}

/** The lines of an id, whatever their documents' status; budgets and modifications may have the same. */
export async function findLines(db: Queries, names: Names, lineId: string): Promise<FoundLine[]> {
  const found: FoundLine[] = [];
  for (const type of DOCUMENT_TYPES) {
    const { id, lineId: column } = DOCUMENT_TABLES[type];
    const rows = await db.query(
      lineStatement(db, names, type).whereRaw("ltrim(rtrim(??)) = ?", [column, lineId]),
    );
    for (const row of rows) {
      const line = readLine(type, row);
      // The database compares by its collation; the program exactly.
      if (line.lineId === lineId) found.push({ document: type, documentId: trimmed(row, id), line });
    }
  }
  return found;
}

export function headerStatement(db: Pick<Db, "sql">, names: Names, type: DocumentType, lock = false) {
  return select(db, names, DOCUMENT_TABLES[type].header, "accepted_at", lock);
}

export function lineStatement(db: Pick<Db, "sql">, names: Names, type: DocumentType, lock = false) {
  const { lines, amount } = DOCUMENT_TABLES[type];
  return select(db, names, lines, amount, lock);
}

/** All columns of a table that are read, one of them as text whatever it is stored as. */
function select({ sql }: Pick<Db, "sql">, names: Names, table: StagingTable, asText: string, lock: boolean) {
  const name = names.staging(table);
  return sql
    .build(lock ? sql.locked(name) : name)
    .select(STAGING_COLUMNS[table].filter((column) => column !== asText))
    .select(sql.text(asText));
}

export function readHeader(type: DocumentType, row: Row): StagedDocument {
  const { id } = DOCUMENT_TABLES[type];
  const erpStatus = text(row, "erp_status");
  const rawId = text(row, id);
  return {
    document: type,
    documentId: rawId.trim(),
    rawId,
    spellings: [...new Set([rawId, rawId.trim()])],
    projectId: trimmed(row, "project_id"),
    status: ERP_STATUSES.find((status) => status === erpStatus.trim().toLowerCase()) ?? null,
    flags: {
      erpStatus,
      erpSynced: bit(row, "erp_synced"),
      erpLocked: bit(row, "erp_locked"),
      estimateImportBlocked: type === "budget" && bit(row, "estimate_import_blocked"),
    },
    acceptedBy: trimmed(row, "accepted_by"),
    acceptedAt: trimmed(row, "accepted_at"),
    number: type === "modification" ? trimmed(row, "number") : "",
    title: type === "modification" ? trimmed(row, "title") : "",
    lines: [],
  };
}

export function readLine(type: DocumentType, row: Row): StagedLine {
  const { lineId, amount } = DOCUMENT_TABLES[type];
  return {
    lineId: trimmed(row, lineId),
    rawId: text(row, lineId),
    subJob: trimmed(row, "sub_job_code"),
    costCode: trimmed(row, "cost_code"),
    costType: trimmed(row, "cost_type"),
    description: trimmed(row, "description"),
    amount: textOrNull(row, amount),
    erpSynced: bit(row, "erp_synced"),
  };
}
