import type { CompanyContext } from "../../context.ts";
import { entryNames } from "../../core/import-line.ts";
import { joinKey, showKey } from "../../core/key.ts";
import type { LineFinding } from "../../core/match/match-lines.ts";
import { formatMoney } from "../../core/money.ts";
import { contentSays, lineSays, saysTheSame } from "../../core/plan/content.ts";
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

/** One project's part of a reconciliation. */
export interface SettleInput {
  /** All of the project's import lines, with what Sage's entries say of each now. */
  readonly findings: readonly LineFinding[];
  /** The project's documents as staging has them. */
  readonly documents: readonly StagedDocument[];
  /** What each document's lines said when it was last sent, by `documentKey`. */
  readonly sentContents: ReadonlyMap<string, string>;
}

export interface Settled {
  /** Ids of the documents made synced. */
  readonly synced: readonly string[];
  /** Documents whose lines are all tied out, but which staging changed since the export. */
  readonly changedSinceExport: readonly StagedDocument[];
}

/** States in which Sage carries the line's amount. */
const CARRIED_STATES: ReadonlySet<ImportLineState> = new Set(["posted", "posted_twice"]);

/**
 * Writes down what was found of a project's lines, and flips the flags that are proved by it, in one transaction.
 * Without news it writes nothing. Flags never go back: what changes later in Sage is shown, not locked again.
 */
export async function settleProject(context: CompanyContext, input: SettleInput): Promise<Settled> {
  const { names, clock } = context;
  const at = toTimestamp(clock.now());
  const changed = input.findings.filter(isNews);
  const exported = input.documents.filter((document) => document.status === "exported");
  const openLines = openLinesByDocument(input.findings);
  const finished = exported.filter((document) => (openLines.get(documentKey(document)) ?? 0) === 0);
  // `erp_synced` of a line means seen posted: a difference that a person closed settles the header alone.
  const onlyAccepted = sourceKeys(
    input.findings.filter(
      ({ tracked, state }) => state === "accepted_difference" && !tracked.status.tiedOutAt,
    ),
  );
  const isAsSent = isAsSentBy(input.sentContents);
  const changedSinceExport = exported.filter((document) => !isAsSent(document));
  const toSync = finished.filter(isAsSent);
  const leftLocked =
    openLines.size === 0 && exported.length === 0 ? input.documents.filter(isLeftLocked) : [];
  if (changed.length === 0 && toSync.length === 0 && leftLocked.length === 0)
    return { synced: [], changedSinceExport };

  return withinLease(context, async (tx) => {
    await writeFindings(context, tx, changed, at);
    const newlyTied = changed.filter(({ tracked, state }) => state === "posted" && !tracked.status.tiedOutAt);
    await markLinesSynced(context, tx, input, newlyTied);

    const synced: StagedDocument[] = [];
    for (const document of await readDocuments(tx, names, toSync)) {
      if (!isAsSent(document)) continue;
      if (!(await changeHeader(tx, names, document, DOCUMENT_TRANSITIONS.tied_out))) continue;
      const seenPosted = document.lines.filter(
        (line) => !onlyAccepted.has(joinKey(documentKey(document), line.lineId)),
      );
      await setLinesSynced(
        tx,
        names,
        document.document,
        seenPosted.map((line) => line.rawId),
        true,
      );
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
        lines: changed.map(({ tracked, state, postedCents, entries }) => ({
          batch: tracked.batch.batchId,
          line: tracked.line.lineNo,
          key: showKey(tracked.line.key),
          exported: formatMoney(tracked.line.cents),
          posted: formatMoney(postedCents),
          from: tracked.status.state,
          to: state,
          entries: entries.map((entry) => `${entry.run}/${entry.sequence}`),
        })),
        synced: synced.map(({ document, documentId }) => ({ document, document_id: documentId })),
        ...(leftLocked.length > 0 ? { unlocked: leftLocked.map(({ documentId }) => documentId) } : {}),
      },
    });
    return { synced: synced.map((document) => document.documentId), changedSinceExport };
  });
}

/**
 * A budget whose lock outlived what it was locked for: the last exported document of its project left that state
 * by other hands, or was accepted again with nothing to send. One that is sent or accepted is locked for that.
 */
