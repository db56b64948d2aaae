import type { CompanyContext } from "../context.ts";
import type { ErpStatus, StagedDocument } from "../core/staged.ts";
import type { Queries } from "../db/db.ts";
import { idSet } from "../db/row-sets.ts";

/** A document that stands where it stands for a reason. */
export type Reasoned = Pick<StagedDocument, "document" | "documentId" | "projectId" | "acceptedAt">;

/** Characters of a reason that are kept. */
const REASON_LENGTH = 900;

/**
 * Notes why documents stand where they stand, in words for people. It holds as long as staging shows the status
 * it was worded for; of an accepted document, until it is accepted anew.
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
    accepted_at: document.acceptedAt,
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
  await tx.insert(
    table,
    {
      company: "text",
      project_id: "text",
      document: "text",
      document_id: "text",
      erp_status: "text",
      accepted_at: "text",
      reason: "text",
      since: "text",
    },
    rows,
  );
}

/** Says the same of every exported document of a project, also of those that earlier batches brought. */
export async function setReasonOfExported(
  { names, company }: Pick<CompanyContext, "names" | "company">,
  tx: Queries,
  projectId: string,
  reason: string,
): Promise<void> {
  await tx.query(
    tx.sql
      .build(names.journal("document_reason"))
      .where({ company: company.id, project_id: projectId, erp_status: "exported" })
      .update({ reason: reason.slice(0, REASON_LENGTH) }),
  );
}
