import { joinKey } from "../core/key.ts";
import { documentKey } from "../core/plan/types.ts";
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
import { integer, textOrNull, trimmed } from "../db/values.ts";
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
  /** How many lines each document has, by `documentKey`. */
  readonly lineCounts: ReadonlyMap<string, number>;
  readonly orphans: readonly OrphanRow[];
}

/** Staging as a run looks at it first: the lines of its documents are read a few projects at a time, by `withLines`. */
export interface Staging extends StagingOutline {
  /** Projects and documents of all companies; lines only where a document is accepted, since they hold no other. */
  readonly repeatedIds: {
    readonly projects: ReadonlySet<string>;
    readonly documents: ReadonlySet<string>;
    readonly lines: ReadonlySet<string>;
  };
}

/** Reads the staging tables by the names of their columns; views do as well as tables. */
export const readStaging = (db: Db, names: Names): Promise<Staging> =>
  db.reading(async () => {
    const outline = await outlineOf(db, names);
    const { projects, documents } = outline;
    const repeatedLines: string[] = [];
    for (const type of DOCUMENT_TYPES)
      if (documents.some(({ document, status }) => document === type && status === "accepted"))
        repeatedLines.push(...(await repeatedLineIds(db, names, type)));
    return {
      ...outline,
      repeatedIds: {
        projects: repeated(projects.map(({ projectId }) => projectId)),
        documents: repeated(documents.map(({ document, documentId }) => joinKey(document, documentId))),
        lines: new Set(repeatedLines),
      },
    };
  });

/** The same without what is said in two ways. */
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
  const lineCounts = new Map<string, number>();
  const orphans: OrphanRow[] = [];
  for (const type of DOCUMENT_TYPES) {
    const spellings = await spellingsOf(db, names, type);
    const headers: StagedDocument[] = [];
    for await (const row of db.rows(headerStatement(db, names, type))) {
      const header = readHeader(type, row);
      const { spellings: written = [], lines = 0 } = spellings.get(header.documentId) ?? {};
      const own = written.map((spelling) => spelling ?? "");
      lineCounts.set(documentKey(header), lines);
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
    const ofNone = [...spellings.values()].flatMap(({ spellings: written }) => written);
    orphans.push(...(await orphanLines(db, names, type, ofNone)));
    documents.push(...headers);
  }
  return { projects, subJobs, documents, lineCounts, orphans };
}

/** The ids that lines write for their documents, as they write them, and how many do, by the id without blanks. */
async function spellingsOf(
  db: Db,
  names: Names,
  type: DocumentType,
): Promise<Map<string, { readonly spellings: (string | null)[]; lines: number }>> {
  const { id, lines } = DOCUMENT_TABLES[type];
  const { build, exactText } = db.sql;
  const found = new Map<string, { readonly spellings: (string | null)[]; lines: number }>();
  const statement = build
    .from(build(names.staging(lines)).select(exactText(id)).as("own"))
    .groupBy(id)
    .select(id, build.raw("count(*) as lines"));
  for await (const row of db.rows(statement)) {
    const known = found.get(trimmed(row, id)) ?? { spellings: [], lines: 0 };
    known.spellings.push(textOrNull(row, id));
    known.lines += integer(row, "lines");
    found.set(trimmed(row, id), known);
  }
  return found;
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

/** Some documents, with the lines of those whose status is one of these. */
export const withLines = (
  db: Db,
  names: Names,
  documents: readonly StagedDocument[],
  statuses: ReadonlySet<ErpStatus | null>,
): Promise<StagedDocument[]> =>
  db.reading(async () => {
    const lines = new Map<string, StagedLine[]>();
    for (const type of DOCUMENT_TYPES) {
      const { id } = DOCUMENT_TABLES[type];
      const wanted = documents.filter((one) => one.document === type && statuses.has(one.status));
      if (wanted.length === 0) continue;
      for (const one of wanted) lines.set(documentKey(one), []);
      const spellings = new Set(wanted.flatMap((document) => document.spellings));
      // The database compares by its collation; the program exactly.
      for await (const row of db.rows(lineStatement(db, names, type).whereIn(id, idSet(db, [...spellings]))))
        lines.get(documentKey({ document: type, documentId: trimmed(row, id) }))?.push(readLine(type, row));
    }
    return documents.map((document) => ({ ...document, lines: lines.get(documentKey(document)) ?? [] }));
  });

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
