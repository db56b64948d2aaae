import type { CompanyConfig } from "../../config/schema.ts";
import type { CompanyContext, Context } from "../../context.ts";
import type { BaselineSource, OpeningTotal } from "../../core/baseline.ts";
import {
  ESTIMATE_KINDS,
  type EstimateKind,
  kindKey,
  type SageKey,
  showKey,
  splitKey,
} from "../../core/key.ts";
import { type Cents, formatMoney, sumCents } from "../../core/money.ts";
import { fail, type Outcome, ok } from "../../core/outcome.ts";
import { nextExport, type Opening, openingOf } from "../../core/plan/opening.ts";
import { planContext } from "../../core/plan/plan.ts";
import type { StagedDocument, StagedProject } from "../../core/staged.ts";
import { dayIn, toTimestamp } from "../../core/time.ts";
import type { Queries } from "../../db/db.ts";
import { tellAudit } from "../../journal/audit-chain.ts";
import { insertBaseline, readBaselines } from "../../journal/baselines.ts";
import { nextBatchNumber } from "../../journal/batches.ts";
import { touchJobs } from "../../journal/jobs.ts";
import { insertKnownEntries } from "../../journal/known-entries.ts";
import { withinLease } from "../../journal/lease.ts";
import { readLedgers } from "../../journal/ledger.ts";
import { insertMovements } from "../../journal/movements.ts";
import { insertOpeningTotals } from "../../journal/opening-totals.ts";
import { insertProjects } from "../../journal/projects.ts";
import { openSageCopy } from "../../sage/open-copy.ts";
import type { SageSource } from "../../sage/tables.ts";
import { readDocuments } from "../../staging/documents.ts";
import { readOutline, readStaging } from "../../staging/read-staging.ts";
import { companiesToRun } from "../company-run.ts";
import type { CopyResult } from "../copy.ts";
import { type ProjectGroup, type Survey, surveyCompany } from "../export/survey.ts";
import { runProblems } from "../problems.ts";
import type { RunContext, Tell } from "../records.ts";
import { decide } from "./decide.ts";

export interface BaselineResult {
  readonly company: string;
  readonly project_id: string;
  readonly project_number: string;
  readonly job: string;
  /** null where the project has no budget in staging. */
  readonly budget_status: string | null;
  /** Every key that staging's budget or Sage's original estimate has something on. */
  readonly lines: readonly {
    readonly extra: string;
    readonly cost_code: string;
    readonly category: string;
    readonly staging: string;
    readonly sage: string;
    readonly difference: string;
  }[];
  readonly totals: { readonly staging: string; readonly sage: string; readonly difference: string };
  /** What the next acceptance of this budget would send, by the source of the opening position. */
  readonly next_export: Readonly<Record<BaselineSource, string>>;
  /** Messages of budget lines that have no place in Sage yet. */
  readonly unresolved: readonly string[];
  readonly recorded: {
    readonly source: BaselineSource;
    readonly reason: string;
    readonly recorded_at: string;
    readonly actor: string;
  } | null;
  readonly notices: readonly string[];
}

/** What a person decides: where the opening position comes from, and why. */
export interface BaselineDecision {
  readonly source: BaselineSource;
  readonly reason: string;
}

/**
 * Shows what a project's job carries in Sage beside what staging says, and what each choice of an opening position
 * would mean; with a decision, records it. Until then the project is held (`no_baseline`).
 */
export async function baselineOf(
  context: RunContext,
  projectNumber: string,
  options: { readonly company?: string | undefined; readonly decision?: BaselineDecision | undefined } = {},
): Promise<Outcome<BaselineResult>> {
  const { db, names } = context;
  const staging = await readOutline(db, names);
  const companies = companiesToRun(context, options.company);
  const found = staging.projects.flatMap((project) => {
    const company = companies.find(({ id }) => id === project.company);
    return project.projectNumber === projectNumber && company ? [{ project, company }] : [];
  });
  const [one, second] = found;
  if (!one) return fail(runProblems.project_unknown(projectNumber));
  if (second)
    return fail(
      runProblems.project_number_shared(
        projectNumber,
        found.map(({ project }) => project.projectId),
      ),
    );
  const look = (own: Context, sage: SageSource) => lookAtOpening(own, one.company, one.project, sage);
  const { decision } = options;
  if (!decision) {
    const sage = await openSageCopy(one.company.sage, context);
    if (!sage.ok) return sage;
    try {
      const looked = await look(context, sage.value);
      return looked.ok
        ? ok({ ...resultOf(one.company, one.project, looked.value, null), notices: [] })
        : looked;
    } finally {
      await sage.value.db.close();
    }
  }

  return decide(context, one.company, "baseline", async (own, sage, tell) => {
    const looked = await look(own, sage);
    return looked.ok ? record(own, tell, one.project, looked.value, decision) : looked;
  });
}

