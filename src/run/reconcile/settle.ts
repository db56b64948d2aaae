import type { CompanyContext } from "../../context.ts";
import { groupBy } from "../../core/group-by.ts";
import type { LineFinding } from "../../core/match/match-lines.ts";
import { type Settlement, settlementOf } from "../../core/match/settlement.ts";
import { moneyJson } from "../../core/money-json.ts";
import { documentKey } from "../../core/plan/types.ts";
import type { StagedDocument } from "../../core/staged.ts";
import { type Account, DOCUMENT_TRANSITIONS, type ImportLineState } from "../../core/states.ts";
import { countCodes } from "../../core/tie-out/counts.ts";
import type { TieOutDifference } from "../../core/tie-out/schema.ts";
import { buildUnit } from "../../core/tie-out/unit.ts";
import { toTimestamp } from "../../core/time.ts";
import type { Queries } from "../../db/db.ts";
import { tellAudit } from "../../journal/audit-chain.ts";
import { updateLineStatuses } from "../../journal/import-lines.ts";
import { settleJobs } from "../../journal/jobs.ts";
import { withinLease } from "../../journal/lease.ts";
import { insertMovements, type Movement } from "../../journal/movements.ts";
import { replacePostings } from "../../journal/postings.ts";
import { endParts, keepPart, outdateParts } from "../../journal/tie-out-parts.ts";
import { type Digests, digestText, NO_ROWS } from "../../sage/look.ts";
import { readDocuments, readHeaders } from "../../staging/documents.ts";
import { changeHeader, setLinesSynced, unlockIfNothingExported } from "../../staging/write-flags.ts";
import { setExportedReason } from "../exported-reason.ts";
import { differencesBefore } from "./differences-before.ts";
import { dueDayOf, type Unit } from "./units.ts";
import { STATUSES_WITH_LINES, type Work } from "./work.ts";

export interface Settled {
  /** Ids of the documents made synced. */
  readonly synced: readonly string[];
  /** Whether something is said of the unit that was not said before. */
  readonly isNews: boolean;
  /** Import lines that something else is known of than before. */
  readonly changedLines: number;
}

/**
 * Writes down what was found of some units, flips the flags that are proved by it, and keeps their parts of the
 * tie-out, in one transaction; last of each, what it was settled from. Flags never go back: what changes later in Sage
 * is shown, not locked again.
 */
export async function settleUnits(
  context: CompanyContext,
  units: readonly Unit[],
  work: Pick<Work, "hashOf" | "settledWith">,
  digests: Digests,
): Promise<readonly Settled[]> {
  const { clock, names, db, company } = context;
  const at = toTimestamp(clock.now());
  const previous: TieOutDifference[][] = [];
  for (const { jobs } of units) previous.push(await differencesBefore(db, names, company.id, jobs));
  return withinLease(context, async (tx) => {
    const settled: Settled[] = [];
    for (const [index, unit] of units.entries())
      settled.push(await settleUnit(context, tx, unit, previous[index] ?? [], work, digests, at));
    return settled;
  });
}

async function settleUnit(
  context: CompanyContext,
  tx: Queries,
  unit: Unit,
  previous: readonly TieOutDifference[],
  { hashOf, settledWith }: Pick<Work, "hashOf" | "settledWith">,
  digests: Digests,
  at: string,
): Promise<Settled> {
  const { synced, changed, documents } = await settleProjects(context, tx, unit, at);
  const { codes, projects } = buildUnit({ ...unit.found, documents, previous }, unit.notices);
  const [name, ...others] = unit.jobs;
  let isNews = false;
  if (name !== undefined) {
    isNews = await keepPart(context, tx, {
      ...{ kind: "codes", name, body: moneyJson(codes), counts: countCodes(codes), madeFrom: settledWith },
    });
    await endParts(context, tx, "codes", others);
  }
  const shown = new Map(projects.map((project) => [project.project_id, project]));
  for (const projectId of unit.projectIds) {
    const project = shown.get(projectId);
    const isOther = await keepPart(context, tx, {
      ...{ kind: "project", name: projectId },
      body: project ? moneyJson(project) : "",
      madeFrom: hashOf(
        projectId,
        documents.filter((document) => document.projectId === projectId),
      ),
    });
    isNews ||= isOther;
  }
  const batches = [...new Set(unit.found.lines.map(({ tracked }) => tracked.batch.batchId))];
  if (isNews || changed.length > 0) await outdateParts(context, tx, "batch", batches);
  const dueDay = dueDayOf(unit.found.lines, context);
  await settleJobs(
    context,
    tx,
    unit.jobs.map((job) => ({
      ...{ job, settledWith, dueDay },
      digest: digestText(digests.get(job) ?? NO_ROWS),
    })),
  );
  return { synced: synced.map(({ documentId }) => documentId), isNews, changedLines: changed.length };
}