const isLeftLocked = ({ document, status, flags }: StagedDocument): boolean =>
  document === "budget" &&
  flags.erpLocked &&
  (status === "synced" || status === "rejected" || status === "retrieved" || status === "not_sent");

/** Whether a document says what it said when it was last sent. */
export const isAsSentBy =
  (sentContents: SettleInput["sentContents"]) =>
  (document: StagedDocument): boolean => {
    const sent = sentContents.get(documentKey(document));
    return sent !== undefined && saysTheSame(document, sent);
  };

const isNews = (finding: LineFinding): boolean => {
  const { tracked, state, postedCents, ambiguous } = finding;
  const { status } = tracked;
  return (
    state !== status.state ||
    postedCents !== status.postedCents ||
    ambiguous !== status.ambiguous ||
    (!finding.isAsLastSeen && entryNames(finding.entries) !== tracked.entries)
  );
};

/** Tied out now or at any time before, or closed by a person. */
const isSettled = (finding: LineFinding): boolean =>
  isTiedOut(finding) || finding.state === "accepted_difference";

const isTiedOut = ({ tracked, state }: LineFinding): boolean =>
  tracked.status.tiedOutAt !== null || state === "posted";

/** The staging lines behind some import lines, each with its document. */
const sourceKeys = (findings: readonly LineFinding[]): ReadonlySet<string> =>
  new Set(
    findings.flatMap(({ tracked }) =>
      tracked.line.sources.map((source) => joinKey(documentKey(source), source.stagingLineId ?? "")),
    ),
  );

function openLinesByDocument(findings: readonly LineFinding[]): Map<string, number> {
  const open = new Map<string, number>();
  for (const finding of findings) {
    if (isSettled(finding)) continue;
    for (const key of new Set(finding.tracked.line.sources.map(documentKey)))
      open.set(key, (open.get(key) ?? 0) + 1);
  }
  return open;
}

async function writeFindings(
  context: CompanyContext,
  tx: Queries,
  changed: readonly LineFinding[],
  at: string,
): Promise<void> {
  await updateLineStatuses(
    context,
    tx,
    changed.map(({ tracked: { batch, line, status }, state, postedCents, ambiguous }) => ({
      ...{ batchId: batch.batchId, lineNo: line.lineNo, state, postedCents, ambiguous },
      stateSince: state === status.state ? status.stateSince : at,
      tiedOutAt: status.tiedOutAt ?? (state === "posted" ? at : null),
    })),
  );
  await replacePostings(
    context,
    tx,
    at,
    changed
      // What was behind a line of a job that is not in the copy any more stays known.
      .filter(({ isAsLastSeen }) => !isAsLastSeen)
      .map(({ tracked: { batch, line }, entries }) => ({
        batchId: batch.batchId,
        lineNo: line.lineNo,
        entries,
      })),
  );
  await insertMovements(context, tx, at, changed.flatMap(movementsOf));
}

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

/**
 * Staging lines behind import lines that have just been tied out become synced, if every import line they are
 * part of is tied out and staging still says of them what was exported.
 */
async function markLinesSynced(
  { names }: CompanyContext,
  tx: Queries,
  input: SettleInput,
  newlyTied: readonly LineFinding[],
): Promise<void> {
  if (newlyTied.length === 0) return;
  const stillOpen = sourceKeys(input.findings.filter((finding) => !isTiedOut(finding)));
  const tied = sourceKeys(newlyTied);
  const behind = new Set(newlyTied.flatMap(({ tracked }) => tracked.line.sources.map(documentKey)));
  const documents = input.documents.filter((document) => behind.has(documentKey(document)));
  for (const document of await readDocuments(tx, names, documents)) {
    const sent = new Set(contentSays(input.sentContents.get(documentKey(document)) ?? "[]"));
    const rawIds = document.lines
      .filter((line) => {
        const key = joinKey(documentKey(document), line.lineId);
        return tied.has(key) && !stillOpen.has(key) && sent.has(lineSays(line));
      })
      .map((line) => line.rawId);
    await setLinesSynced(tx, names, document.document, rawIds, true);
  }
}