interface Looked {
  readonly opening: Opening;
  readonly copy: CopyResult;
  readonly group: ProjectGroup;
  readonly budget: StagedDocument | null;
}

async function lookAtOpening(
  context: Context,
  company: CompanyConfig,
  project: StagedProject,
  sage: SageSource,
): Promise<Outcome<Looked>> {
  const { db, names } = context;
  const [existing] = (await readBaselines(db, names, company.id)).filter(
    (baseline) => baseline.projectId === project.projectId,
  );
  if (existing)
    return fail(runProblems.baseline_exists(project.projectNumber, existing.source, existing.recordedDay));
  const { projectId } = project;
  if ((await readLedgers(db, names, company.id, { projectIds: [projectId] })).get(projectId)?.budgetSent)
    return fail(runProblems.baseline_too_late(project.projectNumber));
  const staging = await readStaging(db, names);
  const surveyed = await surveyCompany(context, company, staging, sage, new Set([projectId]));
  if (!surveyed.ok) return surveyed;
  const survey = surveyed.value;
  const group = await firstGroup(survey);
  if (!group) return fail(runProblems.project_unknown(project.projectNumber));
  const header = survey.budgets.get(projectId);
  // Lines count whatever the budget's status: it may have been synced by another connector.
  const [budget = null] = header ? await db.transaction((tx) => readDocuments(tx, names, [header])) : [];
  const opening = openingOf(planContext(group.input), project, budget);
  if ("noJob" in opening) return fail(runProblems.baseline_no_job(project.projectNumber, opening.noJob));
  return ok({ opening, copy: survey.copy, group, budget });
}

async function firstGroup(survey: Survey): Promise<ProjectGroup | null> {
  try {
    for await (const group of survey.groups()) return group;
    return null;
  } finally {
    await survey.close();
  }
}

interface OpeningMovement {
  readonly key: SageKey;
  readonly cents: Cents;
  readonly stagingLineId: string | null;
  readonly mappingRows: readonly string[];
}

/** What counts as sent before anything was. Of staging's lines each by itself, so that a line's life begins here. */
function movementsOf({ lines, resolved }: Opening, source: BaselineSource): OpeningMovement[] {
  switch (source) {
    case "sage":
      return lines
        .filter((line) => line.sage !== 0n)
        .map(({ key, sage }) => ({ key, cents: sage, stagingLineId: null, mappingRows: [] }));
    case "staging":
      return resolved.map(({ key, cents, line, mappingRows }) => ({
        key,
        cents,
        stagingLineId: line.lineId,
        mappingRows,
      }));
    case "zero":
      return [];
  }
}

