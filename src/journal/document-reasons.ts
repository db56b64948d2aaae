import type { CompanyContext } from "../context.ts";
import { joinKey } from "../core/key.ts";
import { documentKey } from "../core/plan/types.ts";
import type { DocumentType, ErpStatus, StagedDocument } from "../core/staged.ts";
import type { Queries } from "../db/db.ts";
import { idSet } from "../db/row-sets.ts";
import { text } from "../db/values.ts";

/** A document that stands where it stands for a reason. */
export type Reasoned = Pick<StagedDocument, "document" | "documentId" | "projectId" | "acceptedAt">;

const DOCUMENT_TYPES: readonly DocumentType[] = ["budget", "modification"];

/** Characters of a reason that are kept. */
const REASON_LENGTH = 900;

/** Why a document stands where it stands, in words for people. */
export interface DocumentReason {
  readonly document: Reasoned;
  readonly status: ErpStatus;
  readonly reason: string;
}

type Writer = Pick<CompanyContext, "names" | "company">;

const idsOf = (reasons: readonly DocumentReason[], type: DocumentType): string[] =>
  reasons.filter(({ document }) => document.document === type).map(({ document }) => document.documentId);

/** Those of some reasons that are not noted already, word for word. */
export async function newReasons(
  { names, company }: Writer,
  queries: Queries,
  reasons: readonly DocumentReason[],
): Promise<DocumentReason[]> {
  const noted = new Set<string>();
  for (const type of DOCUMENT_TYPES) {
    const ids = idsOf(reasons, type);
    if (ids.length === 0) continue;
    const rows = await queries.query(
      queries.sql
        .build(names.journal("document_reason"))
        .where({ company: company.id, document: type })
        .whereIn("document_id", idSet(queries, ids))
        .select(),
    );
    for (const row of rows)
      noted.add(
        joinKey(
          ...["document", "document_id", "project_id", "erp_status", "accepted_at", "reason"].map((column) =>
            text(row, column),
          ),
        ),
      );
  }
  return reasons.filter(
    ({ document, status, reason }) =>
      !noted.has(
        joinKey(
          ...[document.document, document.documentId, document.projectId, status, document.acceptedAt],
          reason.slice(0, REASON_LENGTH),
        ),
      ),
  );
}

/**
 * Notes why documents stand where they stand, where that is not noted already. It holds as long as staging shows the
 * status it was worded for; of an accepted document, until it is accepted anew.
 */
export async function setReasons(
  writer: Writer,
  tx: Queries,
  all: readonly DocumentReason[],
  since: string,
): Promise<void> {
  const { names, company } = writer;
  // Staging may have a header twice.
  const each = new Map(all.map((one) => [documentKey(one.document), one]));
  const reasons = await newReasons(writer, tx, [...each.values()]);
  const table = names.journal("document_reason");
  for (const type of DOCUMENT_TYPES) {
    const ids = idsOf(reasons, type);
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
    reasons.map(({ document, status, reason }) => ({
      company: company.id,
      project_id: document.projectId,
      document: document.document,
      document_id: document.documentId,
      erp_status: status,
      accepted_at: document.acceptedAt,
      reason: reason.slice(0, REASON_LENGTH),
      since,
    })),
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
