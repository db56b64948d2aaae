import type { CompanyContext } from "../../context.ts";
import type { ImportLine } from "../../core/import-line.ts";
import { type EstimateKind, joinKey } from "../../core/key.ts";
import { formatMoney, sumCents } from "../../core/money.ts";
import { documentContent } from "../../core/plan/content.ts";
import { documentKey, type PlannedBatch, type PlannedProject } from "../../core/plan/types.ts";
import type { SageEntry } from "../../core/sage.ts";
import { sha256 } from "../../core/sha256.ts";
import type { StagedDocument } from "../../core/staged.ts";
import { DOCUMENT_TRANSITIONS } from "../../core/states.ts";
import { type Day, dayIn, toTimestamp } from "../../core/time.ts";
import type { Queries } from "../../db/db.ts";
import { type AuditFact, acceptanceOf, tellAudit } from "../../journal/audit-chain.ts";
import { batchIdOf, insertBatch, lastBatch } from "../../journal/batches.ts";
import { insertImportLines } from "../../journal/import-lines.ts";
import { touchJobs } from "../../journal/jobs.ts";
import { insertKnownEntries } from "../../journal/known-entries.ts";
import { withinLease } from "../../journal/lease.ts";
import { insertMovements } from "../../journal/movements.ts";
import { insertProjects } from "../../journal/projects.ts";
import { insertSentDocuments } from "../../journal/sent-documents.ts";
import { readDocuments } from "../../staging/documents.ts";
import { changeHeader, lockBudget, setLinesSynced } from "../../staging/write-flags.ts";
import { setExportedReason } from "../exported-reason.ts";
import { changedDocuments } from "./changed-documents.ts";
import { movementsOf } from "./planned-movements.ts";

/** What a claim needs beside the plan. */
export interface ClaimInput {
  readonly batch: PlannedBatch;
  readonly transactionDate: Day;
  readonly mappingSha256: string;
  /** Entries that Sage's copy shows already, by job: none of them counts for this batch. */
  readonly entries: ReadonlyMap<string, readonly SageEntry[]>;
  /** Each project's budget, for its lock. */
  readonly budgets: ReadonlyMap<string, StagedDocument>;
}

export type ClaimResult =
  | { readonly batchId: string }
  /** These documents are not as they were read: the batch must be planned again without them. */
  | { readonly changed: readonly string[] };

/** Undoes the transaction when staging is found changed in the middle of it. */
class StagingChanged extends Error {
  readonly documents: readonly string[];
  constructor(documents: readonly string[]) {
    super("staging changed while it was being claimed");
    this.documents = documents;
  }
}

/**
 * Claims a batch in one transaction: takes its documents if they are still as read, sets their flags, and writes
 * down all that rendering and matching will ever need. After it nothing decides any more.
 * @throws LeaseLost if another instance has taken over
 */
export async function claimBatch(context: CompanyContext, input: ClaimInput): Promise<ClaimResult> {
  try {
    const batchId = await withinLease(context, (tx) => claim(context, tx, input));
    return { batchId };
  } catch (error) {
    if (error instanceof StagingChanged) return { changed: error.documents };
    throw error;
  }
}

