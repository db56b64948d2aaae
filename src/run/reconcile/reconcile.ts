import type { CompanyContext } from "../../context.ts";
import { groupBy } from "../../core/group-by.ts";
import type { EstimateKind } from "../../core/key.ts";
import type { LineFinding } from "../../core/match/match-lines.ts";
import { formatMoney } from "../../core/money.ts";
import type { Problem } from "../../core/outcome.ts";
import type { StagedDocument } from "../../core/staged.ts";
import { type DifferenceState, IMPORT_LINE_STATES, type ImportLineState } from "../../core/states.ts";
import { buildTieOut } from "../../core/tie-out/build.ts";
import type { RecognitionName } from "../../core/tie-out/recognise.ts";
import type { TieOutDifference, TieOutRecognition } from "../../core/tie-out/schema.ts";
import { dayIn } from "../../core/time.ts";
import { readLedgers } from "../../journal/ledger.ts";
import { readAcceptedAmounts } from "../../journal/movements.ts";
import { readTieOut, storeTieOut } from "../../journal/tie-outs.ts";
import { checkOutbox } from "../../outbox/check-outbox.ts";
import type { SageSource } from "../../sage/tables.ts";
import type { Staging } from "../../staging/read-staging.ts";
import type { CompanyResult, ErrorResult } from "../company-result.ts";
import { companiesToRun, newRunId, runCompany, withTimeLimit } from "../company-run.ts";
import { copyNotices, copyResult, readHighestRun } from "../copy.ts";
import { publishClaimed } from "../export/publish.ts";
import { ownStaging } from "../export/survey.ts";
import { runProblems } from "../problems.ts";
import type { RunContext, Tell } from "../records.ts";
import { findCompany, findingNotices, readExported } from "./findings.ts";
import { keepRejects, readRejects, rejectFilesToLookAt } from "./rejects.ts";
import { settleProject } from "./settle.ts";
import { readCopy, readWholeStaging } from "./whole.ts";

export interface DifferenceResult {
  readonly batch_id: string | null;
  readonly line_no: number | null;
  /** The company's day since when it is so. */
  readonly since: string;
  readonly kind: EstimateKind;
  readonly job: string;
  readonly extra: string;
  readonly cost_code: string;
  readonly category: string;
  readonly exported: string;
  readonly posted: string;
  readonly state: DifferenceState;
  readonly ambiguous: boolean;
  /** What several differences together look like: see `recognitions`. */
  readonly recognised: RecognitionName | null;
}

export interface CompanyReconcile extends CompanyResult {
  readonly lines: Readonly<Record<ImportLineState, number>>;
  readonly unexpected: number;
  readonly synced: readonly string[];
  readonly differences: readonly DifferenceResult[];
  readonly recognitions: readonly TieOutRecognition[];
  /** The files in the rejects folder. */
  readonly rejects: readonly {
    readonly name: string;
    readonly records: number;
    /** The batch whose lines it names; null if it fits none, or could not be read. */
    readonly batch_id: string | null;
    readonly problems: readonly ErrorResult[];
  }[];
}

export interface ReconcileResult {
  readonly run_id: string;
  readonly companies: readonly CompanyReconcile[];
}

/** One reconciliation: every company for itself. */
export async function reconcileAll(
  caller: RunContext,
  options: { readonly company?: string | undefined } = {},
): Promise<ReconcileResult> {
  const context = withTimeLimit(caller, caller.config.jobs.reconcile.time_limit);
  const runId = newRunId(context);
  const companies: CompanyReconcile[] = [];
  for (const company of companiesToRun(context, options.company)) {
    const run = { runId, command: "reconcile" };
    const part = await runCompany<CompanyReconcile>(context, company, run, NOTHING, reconcileCompany);
    // Without the lease: a large report takes its time, and what it tells is stored.
    const unwritten = part.error ? null : await context.records.report(context, company);
    const notices = unwritten ? [`${unwritten.message} ${unwritten.hint}`] : [];
    companies.push({ ...part, notices: [...new Set([...part.notices, ...notices])] });
  }
  return { run_id: runId, companies };
}

/** One company's reconciliation, under its lease. */
export async function reconcileCompany(
  context: CompanyContext,
  sage: SageSource,
  tell: Tell,
): Promise<CompanyReconcile> {
  const { db, names, company, clock, timeZone } = context;
  const stoppedBy = (error: Problem): CompanyReconcile => ({ company: company.id, ...NOTHING, error });
  const outbox = await checkOutbox(context);
  if (!outbox.ok) return stoppedBy(outbox.problem);
  const { stopped } = await publishClaimed(context);
  // An empty copy is one in the middle of its refresh: nothing may be concluded from it.
  const copy = await readCopy(sage, context.signal);
  if (!copy.ok) return stoppedBy(copy.problem);
  tell({ copy: copyResult(copy.value) });
  const seenBefore = await readHighestRun(context, company.id);
  const staging = await readWholeStaging(context);
  const exported = await readExported(context);
  const rejects = await readRejects(context, exported.lines, keepRejects(context));
  const findings = await findCompany(context, copy.value, exported, rejects.rejectedAt);

  const settled = await settleProjects(context, staging, findings.lines);
  const part = {
    company: company.id,
    lines: countStates(findings.lines.map((finding) => finding.state)),
    unexpected: findings.unexpected.length,
    synced: settled.synced,
    rejects: rejects.files.map(({ name, records, batchId, problems }) => ({
      ...{ name, records, problems },
      batch_id: batchId,
    })),
    copy: copyResult(copy.value),
  };
  const notices = [
    ...copyNotices(copy.value, seenBefore),
    ...rejects.problems.map(({ message, hint }) => `${message} ${hint}`),
    ...findingNotices(findings),
  ];
  const previous = await readTieOut(context, company.id);
  const tieOut = buildTieOut({
    ...findings,
    copy: part.copy,
    notices,
    rejectFiles: rejectFilesToLookAt(rejects),
    changedSinceExport: settled.changedSinceExport,
    accepted: await readAcceptedAmounts(db, names, company.id),
    ...ownStaging(settled.synced.length > 0 ? await readWholeStaging(context) : staging, company.id),
    today: dayIn(timeZone, clock.now()),
    timeZone,
    previous: previous.ok ? (previous.value?.tieOut ?? null) : null,
  });
  const toTell = previous.ok ? notices : [...notices, `${previous.problem.message} ${previous.problem.hint}`];
  if (settled.isComplete) {
    await storeTieOut(context, tieOut);
    tell({ tieOut });
  }
  return {
    ...part,
    differences: tieOut.differences.filter(isDifference).map(differenceResult),
    recognitions: tieOut.recognitions,
    notices: toTell,
    error: !stopped.ok ? stopped.problem : settled.isComplete ? null : runProblems.run_stopped(company.id),
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
  const documents = groupBy<StagedDocument>(
    ownStaging(staging, context.company.id).documents,
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

const NOTHING = {
  lines: countStates([]),
  unexpected: 0,
  synced: [],
  differences: [],
  recognitions: [],
  rejects: [],
  notices: [],
};

const isDifference = ({ state }: TieOutDifference): boolean => state !== "awaiting_posting";

const differenceResult = (one: TieOutDifference): DifferenceResult => {
  const { project_number: _project, entries: _entries, difference: _difference, ...told } = one;
  // Over what is there, so that keys keep their places.
  return Object.assign(told, { exported: formatMoney(one.exported), posted: formatMoney(one.posted) });
};
