import { joinKey } from "../core/key.ts";
import type {
  DocumentType,
  ErpStatus,
  StagedDocument,
  StagedLine,
  StagedProject,
  StagedSubJob,
} from "../core/staged.ts";
import type { Db } from "../db/db.ts";
import { text, trimmed } from "../db/values.ts";
import type { Names } from "../names.ts";
import { DOCUMENT_TABLES, DOCUMENT_TYPES, STAGING_COLUMNS } from "./columns.ts";
import { headerStatement, lineStatement, readHeader, readLine } from "./documents.ts";
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
