import type { CompanyContext } from "../../context.ts";
import { documentKey, type PlannedProject } from "../../core/plan/types.ts";
import type { StagedDocument } from "../../core/staged.ts";
import { DOCUMENT_TRANSITIONS } from "../../core/states.ts";
import { toTimestamp } from "../../core/time.ts";
import { acceptanceOf, tellAudit } from "../../journal/audit-chain.ts";
import { touchJobs } from "../../journal/jobs.ts";
import { withinLease } from "../../journal/lease.ts";
import { insertMovements } from "../../journal/movements.ts";
import { insertProjects } from "../../journal/projects.ts";
import { insertSentDocuments } from "../../journal/sent-documents.ts";
import { readDocuments } from "../../staging/documents.ts";
import { changeHeader, setLinesSynced, unlockIfNothingExported } from "../../staging/write-flags.ts";
import { changedDocuments } from "./changed-documents.ts";
import { movementsOf } from "./planned-movements.ts";

/**
 * Syncs documents whose every difference is 0.00, at once and with no batch. Money that only moved between
 * staging lines of one key is recorded, so that a line's life stays traceable.
 * @returns the ids made synced; empty if staging changed meanwhile, then the next run looks again
 */
export async function syncNothingToSend(
  context: CompanyContext,
  planned: PlannedProject,
  documentsOfProject: readonly StagedDocument[],
): Promise<string[]> {
  const { names, clock } = context;
  const at = toTimestamp(clock.now());
  return withinLease(context, async (tx) => {
    const read = await readDocuments(tx, names, planned.documents);
    if (changedDocuments(planned.documents, read).length > 0) return [];
    for (const document of read) {
      const changed = await changeHeader(tx, names, document, DOCUMENT_TRANSITIONS.nothing_to_send);
      if (!changed)
        throw new Error(`${documentKey(document)} could not be synced: staging did not take the change`);
      await setLinesSynced(
        tx,
        names,
        document,
        document.lines.map((line) => line.rawId),
        true,
      );
    }
    // A modification alone says nothing of its budget's lock.
    if (read.some((document) => document.document === "budget"))
      await unlockIfNothingExported(tx, names, documentsOfProject);
    await insertProjects(context, tx, [planned.project]);
    await insertSentDocuments(context, tx, { batchId: null, documents: read });
    await insertMovements(context, tx, movementsOf([planned], "nothing_to_send", null));
    await touchJobs(context, tx, [planned.job]);
    await tellAudit(context, tx, at, {
      event: "nothing_to_send",
      subject: planned.project.projectNumber,
      details: { documents: read.map(acceptanceOf) },
    });
    return read.map((document) => document.documentId);
  });
}
