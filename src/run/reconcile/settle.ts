import type { CompanyContext } from "../../context.ts";
import type { LineFinding } from "../../core/match/match-lines.ts";
import { type SettleInput, type Settlement, settlementOf } from "../../core/match/settlement.ts";
import { documentKey } from "../../core/plan/types.ts";
import type { StagedDocument } from "../../core/staged.ts";
import { type Account, DOCUMENT_TRANSITIONS, type ImportLineState } from "../../core/states.ts";
import { toTimestamp } from "../../core/time.ts";
import type { Queries } from "../../db/db.ts";
import { tellAudit } from "../../journal/audit-chain.ts";
import { updateLineStatuses } from "../../journal/import-lines.ts";
import { withinLease } from "../../journal/lease.ts";
import { insertMovements, type Movement } from "../../journal/movements.ts";
import { replacePostings } from "../../journal/postings.ts";
import { readDocuments } from "../../staging/documents.ts";
import { changeHeader, setLinesSynced, unlockIfNothingExported } from "../../staging/write-flags.ts";
import { setExportedReason } from "../exported-reason.ts";

export interface Settled {
  /** Ids of the documents made synced. */
  readonly synced: readonly string[];
  /** Exported documents that do not say any more what was exported. */
  readonly changedSinceExport: readonly StagedDocument[];
}

/**
 * Writes down what was found of a project's lines, and flips the flags that are proved by it, in one transaction.
 * Without news it writes nothing. Flags never go back: what changes later in Sage is shown, not locked again.
 */
export async function settleProject(context: CompanyContext, input: SettleInput): Promise<Settled> {
  const { names, clock } = context;
  const at = toTimestamp(clock.now());
  const settlement = settlementOf(input);
  const { changed, newlyTied, exported, changedSinceExport, toSync, leftLocked } = settlement;
  if (changed.length === 0 && toSync.length === 0 && leftLocked.length === 0)
    return { synced: [], changedSinceExport };

  return withinLease(context, async (tx) => {
    await writeFindings(context, tx, changed);
    await markLinesSynced(context, tx, settlement);

    const synced: StagedDocument[] = [];
    for (const document of await readDocuments(tx, names, toSync)) {
      if (!settlement.isAsSent(document)) continue;
      if (!(await changeHeader(tx, names, document, DOCUMENT_TRANSITIONS.tied_out))) continue;
      await setLinesSynced(tx, names, document.document, settlement.seenPosted(document), true);
      synced.push(document);
    }
    if (synced.length > 0 || newlyTied.length > 0 || leftLocked.length > 0)
      await unlockIfNothingExported(tx, names, input.documents);
    const stillExported = exported.filter(
      (document) => !synced.some((one) => documentKey(one) === documentKey(document)),
    );
    const projectId = input.findings[0]?.tracked.line.projectId;
    if (projectId !== undefined)
      await setExportedReason(
        context,
        tx,
        projectId,
        stillExported,
        at,
        "every entry is posted, but staging has changed since the export",
      );

    await tellAudit(context, tx, at, {
      event: "reconciled",
      subject: input.findings[0]?.tracked.line.projectNumber ?? "",
      details: {
        lines: changed.length,
        synced: synced.map(({ document, documentId }) => ({ document, document_id: documentId })),
        ...(leftLocked.length > 0 ? { unlocked: leftLocked.map(({ documentId }) => documentId) } : {}),
      },
    });
    return { synced: synced.map((document) => document.documentId), changedSinceExport };
  });
}

async function writeFindings(
  context: CompanyContext,
  tx: Queries,
  changed: readonly LineFinding[],
): Promise<void> {
  await updateLineStatuses(
    context,
    tx,
    changed.map(({ tracked: { batch, line, status }, state, postedCents, ambiguous }) => ({
      ...{ batchId: batch.batchId, lineNo: line.lineNo, state, postedCents, ambiguous },
      before: status,
    })),
  );
  await replacePostings(
    context,
    tx,
    changed
      // What was behind a line of a job that is not in the copy any more stays known.
      .filter(({ isAsLastSeen }) => !isAsLastSeen)
      .map(({ tracked: { batch, line }, entries }) => ({
        batchId: batch.batchId,
        lineNo: line.lineNo,
        entries,
      })),
  );
  await insertMovements(context, tx, changed.flatMap(movementsOf));
}

/** States in which Sage carries the line's amount. */
const CARRIED_STATES: ReadonlySet<ImportLineState> = new Set(["posted", "posted_twice"]);

/** Money follows what Sage carries, to and fro: every cent is in one account at every moment. */
function movementsOf({ tracked: { batch, line, status }, state }: LineFinding): Movement[] {
  const isCarried = CARRIED_STATES.has(state);
  if (isCarried === CARRIED_STATES.has(status.state)) return [];
  const [from, to]: readonly [Account, Account] = isCarried ? ["claimed", "posted"] : ["posted", "claimed"];
  return line.sources.map(({ number: _number, ...source }) => ({
    ...source,
    ...{ from, to, kind: line.kind, key: line.key, projectId: line.projectId, cause: state },
    line: { batchId: batch.batchId, lineNo: line.lineNo },
  }));
}

/** Staging lines behind import lines that have just been tied out become synced, where that is proved. */
async function markLinesSynced(
  { names }: CompanyContext,
  tx: Queries,
  { behindNewlyTied, provedBy }: Settlement,
): Promise<void> {
  for (const document of await readDocuments(tx, names, behindNewlyTied))
    await setLinesSynced(tx, names, document.document, provedBy(document), true);
}