async function record(
  context: CompanyContext,
  tell: Tell,
  project: StagedProject,
  looked: Looked,
  { source, reason }: BaselineDecision,
): Promise<Outcome<Omit<BaselineResult, "notices">>> {
  const { clock, company, actor, timeZone } = context;
  const { opening, copy, group, budget } = looked;
  tell({ copy });
  if (source === "staging" && opening.unresolved.length > 0)
    return fail(
      runProblems.baseline_unresolved(
        project.projectNumber,
        opening.unresolved.length,
        opening.unresolved[0] ?? "",
      ),
    );
  const now = clock.now();
  const at = toTimestamp(now);
  const movements = movementsOf(opening, source);
  await withinLease(context, async (tx) => {
    const beforeBatch = await nextBatchNumber(tx, context);
    await insertProjects(context, tx, [project]);
    await insertBaseline(
      context,
      tx,
      {
        projectId: project.projectId,
        projectNumber: project.projectNumber,
        job: opening.job,
        source,
        cents: sumCents(movements.map(({ cents }) => cents)),
        reason,
        recordedAt: at,
        recordedDay: dayIn(timeZone, now),
        beforeBatch,
      },
      budget,
    );
    await insertOpening(context, tx, project, budget, movements);
    await insertKnownEntries(
      context,
      tx,
      { baselineBefore: beforeBatch },
      group.entries.get(opening.job) ?? [],
    );
    await insertOpeningTotals(context, tx, openingTotals(opening.job, group));
    await touchJobs(context, tx, [opening.job]);
    await tellAudit(context, tx, at, {
      event: "baseline_recorded",
      subject: project.projectNumber,
      details: {
        source,
        reason,
        job: opening.job,
        lines: movements.map(({ key, cents }) => ({ key: showKey(key), amount: formatMoney(cents) })),
      },
    });
  });
  return ok(resultOf(company, project, looked, { source, reason, recorded_at: at, actor }));
}

/** What Sage carries on each key of the job before anything is sent: later totals are read from there on. */
function openingTotals(job: string, { input, entries }: ProjectGroup): OpeningTotal[] {
  const carried = new Map<string, { kind: EstimateKind; key: SageKey; master: Cents; entries: Cents }>();
  const at = (kind: EstimateKind, key: SageKey) => {
    const id = kindKey(kind, key);
    const one = carried.get(id) ?? { kind, key, master: 0n, entries: 0n };
    carried.set(id, one);
    return one;
  };
  for (const [joined, { totals }] of input.masters.categories) {
    const [jobCode = "", extra = "", costCode = "", category = ""] = splitKey(joined);
    for (const kind of jobCode === job ? ESTIMATE_KINDS : [])
      at(kind, { job, extra, costCode, category }).master += totals[kind] ?? 0n;
  }
  for (const entry of entries.get(job) ?? []) at(entry.kind, entry).entries += entry.cents;
  return [...carried.values()]
    .filter((one) => one.master !== 0n || one.entries !== 0n)
    .map((one) => ({
      kind: one.kind,
      ...{ job, extra: one.key.extra, costCode: one.key.costCode, category: one.key.category },
      masterCents: one.master,
      entriesCents: one.entries,
    }));
}

const insertOpening = (
  context: CompanyContext,
  tx: Queries,
  project: StagedProject,
  budget: StagedDocument | null,
  movements: readonly OpeningMovement[],
): Promise<void> =>
  insertMovements(
    context,
    tx,
    movements.map((movement) => ({
      ...movement,
      ...{ from: "accepted", to: "baseline", kind: "original", cause: "baseline", line: null },
      projectId: project.projectId,
      document: "budget",
      documentId: budget?.documentId ?? "",
      acceptedBy: budget?.acceptedBy ?? "",
      acceptedAt: budget?.acceptedAt ?? "",
    })),
  );

function resultOf(
  company: CompanyConfig,
  project: StagedProject,
  { opening, budget }: Looked,
  recorded: BaselineResult["recorded"],
): Omit<BaselineResult, "notices"> {
  const total = (of: (line: Opening["lines"][number]) => Cents) =>
    formatMoney(sumCents(opening.lines.map(of)));
  const next = nextExport(opening.lines);
  return {
    company: company.id,
    project_id: project.projectId,
    project_number: project.projectNumber,
    job: opening.job,
    budget_status: budget?.status ?? null,
    lines: opening.lines.map(({ key, staging, sage }) => ({
      extra: key.extra,
      cost_code: key.costCode,
      category: key.category,
      staging: formatMoney(staging),
      sage: formatMoney(sage),
      difference: formatMoney(staging - sage),
    })),
    totals: {
      staging: total((line) => line.staging),
      sage: total((line) => line.sage),
      difference: total((line) => line.staging - line.sage),
    },
    next_export: {
      sage: formatMoney(next.sage),
      staging: formatMoney(next.staging),
      zero: formatMoney(next.zero),
    },
    unresolved: opening.unresolved,
    recorded,
  };
}
