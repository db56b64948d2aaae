import type { CompanyContext } from "../context.ts";
import { documentContent } from "../core/plan/content.ts";
import { documentKey } from "../core/plan/types.ts";
import type { DocumentType, StagedDocument } from "../core/staged.ts";
import type { Db, Queries, Row } from "../db/db.ts";
import { text } from "../db/values.ts";
import type { Names } from "../names.ts";

/** Something that took documents out of `accepted`: a batch, or the finding that nothing of them is to be sent. */
export interface Sending {
  readonly event: "claimed" | "nothing_to_send";
  readonly batchId: string | null;
  readonly at: string;
}

/** Writes down each document as it was when it was taken: its flags, for a way back, and what its lines said. */
export async function insertSentDocuments(
  { names, company, runId }: CompanyContext,
  tx: Queries,
  { event, batchId, at, documents }: Sending & { readonly documents: readonly StagedDocument[] },
): Promise<void> {
  // One statement a document: its content is a text of its own size, and a batch has few documents.
  for (const document of documents)
    await tx.query(
      tx.sql.build(names.journal("sent_document")).insert({
        run_id: runId,
        batch_id: batchId,
        event,
        company: company.id,
        project_id: document.projectId,
        document: document.document,
        document_id: document.documentId,
        number: document.number,
        title: document.title,
        accepted_by: document.acceptedBy,
        accepted_at: document.acceptedAt,
        sent_at: at,
        flags_before: JSON.stringify({
          ...document.flags,
          syncedLines: document.lines.filter((line) => line.erpSynced).map((line) => line.lineId),
        }),
        content: documentContent(document),
      }),
    );
}

/** What the lines of each document said when it was last sent, with its project, by `documentKey`; in the order they were sent. */
export async function* readSentContents(
  db: Db,
  names: Names,
  company: string,
): AsyncGenerator<{ readonly projectId: string; readonly document: string; readonly content: string }> {
  const statement = db.sql
    .build(names.journal("sent_document"))
    .where({ company })
    .orderBy("sent_at")
    .select("project_id", "document", "document_id", "content");
  for await (const row of db.rows(statement))
    yield {
      projectId: text(row, "project_id"),
      document: readDocumentKey(row),
      content: text(row, "content"),
    };
}

/** What the lines of each document of some projects said when it was last sent, by `documentKey`. */
export async function readContentsOf(
  db: Db,
  names: Names,
  company: string,
  projectIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const wanted = new Set(projectIds);
  const contents = new Map<string, string>();
  for await (const sent of readSentContents(db, names, company))
    if (wanted.has(sent.projectId)) contents.set(sent.document, sent.content);
  return contents;
}

/** The numbers of modifications that were sent, by `documentKey`. */
export async function readSentNumbers(
  queries: Queries,
  names: Names,
  which: { readonly batch_id: string } | { readonly company: string },
): Promise<ReadonlyMap<string, string>> {
  const rows = await queries.query(
    queries.sql
      .build(names.journal("sent_document"))
      .where(which)
      .select("document", "document_id", "number"),
  );
  return new Map(rows.map((row) => [readDocumentKey(row), text(row, "number")]));
}

/** Every document that was ever sent, once, with its project. */
export async function readDocumentsSent(
  queries: Queries,
  names: Names,
  company: string,
): Promise<{ readonly projectId: string; readonly document: DocumentType; readonly documentId: string }[]> {
  const rows = await queries.query(
    queries.sql
      .build(names.journal("sent_document"))
      .where({ company })
      .distinct("project_id", "document", "document_id"),
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
    queries.sql
      .build(names.journal("sent_document"))
      .where({ company: run.company, run_id: run.runId })
      .orderBy(["document", "document_id"])
      .select("event", "document", "document_id"),
  );
  return rows.map((row) => ({
    event: text(row, "event"),
    document: text(row, "document") as DocumentType,
    documentId: text(row, "document_id"),
  }));
}

/** A row's document, by its `documentKey`. */
export const readDocumentKey = (row: Row): string =>
  documentKey({ document: text(row, "document") as DocumentType, documentId: text(row, "document_id") });
