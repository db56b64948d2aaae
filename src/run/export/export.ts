import type { CompanyContext } from "../../context.ts";
import type { Problem } from "../../core/outcome.ts";
import type { Day } from "../../core/time.ts";
import { readBatches } from "../../journal/batches.ts";
import { checkOutbox } from "../../outbox/check-outbox.ts";
import type { ManifestFile } from "../../outbox/render/manifest.ts";
import type { SageSource } from "../../sage/tables.ts";
import { readStaging, type Staging } from "../../staging/read-staging.ts";
import type { CompanyResult } from "../company-result.ts";
import { companiesToRun, newRunId, runCompany, withTimeLimit } from "../company-run.ts";
import { type HoldResult, holdResult } from "../hold-result.ts";
import { runProblems } from "../problems.ts";
import type { RunContext, Tell } from "../records.ts";
import { keepMappingSet } from "./keep-mapping-set.ts";
import { digestOfPlan } from "./plan-groups.ts";
import { publishClaimed } from "./publish.ts";
import { sendAll, type Told } from "./send.ts";
import { surveyCompany } from "./survey.ts";
import { transactionDate } from "./transaction-date.ts";
import { unassignedHolds } from "./unassigned.ts";

export interface CompanyExport extends CompanyResult {
  readonly batches: readonly {
    readonly batch_id: string;
    /** Claimed by an earlier run that did not get to write it. */
    readonly recovered: boolean;
    readonly files: readonly ManifestFile[];
  }[];
  /** Documents synced at once, since every difference was 0.00. */
  readonly nothing_to_send: readonly string[];
  readonly holds: readonly HoldResult[];
}

export interface ExportResult {
  readonly run_id: string;
  readonly companies: readonly CompanyExport[];
  readonly unassigned: readonly HoldResult[];
}

export interface ExportOptions {
  readonly company?: string | undefined;
  /** The transaction date to write; the day of the run in the company's time zone if not given. */
  readonly transactionDate?: Day | undefined;
  /** For each company what its plan says (`plan_id`): a company whose plan says something else is left alone. */
  readonly onlyIf?: ReadonlyMap<string, string> | undefined;
}

/** One run of the export: every company for itself, what earlier runs left unfinished first. */
export async function exportAll(caller: RunContext, options: ExportOptions = {}): Promise<ExportResult> {
  const context = withTimeLimit(caller, caller.config.jobs.export.time_limit);
  const runId = newRunId(context);
  const companies: CompanyExport[] = [];
  const staging: Staging = await readStaging(context.db, context.names);
  for (const company of companiesToRun(context, options.company)) {
    const done: Told = { batches: [], nothing_to_send: [], notices: [] };
    companies.push(
      await runCompany<CompanyExport>(
        context,
        company,
        { runId, command: "export" },
        { ...done, holds: [] },
        (own, sage, tell) => exportCompany(own, sage, tell, staging, options, done),
      ),
    );
  }
  const unassigned = unassignedHolds(staging, context.config.companies);
  return { run_id: runId, companies, unassigned: unassigned.map(holdResult) };
}

async function exportCompany(
  context: CompanyContext,
  sage: SageSource,
  tell: Tell,
  staging: Staging,
  options: ExportOptions,
  done: Told,
): Promise<CompanyExport> {
  const { company } = context;
  const ended = (error: Problem | null, about: Partial<CompanyExport> = {}): CompanyExport => ({
    company: company.id,
    ...done,
    holds: [],
    error,
    ...about,
  });

  const outbox = await checkOutbox(context);
  if (!outbox.ok) return ended(outbox.problem);
  const unwritten = (await readBatches(context.db, context.names, company.id, "claimed")).map(
    ({ batchId }) => batchId,
  );
  const recovered = await publishClaimed(context);
  for (const { batchId, files } of recovered.published)
    done.batches.push({ batch_id: batchId, recovered: true, files });
  if (!recovered.stopped.ok) return ended(recovered.stopped.problem);

  const surveyed = await surveyCompany(context, company, staging, sage);
  if (!surveyed.ok) return ended(surveyed.problem);
  const survey = surveyed.value;
  try {
    done.notices.push(...survey.notices);
    const { mapping, mappingProblem } = survey.shared;
    tell({ copy: survey.copy });
    if (mapping) await keepMappingSet(context, mapping);
    const day = transactionDate(context, company, options.transactionDate);
    if (options.onlyIf) {
      const digest = await digestOfPlan(context, survey, unwritten, day);
      if (options.onlyIf.get(company.id) !== digest) return ended(runProblems.plan_changed());
    }
    const sending = await sendAll(context, survey, day, done, tell);
    return ended(sending.error, {
      copy: survey.copy,
      holds: sending.holds.map(holdResult),
      mappings_refused: mappingProblem !== "",
    });
  } finally {
    await survey.close();
  }
}
