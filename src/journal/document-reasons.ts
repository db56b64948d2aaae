import type { CompanyContext } from "../context.ts";
import type { ErpStatus, StagedDocument } from "../core/staged.ts";
import { dayIn } from "../core/time.ts";
import type { Queries } from "../db/db.ts";
import { idSet, insertRows } from "../db/row-sets.ts";
import { integer, text } from "../db/values.ts";

type Reasoned = Pick<StagedDocument, "document" | "documentId" | "projectId" | "acceptedAt">;

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
  await insertRows(
    tx,
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

/**
 * Words for the exported documents of a project: how many entries of its open batches are posted, and since when
 * it waits. All of them say the same, those of earlier batches too.
 */
export async function setExportedReason(
  context: Pick<CompanyContext, "names" | "company" | "timeZone">,
  tx: Queries,
  projectId: string,
  documents: readonly Reasoned[],
  at: string,
  /** What to say where nothing waits to be posted. */
  whenNothingIsOpen: string,
): Promise<void> {
  const { names, company, timeZone } = context;
  const { sql } = tx;
  const settled = sql.build.raw(
    "sum(case when l.tied_out_at is not null or l.state = 'accepted_difference' then 1 else 0 end) as settled",
  );
  const rows = await tx.query(
    sql
      .build(`${names.journal("import_line")} as l`)
      .join(`${names.journal("batch")} as b`, "b.batch_id", "l.batch_id")
      .where({ "l.company": company.id, "l.project_id": projectId, "l.in_file": 1 })
      // A key of 0.00 may be in the file to make it exist; there is no entry of it to be posted.
      .whereNot("l.cents", 0)
      .groupBy("b.batch_id", "b.created_at")
      .orderBy("b.batch_id")
      .select("b.batch_id", "b.created_at", sql.build.raw("count(*) as lines"), settled),
  );
  const open = rows.filter((row) => integer(row, "settled") < integer(row, "lines"));
  const total = (column: string) => open.reduce((sum, row) => sum + integer(row, column), 0);
  const since = open.map((row) => text(row, "created_at")).sort()[0] ?? at;
  const reason =
    open.length === 0
      ? whenNothingIsOpen
      : `${total("settled")} of ${total("lines")} entries posted, batch ${open
          .map((row) => text(row, "batch_id"))
          .join(", ")}, since ${dayIn(timeZone, new Date(since))}`;
  await setReason(context, tx, documents, "exported", reason, at);
  await tx.query(
    sql
      .build(names.journal("document_reason"))
      .where({ company: company.id, project_id: projectId, erp_status: "exported" })
      .update({ reason: reason.slice(0, REASON_LENGTH) }),
  );
}
