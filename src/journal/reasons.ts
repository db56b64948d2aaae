import type { CompanyContext } from "../context.ts";
import type { Queries } from "../db/db.ts";
import { idSet, insertRows } from "../db/row-sets.ts";
import type { ErpStatus, StagedDocument } from "../staging/rows.ts";

type Reasoned = Pick<StagedDocument, "document" | "documentId" | "projectId">;

/** Characters of a reason that are kept. */
const REASON_LENGTH = 900;

/**
 * Notes why documents stand where they stand, in words for people. It holds as long as staging shows the status
 * it was worded for.
 */
export async function setReason(
  { names, company }: Pick<CompanyContext, "names" | "company">,
  tx: Queries,
  documents: readonly Reasoned[],
  status: ErpStatus,
  reason: string,
  since: string,
): Promise<void> {
  const table = names.journal("document_reason");
  const rows = documents.map((document) => ({
    company: company.id,
    project_id: document.projectId,
    document: document.document,
    document_id: document.documentId,
    erp_status: status,
    reason: reason.slice(0, REASON_LENGTH),
    since,
  }));
  for (const type of ["budget", "modification"] as const) {
    const ids = rows.filter((row) => row.document === type).map((row) => row.document_id);
    if (ids.length === 0) continue;
    await tx.query(
      tx.sql
        .build(table)
        .where({ company: company.id, document: type })
        .whereIn("document_id", idSet(tx, ids))
        .del(),
    );
  }
  await insertRows(
    tx,
    table,
    {
      company: "text",
      project_id: "text",
      document: "text",
      document_id: "text",
      erp_status: "text",
      reason: "text",
      since: "text",
    },
    rows,
  );
}