async function claim(context: CompanyContext, tx: Queries, input: ClaimInput): Promise<string> {
  const { names, clock, company, timeZone } = context;
  const projects = input.batch.projects;
  const documents = projects.flatMap((planned) => planned.documents);
  const read = await readDocuments(tx, names, documents);
  const changed = changedDocuments(documents, read);
  if (changed.length > 0) throw new StagingChanged(changed);

  const now = clock.now();
  const at = toTimestamp(now);
  const previous = await lastBatch(tx, context);
  const number = (previous?.number ?? 0) + 1;
  const batchId = batchIdOf(company.id, number);
  const lines = linesOf(projects);

  await setFlags(context, tx, projects, read, input.budgets);
  await insertBatch(context, tx, {
    batchId,
    number,
    at,
    claimDay: dayIn(timeZone, now),
    transactionDate: input.transactionDate,
    mappingSha256: input.mappingSha256,
    previousManifestSha256: previous?.manifestSha256 ?? null,
  });
  await insertProjects(
    context,
    tx,
    projects.map(({ project }) => project),
  );
  await insertImportLines(context, tx, batchId, lines);
  await insertSentDocuments(context, tx, { batchId, documents: read });
  await insertMovements(context, tx, movementsOf(projects, "claimed", batchId));
  const jobs = new Set(lines.map(({ key }) => key.job));
  await touchJobs(context, tx, jobs);
  await insertKnownEntries(
    context,
    tx,
    { claimOf: number },
    [...jobs].flatMap((job) => input.entries.get(job) ?? []),
  );
  for (const planned of projects)
    await setExportedReason(
      context,
      tx,
      planned.project.projectId,
      planned.documents,
      at,
      "nothing of it has an amount to be posted; the next reconciliation frees it",
    );
  await tellAudit(context, tx, at, claimedFact(batchId, input, documents));
  return batchId;
}

/** Numbered as they come, from 1. */
const linesOf = (projects: readonly PlannedProject[]): Omit<ImportLine, "sources">[] =>
  projects
    .flatMap(({ project, lines }) => lines.map((line) => ({ project, line })))
    .map(({ project, line }, index) => ({
      lineNo: index + 1,
      kind: line.kind,
      projectId: project.projectId,
      projectNumber: project.projectNumber,
      projectName: project.name,
      key: line.key,
      jobDescription: line.jobDescription,
      extraDescription: line.extraDescription,
      extraIsNew: line.extraIsNew,
      costCodeDescription: line.costCodeDescription,
      costCodeIsNew: line.costCodeIsNew,
      cents: line.cents,
      inFile: line.inFile,
    }));

function claimedFact(
  batchId: string,
  { batch, transactionDate, mappingSha256 }: ClaimInput,
  documents: readonly StagedDocument[],
): AuditFact {
  const lines = batch.projects.flatMap((planned) => planned.lines);
  const total = (kind: EstimateKind) =>
    formatMoney(sumCents(lines.filter((line) => line.kind === kind).map((line) => line.cents)));
  return {
    event: "batch_claimed",
    subject: batchId,
    details: {
      transaction_date: transactionDate,
      mapping_sha256: mappingSha256,
      lines: lines.length,
      original: total("original"),
      approved_changes: total("approved_change"),
      documents: documents.map((document) => ({
        ...acceptanceOf(document),
        content_sha256: sha256(documentContent(document)),
      })),
    },
  };
}

async function setFlags(
  { names }: CompanyContext,
  tx: Queries,
  projects: readonly PlannedProject[],
  read: readonly StagedDocument[],
  budgets: ReadonlyMap<string, StagedDocument>,
): Promise<void> {
  for (const planned of projects) {
    const sending = new Set(
      // What comes to 0.00 on its key counts as tied out: nothing of it is under way.
      planned.lines
        .filter((line) => line.cents !== 0n)
        .flatMap((line) =>
          line.sources
            .filter((source) => source.cents !== 0n)
            .map((source) => joinKey(documentKey(source.document), source.stagingLineId ?? "")),
        ),
    );
    for (const document of read.filter((d) =>
      planned.documents.some((p) => documentKey(p) === documentKey(d)),
    )) {
      if (!(await changeHeader(tx, names, document, DOCUMENT_TRANSITIONS.claimed)))
        throw new StagingChanged([documentKey(document)]);
      const rawIds = document.lines
        .filter((line) => sending.has(joinKey(documentKey(document), line.lineId)))
        .map((line) => line.rawId);
      await setLinesSynced(tx, names, document, rawIds, false);
    }
    const budget = budgets.get(planned.project.projectId);
    if (budget) await lockBudget(tx, names, budget);
  }
}