interface SettledProjects {
  readonly synced: readonly StagedDocument[];
  readonly changed: readonly LineFinding[];
  /** As staging has them now. */
  readonly documents: readonly StagedDocument[];
}

/** Settles each project that something was sent of. Without news nothing is written. */
async function settleProjects(
  context: CompanyContext,
  tx: Queries,
  { found, projectIds, sentContents }: Unit,
  at: string,
): Promise<SettledProjects> {
  const lines = groupBy(found.lines, ({ tracked }) => tracked.line.projectId);
  const documents = groupBy<StagedDocument>(found.documents, ({ projectId }) => projectId);
  const news = projectIds.flatMap((projectId) => {
    const findings = lines.get(projectId) ?? [];
    if (findings.length === 0) return [];
    const own = documents.get(projectId) ?? [];
    const settlement = settlementOf({ findings, documents: own, sentContents });
    const { changed, toSync, leftLocked } = settlement;
    return changed.length + toSync.length + leftLocked.length > 0
      ? [{ projectId, findings, own, settlement }]
      : [];
  });
  const changed = news.flatMap(({ settlement }) => settlement.changed);
  if (news.length === 0) return { synced: [], changed, documents: found.documents };
  await writeFindings(context, tx, changed);
  const synced: StagedDocument[] = [];
  for (const { projectId, own, settlement } of news)
    synced.push(...(await settleProject(context, tx, projectId, own, settlement, at)));
  const numbers = new Set(news.flatMap(({ findings }) => findings[0]?.tracked.line.projectNumber ?? []));
  const unlocked = news.flatMap(({ settlement }) => settlement.leftLocked);
  await tellAudit(context, tx, at, {
    event: "reconciled",
    subject: [...numbers].join(", ").slice(0, 200),
    details: {
      lines: changed.length,
      synced: synced.map(({ document, documentId }) => ({ document, document_id: documentId })),
      ...(unlocked.length > 0 ? { unlocked: unlocked.map(({ documentId }) => documentId) } : {}),
    },
  });
  return { synced, changed, documents: await asTheyAreNow(context, tx, found.documents) };
}

/** Documents with their headers as they stand after flags were written; of one that has left, no lines count any more. */
async function asTheyAreNow(
  { names }: CompanyContext,
  tx: Queries,
  documents: readonly StagedDocument[],
): Promise<StagedDocument[]> {
  const headers = new Map((await readHeaders(tx, names, documents)).map((one) => [documentKey(one), one]));
  return documents.map((document) => {
    const now = headers.get(documentKey(document));
    if (!now) return document;
    const { status, flags } = now;
    return { ...document, status, flags, lines: STATUSES_WITH_LINES.has(status) ? document.lines : [] };
  });
}

async function settleProject(
  context: CompanyContext,
  tx: Queries,
  projectId: string,
  documents: readonly StagedDocument[],
  settlement: Settlement,
  at: string,
): Promise<StagedDocument[]> {
  const { names } = context;
  const { newlyTied, exported, toSync, leftLocked } = settlement;
  await markLinesSynced(context, tx, settlement);

  const synced: StagedDocument[] = [];
  for (const document of await readDocuments(tx, names, toSync)) {
    if (!settlement.isAsSent(document)) continue;
    if (!(await changeHeader(tx, names, document, DOCUMENT_TRANSITIONS.tied_out))) continue;
    await setLinesSynced(tx, names, document, settlement.seenPosted(document), true);
    synced.push(document);
  }
  if (synced.length > 0 || newlyTied.length > 0 || leftLocked.length > 0)
    await unlockIfNothingExported(tx, names, documents);
  const stillExported = exported.filter(
    (document) => !synced.some((one) => documentKey(one) === documentKey(document)),
  );
  await setExportedReason(
    context,
    tx,
    projectId,
    stillExported,
    at,
    "every entry is posted, but staging has changed since the export",
  );
  return synced;
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
    await setLinesSynced(tx, names, document, provedBy(document), true);
}
