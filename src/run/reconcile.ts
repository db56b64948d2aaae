import { type LineFinding, matchLines, type TrackedLine } from "../batch/match-lines.ts";
import { checkOutbox, publishClaimed } from "../batch/publish.ts";
import { readBatches } from "../batch/read-record.ts";
import { readTrackedLines } from "../batch/read-tracked.ts";
import { settleProject } from "../batch/settle.ts";
import type { CompanyContext, Context } from "../context.ts";
import { groupBy } from "../core/group-by.ts";
import { joinKey } from "../core/key.ts";
import { formatMoney, sumCents } from "../core/money.ts";
import type { Problem } from "../core/outcome.ts";
import { documentKey } from "../core/plan/types.ts";
import { IMPORT_LINE_STATES, type ImportLineState } from "../core/states.ts";
import { readBaselines } from "../journal/baselines.ts";
import { readKnownEntries, readLedgers } from "../journal/ledger.ts";
import { pausing, readCopy } from "../sage/read-copy.ts";
import type { SageEntry } from "../sage/sage.ts";
import type { SageSource } from "../sage/tables.ts";
import { readStaging, type Staging } from "../staging/read.ts";
import type { StagedDocument } from "../staging/rows.ts";
import { companiesToRun, newRunId, runCompany, withTimeLimit } from "./company-runs.ts";
import { copyNotices, copyResult, readHighestRun } from "./copy.ts";
import { runProblems } from "./problems.ts";
import type { CompanyReconcile, DifferenceResult, ReconcileResult } from "./results.ts";

/** One reconciliation: every company for itself. */
export async function reconcileAll(
  caller: Context,
  options: { readonly company?: string | undefined } = {},
): Promise<ReconcileResult> {
  const context = withTimeLimit(caller, caller.config.jobs.reconcile.time_limit);
  const runId = newRunId(context);
  const companies: CompanyReconcile[] = [];
  for (const company of companiesToRun(context, options.company)) {
    const empty = { lines: countStates([]), unexpected: 0, synced: [], differences: [], notices: [] };
    companies.push(
      await runCompany<CompanyReconcile>(
        context,
        company,
        { runId, command: "reconcile" },
        empty,
        reconcileCompany,
      ),
    );
  }
  return { run_id: runId, companies };
}

async function reconcileCompany(context: CompanyContext, sage: SageSource): Promise<CompanyReconcile> {
  const { db, names, company, clock, timeZone } = context;
  const stoppedBy = (error: Problem): CompanyReconcile => ({
    company: company.id,
    lines: countStates([]),
    unexpected: 0,
    synced: [],
    differences: [],
    notices: [],
    error,
  });
  const outbox = await checkOutbox(context);
  if (!outbox.ok) return stoppedBy(outbox.problem);
  const { stopped } = await publishClaimed(context);
  // An empty copy is one in the middle of its refresh: nothing may be concluded from it.
  const copy = await readCopy(sage, pausing(context.signal));
  if (!copy.ok) return stoppedBy(copy.problem);
  const { entries } = copy.value;
  const seenBefore = await readHighestRun(context, company.id);
  const staging = await readStaging(db, names);
  const batches = await readBatches(db, names, company.id);
  const tracked = await readTrackedLines(db, names, company.id, batches);
  const findings = matchLines(tracked, entries, await readKnownEntries(db, names, company.id), {
    now: clock.now(),
    timeZone,
    overdueAfterDays: company.overdue_after_days,
    baselines: (await readBaselines(db, names, company.id)).map(({ job, beforeBatch, recordedDay }) => ({
      job,
      batchNumber: beforeBatch,
      day: recordedDay,
    })),
  });

  const { synced, changedSinceExport, isComplete } = await settleProjects(context, staging, findings.lines);
  return {
    company: company.id,
    lines: countStates(findings.lines.map((finding) => finding.state)),
    unexpected: findings.unexpected.length,
    synced,
    differences: [
      ...findings.lines.filter(isDifference).map(lineDifference),
      ...findings.unexpected.map(unexpectedDifference),
      ...changedSinceExport.flatMap((document) => changedDifferences(document, findings.lines)),
    ],
    copy: copyResult(copy.value),
    notices: copyNotices(copy.value, seenBefore),
    error: !stopped.ok ? stopped.problem : isComplete ? null : runProblems.run_stopped(company.id),
  };
}

