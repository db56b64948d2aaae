import type { CompanyConfig } from "../../config/schema.ts";
import type { Context } from "../../context.ts";
import { groupBy } from "../../core/group-by.ts";
import { ESTIMATE_KINDS, type EstimateKind, joinKey, keyFields } from "../../core/key.ts";
import { formatMoney, sumCents } from "../../core/money.ts";
import { type Cause, documentKey, type PlannedBatch, type PlannedProject } from "../../core/plan/types.ts";
import type { DocumentType } from "../../core/staged.ts";
import { type Day, toTimestamp } from "../../core/time.ts";
import { readBatches } from "../../journal/batches.ts";
import { readOpenHolds } from "../../journal/holds.ts";
import { checkOutbox } from "../../outbox/check-outbox.ts";
import { openSageCopy } from "../../sage/open-copy.ts";
import { readStaging, type Staging } from "../../staging/read-staging.ts";
import type { CompanyResult } from "../company-result.ts";
import { companiesToRun, companyProblem } from "../company-run.ts";
import { heldSince } from "../export/note-holds.ts";
import { digestStep, planGroups } from "../export/plan-groups.ts";
import { planDigest, planIdOf } from "../export/plan-id.ts";
import { type Survey, surveyCompany } from "../export/survey.ts";
import { transactionDate } from "../export/transaction-date.ts";
import { unassignedHolds } from "../export/unassigned.ts";
import { type HoldResult, holdResult } from "../hold-result.ts";

export interface PlanLineResult {
  readonly kind: EstimateKind;
  readonly job: string;
  readonly extra: string;
  readonly cost_code: string;
  readonly category: string;
  readonly before: string;
  readonly now: string;
  readonly difference: string;
  /** What the staging lines behind it did, each once. */
  readonly why: readonly Cause[];
}

export interface PlanProjectResult {
  readonly project_number: string;
  readonly name: string;
  readonly job: string;
  readonly original: string;
  readonly approved_changes: string;
  readonly documents: readonly {
    readonly document: DocumentType;
    readonly document_id: string;
    readonly number: string;
    readonly accepted_by: string;
    readonly accepted_at: string;
  }[];
  readonly lines: readonly PlanLineResult[];
}

export interface CompanyPlan extends CompanyResult {
  /** What an export would do for this company, as one hash; empty where nothing could be planned. */
  readonly plan_id: string;
  /** The date that the entries of its batches would carry in Sage; null where nothing could be planned. */
  readonly transaction_date: string | null;
  /** Batches that an earlier run claimed and did not get to write: an export writes them first. */
  readonly recovered: readonly string[];
  readonly batches: readonly {
    readonly files: readonly {
      readonly kind: EstimateKind;
      readonly jobs: number;
      /** Extras that Sage will create. */
      readonly extras: number;
      readonly lines: number;
      readonly amount_total: string;
    }[];
    readonly projects: readonly PlanProjectResult[];
  }[];
  readonly nothing_to_send: readonly string[];
  /** Accepted documents that wait for another document, with the reason. */
  readonly waiting: readonly {
    readonly document: DocumentType;
    readonly document_id: string;
    readonly number: string;
    readonly project_number: string;
    readonly reason: string;
  }[];
  /** `began_at` is null where no export has seen the cause yet. */
  readonly holds: readonly (HoldResult & { readonly began_at: string | null })[];
}

export interface PlanResult {
  /** A plan is no run: always null. */
  readonly run_id: null;
  readonly planned_at: string;
  /** The one company that was asked for; null where all were planned. Its export has to be asked for in the same way. */
  readonly company: string | null;
  /** The transaction date that was given; null where it is the day of the export. */
  readonly date: string | null;
  /** The same as long as an export would do the same: `export --only-if` takes it. */
  readonly plan_id: string;
  readonly companies: readonly CompanyPlan[];
  readonly unassigned: readonly HoldResult[];
}

export interface PlanOptions {
  readonly company?: string | undefined;
  /** The transaction date of an export that is given one; the day of the plan in the company's time zone if not. */
  readonly transactionDate?: Day | undefined;
}

/** What an export would do now. Changes nothing, and needs no lease. */
export async function planAll(context: Context, options: PlanOptions = {}): Promise<PlanResult> {
  const staging = await readStaging(context.db, context.names);
  const companies: CompanyPlan[] = [];
  for (const company of companiesToRun(context, options.company))
    companies.push(await planCompany(context, company, staging, options));
  return {
    run_id: null,
    planned_at: toTimestamp(context.clock.now()),
    company: options.company ?? null,
    date: options.transactionDate ?? null,
    plan_id: planIdOf(companies.map((company) => company.plan_id)),
    companies,
    unassigned: unassignedHolds(staging, context.config.companies).map(holdResult),
  };
}

/** Whatever goes wrong stays with the company. */
async function planCompany(
  context: Context,
  company: CompanyConfig,
  staging: Staging,
  options: PlanOptions,
): Promise<CompanyPlan> {
  try {
    return await planFromSage(context, company, staging, options);
  } catch (error) {
    return { ...emptyPlan(company), error: companyProblem(company, error) };
  }
}

