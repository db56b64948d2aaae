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
import { idSet } from "../db/row-sets.ts";
import { textOrNull, trimmed } from "../db/values.ts";
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

/** Staging without the lines of its documents. */
export interface StagingOutline {
  readonly projects: readonly StagedProject[];
  readonly subJobs: readonly StagedSubJob[];
  /** Without lines. */
  readonly documents: readonly StagedDocument[];
  readonly orphans: readonly OrphanRow[];
}

/** All of staging that a run looks at. */
export interface Staging extends StagingOutline {
  /** With the lines of accepted and exported documents; those of others are empty. */
  readonly documents: readonly StagedDocument[];
  /** Projects and documents of all companies; lines only where a document is accepted, since they hold no other. */
  readonly repeatedIds: {
    readonly projects: ReadonlySet<string>;
    readonly documents: ReadonlySet<string>;
    readonly lines: ReadonlySet<string>;
  };
}

/** Statuses whose lines are read: what may be sent, and what was sent and is not yet tied out. */
const STATUSES_WITH_LINES: ReadonlySet<ErpStatus | null> = new Set(["accepted", "exported"]);

/**
 * Reads the staging tables by the names of their columns; views do as well as tables. Of lines the database hands
 * over those that are wanted, and tells of the others what has to be known.
 */
export const readStaging = (db: Db, names: Names): Promise<Staging> =>
  db.reading(async () => {
    const { projects, subJobs, documents, orphans } = await outlineOf(db, names);
    const withLines: StagedDocument[] = [];
    const repeatedLines: string[] = [];
    for (const type of DOCUMENT_TYPES) {
      const own = documents.filter(({ document }) => document === type);
      withLines.push(...(await withLinesOf(db, names, type, own)));
      if (own.some(({ status }) => status === "accepted"))
        repeatedLines.push(...(await repeatedLineIds(db, names, type)));
    }
    return {
      ...{ projects, subJobs, orphans },
      documents: withLines,
      repeatedIds: {
        projects: repeated(projects.map(({ projectId }) => projectId)),
        documents: repeated(documents.map(({ document, documentId }) => joinKey(document, documentId))),
        lines: new Set(repeatedLines),
      },
    };
  });

/** The same without any line. */
export const readOutline = (db: Db, names: Names): Promise<StagingOutline> =>
  db.reading(() => outlineOf(db, names));

async function outlineOf(db: Db, names: Names): Promise<StagingOutline> {
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

  const projectIds = new Set(projects.map(({ projectId }) => projectId));
  const documents: StagedDocument[] = [];
  const orphans: OrphanRow[] = [];
  for (const type of DOCUMENT_TYPES) {
    const spellings = await spellingsOf(db, names, type);
    const headers: StagedDocument[] = [];
    for await (const row of db.rows(headerStatement(db, names, type))) {
      const header = readHeader(type, row);
      const own = (spellings.get(header.documentId) ?? []).map((spelling) => spelling ?? "");
      headers.push({ ...header, spellings: [...new Set([...header.spellings, ...own])] });
      if (!projectIds.has(header.projectId) && header.status === "accepted")
        orphans.push({
          document: type,
          documentId: header.documentId,
          stagingLineId: null,
          field: "project_id",
          value: header.projectId,
        });
    }
    for (const { documentId } of headers) spellings.delete(documentId);
    orphans.push(...(await orphanLines(db, names, type, [...spellings.values()].flat())));
    documents.push(...headers);
  }
  return { projects, subJobs, documents, orphans };
}

/** The ids that lines write for their documents, as they write them, by the id without blanks. */
async function spellingsOf(
  db: Db,
  names: Names,
  type: DocumentType,
): Promise<Map<string, (string | null)[]>> {
  const { id, lines } = DOCUMENT_TABLES[type];
  const spellings = new Map<string, (string | null)[]>();
  for await (const row of db.rows(db.sql.build(names.staging(lines)).distinct(db.sql.exactText(id)))) {
    const known = spellings.get(trimmed(row, id)) ?? [];
    known.push(textOrNull(row, id));
    spellings.set(trimmed(row, id), known);
  }
  return spellings;
}

async function orphanLines(
  db: Db,
  names: Names,
  type: DocumentType,
  spellings: readonly (string | null)[],
): Promise<OrphanRow[]> {
  if (spellings.length === 0) return [];
  const { id } = DOCUMENT_TABLES[type];
  const wanted = new Set(spellings.map((spelling) => spelling?.trim() ?? ""));
  const statement = lineStatement(db, names, type).where((either) => {
    either.whereIn(
      id,
      idSet(
        db,
        spellings.filter((spelling) => spelling !== null),
      ),
    );
    if (spellings.includes(null)) either.orWhereNull(id);
  });
  const orphans: OrphanRow[] = [];
  for await (const row of db.rows(statement)) {
    const documentId = trimmed(row, id);
    if (!wanted.has(documentId)) continue;
    const { lineId } = readLine(type, row);
    orphans.push({ document: type, documentId, stagingLineId: lineId, field: id, value: documentId });
  }
  return orphans;
}

/** Documents of one type, those whose lines are wanted with them. */
async function withLinesOf(
  db: Db,
  names: Names,
  type: DocumentType,
  documents: readonly StagedDocument[],
): Promise<StagedDocument[]> {
  const { id } = DOCUMENT_TABLES[type];
  const spellings = documents
    .filter(({ status }) => STATUSES_WITH_LINES.has(status))
    .flatMap((document) => document.spellings);
  if (spellings.length === 0) return [...documents];
  // The database compares by its collation; the program exactly.
  const lines = new Map<string, StagedLine[]>(spellings.map((spelling) => [spelling.trim(), []]));
  const statement = lineStatement(db, names, type).whereIn(id, idSet(db, [...new Set(spellings)]));
  for await (const row of db.rows(statement)) lines.get(trimmed(row, id))?.push(readLine(type, row));
  return documents.map((document) => ({ ...document, lines: lines.get(document.documentId) ?? [] }));
}

/** Ids of lines that staging has more than once, each joined to the type of its document. */
async function repeatedLineIds(db: Db, names: Names, type: DocumentType): Promise<ReadonlySet<string>> {
  const { lineId, lines } = DOCUMENT_TABLES[type];
  const { build } = db.sql;
  // As far as a database can tell: blanks aside, and whatever its collation holds for the same letter.
  const folded = build.raw("lower(ltrim(rtrim(replace(coalesce(??, ''), char(9), ' '))))", [lineId]);
  const table = () => build(names.staging(lines));
  const candidates = table()
    .select(build.raw("? as folded", [folded]))
    .groupByRaw("?", [folded])
    .havingRaw("count(*) > 1");
  const ids: string[] = [];
  for await (const row of db.rows(table().select(lineId).whereRaw("? in (?)", [folded, candidates])))
    ids.push(joinKey(type, trimmed(row, lineId)));
  return repeated(ids);
}

/** Ids are compared exactly, but two that differ only in capital letters are refused: they count as repeated. */
function repeated(ids: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const more = new Set<string>();
  for (const id of ids) {
    const folded = id.toLowerCase();
    if (seen.has(folded)) more.add(folded);
    seen.add(folded);
  }
  return more;
}
