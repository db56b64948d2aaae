import type { CompanyContext } from "../../context.ts";
import type { EstimateKind } from "../../core/key.ts";
import { formatMoney } from "../../core/money.ts";
import type { Problem } from "../../core/outcome.ts";
import { type DifferenceState, IMPORT_LINE_STATES, type ImportLineState } from "../../core/states.ts";
import type { Counts } from "../../core/tie-out/counts.ts";
import type { RecognitionName } from "../../core/tie-out/recognise.ts";
import type { TieOutDifference, TieOutRecognition } from "../../core/tie-out/schema.ts";
import { readBatchesToTieOut } from "../../journal/batches.ts";
import { lastPart, readPart } from "../../journal/tie-out-parts.ts";
import { readTieOutRoot, storeRoot } from "../../journal/tie-outs.ts";
import { checkOutbox } from "../../outbox/check-outbox.ts";
import { lookAtCopy, TIE_OUT_TABLES } from "../../sage/read-copy.ts";
import type { SageSource } from "../../sage/tables.ts";
import { readOutline } from "../../staging/read-staging.ts";
import type { CompanyResult, ErrorResult } from "../company-result.ts";
import { companiesToRun, newRunId, runCompany, withTimeLimit } from "../company-run.ts";
import { copyNotices, copyResult } from "../copy.ts";
import { publishClaimed } from "../export/publish.ts";
import { ownStaging } from "../export/survey.ts";
import { runProblems } from "../problems.ts";
import type { RunContext, Tell } from "../records.ts";
import { storedParts, treeOf } from "../tie-out-tree.ts";
import { keepBatchParts } from "./batch-parts.ts";
import { linesOn } from "./lines-on.ts";
import { keepRejects, readRejects, rejectFilesToLookAt } from "./rejects.ts";
import { settleAll } from "./settle-all.ts";
import { findWork } from "./work.ts";

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
  /** Jobs that something was found of although their digests said that nothing had changed: see `--full`. */
  readonly digests_lied: readonly Problem[];
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

export interface ReconcileOptions {
  /** Look at everything anew instead of what has changed. */
  readonly full?: boolean | undefined;
}

/** One reconciliation: every company for itself. */
export async function reconcileAll(
  caller: RunContext,
  options: ReconcileOptions & { readonly company?: string | undefined } = {},
): Promise<ReconcileResult> {
  const context = withTimeLimit(caller, caller.config.jobs.reconcile.time_limit);
  const runId = newRunId(context);
  const companies: CompanyReconcile[] = [];
  for (const company of companiesToRun(context, options.company)) {
    const run = { runId, command: "reconcile" };
    const part = await runCompany<CompanyReconcile>(context, company, run, NOTHING, (own, sage, tell) =>
      reconcileCompany(own, sage, tell, options),
    );
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
  { full = false }: ReconcileOptions,
): Promise<CompanyReconcile> {
  const { db, names, company, signal } = context;
  const stoppedBy = (error: Problem): CompanyReconcile => ({ company: company.id, ...NOTHING, error });
  const outbox = await checkOutbox(context);
  if (!outbox.ok) return stoppedBy(outbox.problem);
  const { stopped } = await publishClaimed(context);
  // An empty copy is one in the middle of its refresh: nothing may be concluded from it.
  const look = await lookAtCopy(sage, TIE_OUT_TABLES);
  if (!look.ok) return stoppedBy(look.problem);
  const copy = copyResult(look.value);
  tell({ copy });
  const before = await readTieOutRoot(context, company.id);
  const rejects = await readRejects(context, linesOn(context), keepRejects(context));
  const own = ownStaging(await readOutline(db, names), company.id);
  const work = await findWork(context, own, look.value.digests, full);
  const settled = await settleAll(context, work, own, look.value, sage, rejects.rejectedAt);
  if (!settled.ok) return stoppedBy(settled.problem);
  const { synced, lied } = settled.value;
  await keepBatchParts(context, await readBatchesToTieOut(db, names, company.id), (job) =>
    readPart(db, names, company.id, { kind: "codes", name: job }),
  );

  const highestRun = before.ok ? (before.value?.highestRun ?? null) : null;
  const content = {
    notices: [
      ...copyNotices(look.value, highestRun),
      ...rejects.problems.map(({ message, hint }) => `${message} ${hint}`),
    ],
    reject_files: rejectFilesToLookAt(rejects),
  };
  const isComplete = !signal.aborted;
  const seen = { copy, highestRun: look.value.highestRun };
  const root = isComplete ? await storeRoot(context, content, seen) : null;
  const asOf = root ?? { last: await lastPart(db, names, company.id), day: "", sha256: "" };
  const source = storedParts(context, company.id, asOf);
  const { differences, recognitions, sums, notices } = await treeOf(source, { ...content, copy }).findings();
  if (isComplete) tell({ tieOut: { differences, sums } });
  return {
    company: company.id,
    lines: countStates(await source.counts()),
    unexpected: differences.filter(({ state }) => state === "unexpected").length,
    synced,
    rejects: rejects.files.map(({ name, records, batchId, problems }) => ({
      ...{ name, records, problems },
      batch_id: batchId,
    })),
    copy,
    differences: differences.map(differenceResult),
    recognitions,
    digests_lied: lied,
    notices: [
      ...content.notices,
      ...notices,
      ...lied.map(({ message, hint }) => `${message} ${hint}`),
      ...(before.ok ? [] : [`${before.problem.message} ${before.problem.hint}`]),
    ],
    error: !stopped.ok ? stopped.problem : isComplete ? null : runProblems.run_stopped(company.id),
  };
}

const countStates = (counts: Counts): Record<ImportLineState, number> =>
  Object.fromEntries(
    IMPORT_LINE_STATES.map((state) => [state, Number(counts[`lines_${state}`] ?? 0n)]),
  ) as Record<ImportLineState, number>;

const NOTHING = {
  lines: countStates({}),
  unexpected: 0,
  synced: [],
  differences: [],
  recognitions: [],
  digests_lied: [],
  rejects: [],
  notices: [],
};

const differenceResult = (one: TieOutDifference): DifferenceResult => {
  const { project_number: _project, entries: _entries, difference: _difference, ...told } = one;
  // Over what is there, so that keys keep their places.
  return Object.assign(told, { exported: formatMoney(one.exported), posted: formatMoney(one.posted) });
};