const emptyPlan = (company: CompanyConfig) => ({
  company: company.id,
  plan_id: "",
  transaction_date: null,
  recovered: [],
  batches: [],
  nothing_to_send: [],
  waiting: [],
  holds: [],
  notices: [],
});

async function planFromSage(
  context: Context,
  company: CompanyConfig,
  staging: Staging,
  options: PlanOptions,
): Promise<CompanyPlan> {
  const opened = await openSageCopy(company.sage, context);
  if (!opened.ok) return { ...emptyPlan(company), error: opened.problem };
  const sage = opened.value;
  try {
    const outbox = await checkOutbox({ ...context, company });
    if (!outbox.ok) return { ...emptyPlan(company), error: outbox.problem };
    const surveyed = await surveyCompany(context, company, staging, sage);
    if (!surveyed.ok) return { ...emptyPlan(company), error: surveyed.problem };
    const survey = surveyed.value;
    try {
      return await planSurveyed(context, company, survey, options);
    } finally {
      await survey.close();
    }
  } finally {
    await sage.db.close();
  }
}

/** Plans some projects at a time, and keeps of them what is shown. */
async function planSurveyed(
  context: Context,
  company: CompanyConfig,
  survey: Survey,
  options: PlanOptions,
): Promise<CompanyPlan> {
  const { db, names } = context;
  const { shared, copy } = survey;
  const recovered = (await readBatches(db, names, company.id, "claimed")).map(({ batchId }) => batchId);
  const day = transactionDate(context, company, options.transactionDate);
  const digest = planDigest(company.id, recovered, {
    mappingSha256: shared.mapping?.sha256 ?? "",
    transactionDate: day,
  });
  const since = heldSince(await readOpenHolds(db, names, company.id));
  const numbers = new Map(shared.projects.map((project) => [project.projectId, project.projectNumber]));
  const batches: CompanyPlan["batches"][number][] = [];
  const nothingToSend: string[] = [];
  const holds: CompanyPlan["holds"][number][] = [];
  const reasons = new Map<string, string>();
  const lacking = new Set<string>();
  for await (const step of planGroups(survey, company)) {
    digestStep(digest, step);
    if (step.step === "batch") batches.push(batchResult(step));
    else if (step.step === "nothing_to_send")
      nothingToSend.push(...step.project.documents.map(({ documentId }) => documentId));
    else {
      holds.push(...step.holds.map((hold) => ({ ...holdResult(hold), began_at: since(hold) })));
      for (const [document, reason] of step.waiting) reasons.set(document, reason);
      for (const loss of step.group.lacking) lacking.add(loss);
    }
  }
  return {
    company: company.id,
    plan_id: digest.digest(),
    transaction_date: day,
    recovered,
    batches,
    nothing_to_send: nothingToSend,
    waiting: survey.accepted.flatMap((document) => {
      const reason = reasons.get(documentKey(document));
      const { document: type, documentId, number, projectId } = document;
      const project_number = numbers.get(projectId) ?? "";
      return reason ? [{ document: type, document_id: documentId, number, project_number, reason }] : [];
    }),
    holds,
    copy,
    notices: [...survey.notices, ...lacking],
    mappings_refused: shared.mappingProblem !== "",
    error: null,
  };
}

const batchResult = (batch: PlannedBatch): CompanyPlan["batches"][number] => {
  const inFile = batch.projects.flatMap((project) => project.lines).filter((line) => line.inFile);
  const byKind = groupBy(inFile, (line) => line.kind);
  return {
    files: ESTIMATE_KINDS.flatMap((kind) => {
      const lines = byKind.get(kind);
      if (!lines) return [];
      const amount_total = formatMoney(sumCents(lines.map((line) => line.cents)));
      return [
        {
          kind,
          jobs: new Set(lines.map((line) => line.key.job)).size,
          extras: new Set(
            lines.filter((line) => line.extraIsNew).map((line) => joinKey(line.key.job, line.key.extra)),
          ).size,
          lines: lines.length,
          amount_total,
        },
      ];
    }),
    projects: batch.projects.map(projectResult),
  };
};

const projectResult = ({ project, job, documents, lines }: PlannedProject): PlanProjectResult => ({
  project_number: project.projectNumber,
  name: project.name,
  job,
  original: formatMoney(sumCents(lines.filter((l) => l.kind === "original").map((l) => l.cents))),
  approved_changes: formatMoney(sumCents(lines.filter((l) => l.kind !== "original").map((l) => l.cents))),
  documents: documents.map(({ document, documentId, number, acceptedBy, acceptedAt }) => ({
    document,
    document_id: documentId,
    number,
    accepted_by: acceptedBy,
    accepted_at: acceptedAt,
  })),
  lines: lines.map((line) => ({
    kind: line.kind,
    ...keyFields(line.key),
    before: formatMoney(line.before),
    now: formatMoney(line.now),
    difference: formatMoney(line.cents),
    why: [...new Set(line.sources.map((source) => source.cause))],
  })),
});
