import { join } from "node:path";
import type { Context } from "../../context.ts";
import { groupBy } from "../../core/group-by.ts";
import type { TrackedLine } from "../../core/import-line.ts";
import { keyFields } from "../../core/key.ts";
import { formatMoney, sumCents } from "../../core/money.ts";
import { fail, type Outcome, ok } from "../../core/outcome.ts";
import { readBatch, readBatches } from "../../journal/batches.ts";
import { readBudgetActions } from "../../journal/budget-action-view.ts";
import { readOpenHolds } from "../../journal/holds.ts";
import { readTrackedLines } from "../../journal/import-lines.ts";
import { readPostings } from "../../journal/postings.ts";
import { lastDone } from "../../journal/runs.ts";
import { readStaging } from "../../staging/read-staging.ts";
import { companiesToRun } from "../company-run.ts";
import { unassignedHolds } from "../export/survey.ts";
import { holdResult } from "../hold-result.ts";
import { runProblems } from "../problems.ts";
import type { BatchesResult, BatchResult, BatchSummary, HoldsResult, StatusResult } from "../results.ts";

interface LookOptions {
  readonly company?: string | undefined;
}

/** Where each budget stands and what may be done with it. */
export async function lookAtStatus(
  { db, names, config }: Context,
  options: LookOptions & { readonly projectNumber?: string | undefined } = {},
): Promise<Outcome<StatusResult>> {
  const staging = await readStaging(db, names);
  const actions = await readBudgetActions(db, names);
  const documents = groupBy(staging.documents, (document) => document.projectId);
  const companies = new Set(config.companies.map((company) => company.id));
  const projects = staging.projects
    .filter((project) =>
      options.company ? project.company === options.company : companies.has(project.company),
    )
    .filter(
      (project) => options.projectNumber === undefined || project.projectNumber === options.projectNumber,
    )
    .sort((a, b) => (a.projectNumber < b.projectNumber ? -1 : 1));
  if (options.projectNumber !== undefined && projects.length === 0)
    return fail(runProblems.project_unknown(options.projectNumber));
  return ok({
    projects: projects.flatMap((project) => {
      const action = actions.get(project.projectId);
      if (!action) return [];
      return [
        {
          company: project.company,
          project_id: project.projectId,
          project_number: project.projectNumber,
          name: project.name,
          can_send: action.canSend,
          can_retrieve: action.canRetrieve,
          can_unlock: action.canUnlock,
          can_add_line_item: action.canAddLineItem,
          can_create_modification: action.canCreateModification,
          can_import_estimate: action.canImportEstimate,
          reason: action.reason,
          documents: (documents.get(project.projectId) ?? []).map((document) => ({
            document: document.document,
            document_id: document.documentId,
            number: document.number,
            title: document.title,
            erp_status: document.status ?? document.flags.erpStatus.trim(),
            erp_synced: document.flags.erpSynced,
            erp_locked: document.flags.erpLocked,
            accepted_by: document.acceptedBy,
            accepted_at: document.acceptedAt,
          })),
        },
      ];
    }),
  });
}

/** What is held and why, as the last export saw it. */
export async function lookAtHolds(context: Context, options: LookOptions = {}): Promise<HoldsResult> {
  const { db, names, config } = context;
  const companies: HoldsResult["companies"][number][] = [];
  for (const company of companiesToRun(context, options.company)) {
    const holds = await readOpenHolds(db, names, company.id);
    companies.push({
      company: company.id,
      as_of: await lastDone(db, names, company.id, "export"),
      holds: holds.map((hold) => ({ ...holdResult(hold), began_at: hold.beganAt })),
    });
  }
  const unassigned = unassignedHolds(await readStaging(db, names), config.companies).map(holdResult);
  return { companies, unassigned };
}

/** Every batch and its state. */
export async function lookAtBatches(context: Context, options: LookOptions = {}): Promise<BatchesResult> {
  const { db, names } = context;
  const companies: BatchesResult["companies"][number][] = [];
  for (const company of companiesToRun(context, options.company)) {
    const batches = await readBatches(db, names, company.id);
    const lines = groupBy(
      await readTrackedLines(db, names, company.id, batches),
      ({ batch }) => batch.batchId,
    );
    companies.push({
      company: company.id,
      batches: batches.map((batch) => summary(batch, lines.get(batch.batchId) ?? [])),
    });
  }
  return { companies };
}

type Header = Awaited<ReturnType<typeof readBatches>>[number];

const summary = (batch: Header, lines: readonly Omit<TrackedLine, "entries">[]): BatchSummary => {
  const total = (kind: string) =>
    formatMoney(sumCents(lines.filter(({ line }) => line.kind === kind).map(({ line }) => line.cents)));
  const states = groupBy(lines, ({ status }) => status.state);
  return {
    batch_id: batch.batchId,
    state: batch.state,
    created_at: batch.createdAt,
    transaction_date: batch.transactionDate,
    projects: [...new Set(lines.map(({ line }) => line.projectNumber))],
    lines: lines.length,
    original: total("original"),
    approved_changes: total("approved_change"),
    tied_out: lines.filter(({ status }) => status.tiedOutAt !== null).length,
    states: Object.fromEntries([...states].map(([state, group]) => [state, group.length])),
  };
};

/** One batch, with its lines, totals and postings. */
export async function lookAtBatch(context: Context, batchId: string): Promise<Outcome<BatchResult>> {
  const { db, names, config } = context;
  const batch = await readBatch(db, names, batchId);
  const company = config.companies.find(({ id }) => id === batch?.header.company);
  if (!batch || !company) return fail(runProblems.batch_unknown(batchId));
  const { header, record, statuses } = batch;
  const postings = groupBy(await readPostings(db, names, batchId), ({ lineNo }) => lineNo);
  const tracked = record.lines.flatMap((line) => {
    const status = statuses.get(line.lineNo);
    return status ? [{ batch: header, line, status }] : [];
  });
  return ok({
    ...summary(header, tracked),
    company: company.id,
    folder: join(company.outbox, batchId),
    written_at: header.writtenAt,
    manifest_sha256: header.manifestSha256,
    import_lines: tracked.map(({ line, status }) => ({
      line_no: line.lineNo,
      kind: line.kind,
      project_number: line.projectNumber,
      ...keyFields(line.key),
      amount: formatMoney(line.cents),
      in_file: line.inFile,
      state: status.state,
      posted: formatMoney(status.postedCents),
      ambiguous: status.ambiguous,
      tied_out_at: status.tiedOutAt,
      sources: line.sources.map((source) => ({
        document: source.document,
        document_id: source.documentId,
        staging_line_id: source.stagingLineId,
        amount: formatMoney(source.cents),
        cause: source.cause,
      })),
      postings: (postings.get(line.lineNo) ?? []).map(({ run, sequence, cents }) => ({
        run: run.toString(),
        sequence: sequence.toString(),
        amount: formatMoney(cents),
      })),
    })),
  });
}
