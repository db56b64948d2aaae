import { groupBy } from "../core/group-by.ts";
import { joinKey } from "../core/key.ts";
import {
  type DocumentType,
  ERP_STATUSES,
  type ErpStatus,
  type StagedDocument,
  type StagedLine,
  type StagedProject,
  type StagedSubJob,
} from "../core/staged.ts";
import type { Db, Queries, Row } from "../db/db.ts";
import { columnsOf } from "../db/inspect.ts";
import { idSet } from "../db/row-sets.ts";
import { bit, text, textOrNull, trimmed } from "../db/values.ts";
import { type Names, STAGING_TABLES, type StagingTable } from "../names.ts";

/** Where each kind of document and its lines stand in staging. */
export const DOCUMENT_TABLES = {
  budget: {
    header: "budget",
    lines: "budget_line_item",
    id: "budget_id",
    lineId: "line_item_id",
    amount: "original_amount",
  },
  modification: {
    header: "budget_modification",
    lines: "budget_modification_line",
    id: "modification_id",
    lineId: "modification_line_id",
    amount: "amount",
  },
} as const satisfies Record<
  DocumentType,
  { header: StagingTable; lines: StagingTable; [column: string]: string }
>;
const DOCUMENT_TYPES: readonly DocumentType[] = ["budget", "modification"];

/** The columns of each staging table that are read or written; a site may offer them as views. */
export const STAGING_COLUMNS: Readonly<Record<StagingTable, readonly string[]>> = {
  project: ["project_id", "company", "project_number", "name"],
  sub_job: ["project_id", "sub_job_code", "name"],
  budget: [
    "budget_id",
    "project_id",
    "erp_status",
    "accepted_by",
    "accepted_at",
    "erp_synced",
    "erp_locked",
    "estimate_import_blocked",
  ],
  budget_line_item: [
    "line_item_id",
    "budget_id",
    "sub_job_code",
    "cost_code",
    "cost_type",
    "description",
    "original_amount",
    "erp_synced",
  ],
  budget_modification: [
    "modification_id",
    "project_id",
    "number",
    "title",
    "erp_status",
    "accepted_by",
    "accepted_at",
    "erp_synced",
    "erp_locked",
  ],
  budget_modification_line: [
    "modification_line_id",
    "modification_id",
    "sub_job_code",
    "cost_code",
    "cost_type",
    "description",
    "amount",
    "erp_synced",
  ],
};

/** What the staging database lacks of its contract: tables, and columns as `table.column`. */
export async function missingFromStaging(db: Db, names: Names): Promise<string[]> {
  const missing: string[] = [];
  for (const table of STAGING_TABLES) {
    const present = await columnsOf(db, names.staging(table));
    if (present.size === 0) missing.push(names.staging(table));
    else
      for (const column of STAGING_COLUMNS[table])
        if (!present.has(column)) missing.push(`${names.staging(table)}.${column}`);
  }
  return missing;
}

/** A row that belongs to something staging does not have. */
export interface OrphanRow {
  readonly document: DocumentType;
  /** The id it refers to; for a header its own. */
  readonly documentId: string;
  /** null where the header itself is the orphan. */
  readonly stagingLineId: string | null;
  readonly field: string;
  readonly value: string;
}

/** All of staging that a run looks at. */
export interface Staging {
  readonly projects: readonly StagedProject[];
  readonly subJobs: readonly StagedSubJob[];
  /** Lines are read for accepted and exported documents; those of others are empty. */
  readonly documents: readonly StagedDocument[];
  /** Projects and documents of all companies. */
  readonly repeatedIds: {
    readonly projects: ReadonlySet<string>;
    readonly documents: ReadonlySet<string>;
    readonly lines: ReadonlySet<string>;
  };
  readonly orphans: readonly OrphanRow[];
}

/** Statuses whose lines are read: what may be sent, and what was sent and is not yet tied out. */
const STATUSES_WITH_LINES: ReadonlySet<ErpStatus | null> = new Set(["accepted", "exported"]);

/** Reads the staging tables by the names of their columns; views do as well as tables. */
export const readStaging = (db: Db, names: Names): Promise<Staging> => db.reading(() => readAll(db, names));

