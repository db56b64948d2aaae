import type { CompanyContext } from "../context.ts";
import { dayIn } from "../core/time.ts";
import type { Queries } from "../db/db.ts";
import { type Reasoned, setReasonOfExported, setReasons } from "../journal/document-reasons.ts";
import { readOpenBatches } from "../journal/import-lines.ts";

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
  const open = await readOpenBatches(tx, names, { company: company.id, projectId });
  const total = (of: "settled" | "lines") => open.reduce((sum, batch) => sum + batch[of], 0);
  const since = open.map(({ createdAt }) => createdAt).sort()[0] ?? at;
  const reason =
    open.length === 0
      ? whenNothingIsOpen
      : `${total("settled")} of ${total("lines")} entries posted, batch ${open
          .map(({ batchId }) => batchId)
          .join(", ")}, since ${dayIn(timeZone, new Date(since))}`;
  await setReasons(
    context,
    tx,
    documents.map((document) => ({ document, status: "exported" as const, reason })),
    at,
  );
  await setReasonOfExported(context, tx, projectId, reason);
}