async function settleProjects(
  context: CompanyContext,
  staging: Staging,
  findings: readonly LineFinding[],
): Promise<{ synced: string[]; changedSinceExport: StagedDocument[]; isComplete: boolean }> {
  const synced: string[] = [];
  const changedSinceExport: StagedDocument[] = [];
  const ledgers = await readLedgers(context.db, context.names, context.company.id);
  const own = new Set(
    staging.projects.filter((p) => p.company === context.company.id).map((project) => project.projectId),
  );
  const documents = groupBy<StagedDocument>(
    staging.documents.filter((document) => own.has(document.projectId)),
    (document) => document.projectId,
  );
  const byProject = groupBy(findings, ({ tracked }) => tracked.line.projectId);
  for (const [projectId, lines] of byProject) {
    if (context.signal.aborted) return { synced, changedSinceExport, isComplete: false };
    const settled = await settleProject(context, {
      findings: lines,
      documents: documents.get(projectId) ?? [],
      sentContents: ledgers.get(projectId)?.sentContents ?? new Map(),
    });
    synced.push(...settled.synced);
    changedSinceExport.push(...settled.changedSinceExport);
  }
  return { synced, changedSinceExport, isComplete: true };
}

const countStates = (states: readonly ImportLineState[]): Record<ImportLineState, number> => {
  const counts = Object.fromEntries(IMPORT_LINE_STATES.map((state) => [state, 0])) as Record<
    ImportLineState,
    number
  >;
  for (const state of states) counts[state]++;
  return counts;
};

const isDifference = ({ state }: LineFinding): boolean => state !== "posted" && state !== "awaiting_posting";

function lineDifference({ tracked, state, postedCents, ambiguous }: LineFinding): DifferenceResult {
  return { ...placeOf(tracked), posted: formatMoney(postedCents), state, ambiguous };
}

const placeOf = ({ batch, line }: TrackedLine) => ({
  batch_id: batch.batchId,
  kind: line.kind,
  job: line.key.job,
  extra: line.key.extra,
  cost_code: line.key.costCode,
  category: line.key.category,
  exported: formatMoney(line.cents),
});

const unexpectedDifference = (entry: SageEntry): DifferenceResult => ({
  batch_id: null,
  kind: entry.kind,
  job: entry.job,
  extra: entry.extra,
  cost_code: entry.costCode,
  category: entry.category,
  exported: formatMoney(0n),
  posted: formatMoney(entry.cents),
  state: "unexpected",
  ambiguous: false,
});

/** One difference per batch of a document that staging changed since its export. */
function changedDifferences(document: StagedDocument, findings: readonly LineFinding[]): DifferenceResult[] {
  const ofDocument = findings.filter(({ tracked }) =>
    tracked.line.sources.some((source) => documentKey(source) === documentKey(document)),
  );
  const byKind = groupBy(ofDocument, ({ tracked }) => joinKey(tracked.batch.batchId, tracked.line.kind));
  return [...byKind.values()].flatMap((group) => {
    const first = group[0];
    if (!first) return [];
    return [
      {
        ...placeOf(first.tracked),
        extra: "",
        cost_code: "",
        category: "",
        exported: formatMoney(sumCents(group.map(({ tracked }) => tracked.line.cents))),
        posted: formatMoney(sumCents(group.map(({ postedCents }) => postedCents))),
        state: "changed_since_export" as const,
        ambiguous: false,
      },
    ];
  });
}