async function readAll(db: Db, names: Names): Promise<Staging> {
  const { sql } = db;
  const projects: StagedProject[] = [];
  for await (const row of db.rows(sql.build(names.staging("project")).select(STAGING_COLUMNS.project)))
    projects.push({
      projectId: trimmed(row, "project_id"),
      company: trimmed(row, "company"),
      projectNumber: trimmed(row, "project_number"),
      name: trimmed(row, "name"),
    });
  const subJobs: StagedSubJob[] = [];
  for await (const row of db.rows(
    sql.build(names.staging("sub_job")).select("project_id", "sub_job_code", "name"),
  ))
    subJobs.push({
      projectId: trimmed(row, "project_id"),
      subJobCode: trimmed(row, "sub_job_code"),
      name: trimmed(row, "name"),
    });

  const projectIds = new Set<string>();
  const documents: StagedDocument[] = [];
  const orphans: OrphanRow[] = [];
  const repeated = { projects: new Set<string>(), documents: new Set<string>(), lines: new Set<string>() };
  const seenProjects = new Set<string>();
  for (const { projectId } of projects) {
    projectIds.add(projectId);
    noteRepeated(seenProjects, repeated.projects, projectId);
  }
  for (const type of DOCUMENT_TYPES) {
    const headers: StagedDocument[] = [];
    const seen = new Set<string>();
    for await (const row of db.rows(headerStatement(db, names, type))) {
      const header = readHeader(type, row);
      noteRepeated(seen, repeated.documents, joinKey(type, header.documentId));
      headers.push(header);
      if (!projectIds.has(header.projectId) && header.status === "accepted")
        orphans.push({
          document: type,
          documentId: header.documentId,
          stagingLineId: null,
          field: "project_id",
          value: header.projectId,
        });
    }
    const lines = await readLinesOf(db, names, type, headers, repeated.lines, orphans);
    for (const header of headers) {
      const own = lines.get(header.documentId);
      const spellings = [...new Set([...header.spellings, ...(own?.spellings ?? [])])];
      documents.push({ ...header, spellings, lines: own?.lines ?? [] });
    }
  }
  return { projects, subJobs, documents, repeatedIds: repeated, orphans };
}

async function readLinesOf(
  db: Db,
  names: Names,
  type: DocumentType,
  headers: readonly StagedDocument[],
  repeatedLines: Set<string>,
  orphans: OrphanRow[],
): Promise<Map<string, { lines: StagedLine[]; spellings: Set<string> }>> {
  const { id } = DOCUMENT_TABLES[type];
  const wanted = new Map<string, boolean>();
  for (const header of headers)
    wanted.set(header.documentId, wanted.get(header.documentId) || STATUSES_WITH_LINES.has(header.status));
  const lines = new Map<string, { lines: StagedLine[]; spellings: Set<string> }>();
  const seen = new Set<string>();
  for await (const row of db.rows(lineStatement(db, names, type))) {
    const documentId = trimmed(row, id);
    const line = readLine(type, row);
    noteRepeated(seen, repeatedLines, joinKey(type, line.lineId));
    const isWanted = wanted.get(documentId);
    if (isWanted === undefined)
      orphans.push({ document: type, documentId, stagingLineId: line.lineId, field: id, value: documentId });
    if (!isWanted) continue;
    const own = lines.get(documentId) ?? { lines: [], spellings: new Set() };
    own.lines.push(line);
    own.spellings.add(text(row, id));
    lines.set(documentId, own);
  }
  return lines;
}

/** Ids are compared exactly, but two that differ only in capital letters are refused: they count as repeated. */
function noteRepeated(seen: Set<string>, repeated: Set<string>, id: string): void {
  const folded = id.toLowerCase();
  if (seen.has(folded)) repeated.add(folded);
  seen.add(folded);
}

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

function headerStatement(db: Pick<Db, "sql">, names: Names, type: DocumentType, lock = false) {
  return select(db, names, DOCUMENT_TABLES[type].header, "accepted_at", lock);
}

function lineStatement(db: Pick<Db, "sql">, names: Names, type: DocumentType, lock = false) {
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

function readHeader(type: DocumentType, row: Row): StagedDocument {
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

function readLine(type: DocumentType, row: Row): StagedLine {
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
