import type { CompanyContext } from "../context.ts";
import { documentContent } from "../core/plan/content.ts";
import type { PlannedLine } from "../core/plan/types.ts";
import type { StagedDocument } from "../core/staged.ts";
import { DOCUMENT_TRANSITIONS } from "../core/states.ts";
import type { Queries } from "../db/db.ts";
import { insertRows } from "../db/row-sets.ts";

/** Something that took documents out of `accepted`: a batch, or the finding that nothing of them is to be sent. */
interface Sending {
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

/** Moves the lines' money. Lines are numbered as they come, from 1, where there is a batch to number them in. */
export async function insertMovements(
  { names, company, runId }: CompanyContext,
  tx: Queries,
  { event, batchId, at, lines }: Sending & { readonly lines: readonly PlannedLine[] },
): Promise<void> {
  const [from, to] = DOCUMENT_TRANSITIONS[event].movement;
  await insertRows(
    tx,
    names.journal("movement"),
    MOVEMENT_COLUMNS,
    lines.flatMap((line, index) =>
      line.sources.map((source) => ({
        company: company.id,
        run_id: runId,
        moved_at: at,
        from_account: from,
        to_account: to,
        cents: source.cents,
        kind: line.kind,
        job: line.key.job,
        extra: line.key.extra,
        cost_code: line.key.costCode,
        category: line.key.category,
        project_id: source.document.projectId,
        document: source.document.document,
        document_id: source.document.documentId,
        staging_line_id: source.stagingLineId,
        cause: source.cause,
        batch_id: batchId,
        line_no: batchId === null ? null : index + 1,
        accepted_by: source.document.acceptedBy,
        accepted_at: source.document.acceptedAt,
        mapping_rows: joinMappingRows(source.mappingRows),
      })),
    ),
  );
}

/** Mapping rows as one text; neither file names nor row numbers hold the separator. */
export const joinMappingRows = (rows: readonly string[]): string => rows.join("; ");
export const splitMappingRows = (rows: string): string[] => (rows === "" ? [] : rows.split("; "));

export const MOVEMENT_COLUMNS = {
  company: "text",
  run_id: "text",
  moved_at: "text",
  from_account: "text",
  to_account: "text",
  cents: "cents",
  kind: "text",
  job: "text",
  extra: "text",
  cost_code: "text",
  category: "text",
  project_id: "text",
  document: "text",
  document_id: "text",
  staging_line_id: "text",
  cause: "text",
  batch_id: "text",
  line_no: "integer",
  accepted_by: "text",
  accepted_at: "text",
  mapping_rows: "text",
} as const;
