import type { CompanyContext } from "../context.ts";
import { documentContent } from "../core/plan/content.ts";
import { documentKey } from "../core/plan/types.ts";
import type { DocumentType, StagedDocument } from "../core/staged.ts";
import type { Db, Queries, Row } from "../db/db.ts";
import { idSet } from "../db/row-sets.ts";
import { cents, text, textOrNull } from "../db/values.ts";
import type { Names } from "../names.ts";
import { type AmongProjects, isAmong } from "./among.ts";
import { batchRefs } from "./batch-refs.ts";
import { eventOf, insertNumbered } from "./covered.ts";
import { writtenByRun } from "./events.ts";
import { projectRefs } from "./projects.ts";

/** What took documents out of `accepted`: a batch; or null, where nothing of them was to be sent. */
export interface Sending {
  readonly batchId: string | null;
}

/** Writes down each document as it was when it was taken: its flags, for a way back, and what its lines said. */
export async function insertSentDocuments(
  context: Pick<CompanyContext, "names" | "company">,
  tx: Queries,
  { batchId, documents }: Sending & { readonly documents: readonly StagedDocument[] },
): Promise<void> {
  const { names } = context;
  const refOf = await projectRefs(
    context,
    tx,
    documents.map(({ projectId }) => projectId),
  );
  const batch = batchId === null ? null : (await batchRefs(tx, names, [batchId]))(batchId);
  await insertNumbered(
    context,
    tx,
    names.journal("sent_document"),
    {
      batch: "cents",
      project: "cents",
      document: "text",
      document_id: "text",
      number: "text",
      title: "text",
      accepted_by: "text",
      accepted_at: "text",
      flags_before: "text",
      content: "text",
    },
    documents.map((document) => ({
      batch,
      project: refOf(document.projectId),
      document: document.document,
      document_id: document.documentId,
      number: document.number,
      title: document.title,
      accepted_by: document.acceptedBy,
      accepted_at: document.acceptedAt,
      flags_before: JSON.stringify({
        ...document.flags,
        syncedLines: document.lines.filter((line) => line.erpSynced).map((line) => line.lineId),
      }),
      content: documentContent(document),
    })),
    "project",
  );
}

/** The journal's own numbers of the documents of some projects that this transaction has taken, by `documentKey`. */
export async function sentDocumentRefs(
  context: Pick<CompanyContext, "names" | "company">,
  tx: Queries,
  projectIds: readonly string[],
): Promise<(document: { document: DocumentType; documentId: string }) => bigint> {
  const among = { projectIds: [...new Set(projectIds)] };
  const statement = sentDocuments(tx, context.names, context.company.id, among)
    .where("d.event", (await eventOf(context, tx)).toString())
    .select("d.id", "d.document", "d.document_id");
  const rows = projectIds.length === 0 ? [] : await tx.query(statement);
  const ids = new Map(rows.map((row) => [readDocumentKey(row), cents(row, "id")]));
  return (document) => {
    const id = ids.get(documentKey(document));
    if (id === undefined) throw new Error(`${documentKey(document)} was not taken with its lines`);
    return id;
  };
}

/** Documents that were sent as `d`, with their projects as `p`, which say whose they are. */
function sentDocuments(queries: Queries, names: Names, company: string, among?: AmongProjects) {
  const statement = queries.sql
    .build(`${names.journal("project")} as p`)
    .crossJoin(`${names.journal("sent_document")} as d` as never)
    .where("d.project", queries.sql.build.ref("p.id"))
    .where("p.company", company);
  return among ? statement.whereIn("p.project_id", idSet(queries, among.projectIds)) : statement;
}

/** What the lines of each document said when it was last sent, with its project, by `documentKey`; in the order they were sent. */
export async function* readSentContents(
  db: Db,
  names: Names,
  company: string,
  among?: AmongProjects,
): AsyncGenerator<{ readonly projectId: string; readonly document: string; readonly content: string }> {
  const isWanted = isAmong(among);
  const statement = sentDocuments(db, names, company, among)
    .orderBy("d.id")
    .select("p.project_id", "d.document", "d.document_id", "d.content");
  for await (const row of db.rows(statement)) {
    const projectId = text(row, "project_id");
    if (isWanted({ projectId }))
      yield { projectId, document: readDocumentKey(row), content: text(row, "content") };
  }
}

/** What the lines of each document of some projects said when it was last sent, by `documentKey`. */
export const readContentsOf = (
  db: Db,
  names: Names,
  company: string,
  projectIds: readonly string[],
): Promise<ReadonlyMap<string, string>> =>
  db.reading(async () => {
    const contents = new Map<string, string>();
    for await (const sent of readSentContents(db, names, company, { projectIds }))
      contents.set(sent.document, sent.content);
    return contents;
  });

/** Every document that was ever sent, once, with its project. */
export async function readDocumentsSent(
  queries: Queries,
  names: Names,
  company: string,
): Promise<{ readonly projectId: string; readonly document: DocumentType; readonly documentId: string }[]> {
  const rows = await queries.query(
    sentDocuments(queries, names, company).distinct("p.project_id", "d.document", "d.document_id"),
  );
  return rows.map((row) => ({
    projectId: text(row, "project_id"),
    document: text(row, "document") as DocumentType,
    documentId: text(row, "document_id"),
  }));
}

/** Documents that a run took, by what it did with them. */
export async function readSentByRun(
  queries: Queries,
  names: Names,
  run: { readonly company: string; readonly runId: string },
): Promise<{ readonly event: string; readonly document: DocumentType; readonly documentId: string }[]> {
  const rows = await queries.query(
    writtenByRun(queries, names, run, `${names.journal("sent_document")} as d`, "d.event")
      .join(`${names.journal("project")} as p`, "p.id", "d.project")
      .where("p.company", run.company)
      .orderBy(["d.document", "d.document_id"])
      .select("d.batch", "d.document", "d.document_id"),
  );
  return rows.map((row) => ({
    event: textOrNull(row, "batch") === null ? "nothing_to_send" : "claimed",
    document: text(row, "document") as DocumentType,
    documentId: text(row, "document_id"),
  }));
}

/** A row's document, by its `documentKey`. */
export const readDocumentKey = (row: Row): string =>
  documentKey({ document: text(row, "document") as DocumentType, documentId: text(row, "document_id") });
