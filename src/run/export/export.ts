import type { CompanyContext } from "../../context.ts";
import type { Problem } from "../../core/outcome.ts";
import { makePlan } from "../../core/plan/plan.ts";
import { documentKey, type Plan } from "../../core/plan/types.ts";
import type { StagedDocument } from "../../core/staged.ts";
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
import { claimBatch } from "./claim.ts";
import { keepMappingSet } from "./keep-mapping-set.ts";
import { recordHolds } from "./note-holds.ts";
import { syncNothingToSend } from "./nothing-to-send.ts";
import { planDigest } from "./plan-id.ts";
import { publish, publishClaimed } from "./publish.ts";
import { surveyCompany, unassignedHolds } from "./survey.ts";
import { transactionDate } from "./transaction-date.ts";

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
    const done: Done = { batches: [], nothing_to_send: [], notices: [] };
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

/** What a company's export has done so far: it is told as well if the rest fails. */
interface Done {
  readonly batches: CompanyExport["batches"][number][];
  readonly nothing_to_send: string[];
  readonly notices: string[];
}

async function exportCompany(
  context: CompanyContext,
  sage: SageSource,
  tell: Tell,
  staging: Staging,
  options: ExportOptions,
  soFar: Done,
): Promise<CompanyExport> {
  const { company } = context;
  const { batches, nothing_to_send: nothingToSend, notices } = soFar;
  const ended = (error: Problem | null, about: Partial<CompanyExport> = {}): CompanyExport => ({
    company: company.id,
    ...soFar,
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
    batches.push({ batch_id: batchId, recovered: true, files });
  if (!recovered.stopped.ok) return ended(recovered.stopped.problem);

  const surveyed = await surveyCompany(context, company, staging, sage);
  if (!surveyed.ok) return ended(surveyed.problem);
  const survey = surveyed.value;
  notices.push(...survey.notices);
  const { mapping } = survey.input;
  tell({ copy: survey.copy });
  if (mapping) await keepMappingSet(context, mapping);

  const day = transactionDate(context, company, options.transactionDate);
  /** Documents that this run has dealt with, by `documentKey`. */
  const done = new Set<string>();
  let input = survey.input;
  const accepted = input.documents.filter(({ status }) => status === "accepted");
  tell({ pulled: { ...input, documents: accepted } });
  const planAgain = (): Plan => {
    const made = makePlan(input);
    tell({ held: new Set(made.holds.map(documentKey)), waiting: new Set(made.waiting.keys()) });
    return made;
  };
  let plan = planAgain();
  if (
    options.onlyIf &&
    options.onlyIf.get(company.id) !==
      planDigest(company.id, plan, unwritten, {
        mappingSha256: mapping?.sha256 ?? "",
        transactionDate: day,
      })
  )
    return ended(runProblems.plan_changed());
  const noteChanged = (documents: readonly StagedDocument[]) =>
    notices.push(
      ...documents.map(
        ({ document, documentId }) =>
          `${document} ${documentId} changed while it was being exported; the next run looks at it again.`,
      ),
    );
  for (const one of plan.nothingToSend) {
    const synced = await syncNothingToSend(
      context,
      one,
      input.documents.filter((document) => document.projectId === one.project.projectId),
    );
    if (synced.length === 0) noteChanged(one.documents);
    nothingToSend.push(...synced);
    for (const document of one.documents) done.add(documentKey(document));
  }

  let error: Problem | null = null;
  let queue = [...plan.batches];
  for (let batch = queue.shift(); batch && mapping && !error; batch = queue.shift()) {
    if (context.signal.aborted) {
      error = runProblems.run_stopped(company.id);
      break;
    }
    const claimed = await claimBatch(context, {
      batch,
      transactionDate: day,
      mappingSha256: mapping.sha256,
      entries: survey.entries,
      budgets: survey.budgets,
    });
    if ("changed" in claimed) {
      // Staging moved on: these documents wait for the next run, and what depended on them is planned again.
      noteChanged(input.documents.filter((document) => claimed.changed.includes(documentKey(document))));
      input = { ...input, leftOut: new Set([...input.leftOut, ...claimed.changed, ...done]) };
      plan = planAgain();
      queue = [...plan.batches];
      continue;
    }
    for (const document of batch.projects.flatMap((project) => project.documents))
      done.add(documentKey(document));
    const published = await publish(context, claimed.batchId);
    if (published.ok)
      batches.push({ batch_id: claimed.batchId, recovered: false, files: published.value.files });
    else error = published.problem;
  }
  const stillAccepted = input.documents.filter((d) => d.status === "accepted" && !done.has(documentKey(d)));
  await recordHolds(context, plan.holds, plan.waiting, stillAccepted);
  return ended(error, {
    copy: survey.copy,
    holds: plan.holds.map(holdResult),
    mappings_refused: survey.input.mappingProblem !== "",
  });
}
