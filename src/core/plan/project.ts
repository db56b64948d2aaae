import { type Hold, type HoldFacts, type HoldRuleName, hold } from "../holds.ts";
import { compareText, joinKey, keyId } from "../key.ts";
import { absCents, formatMoney } from "../money.ts";
import type { StagedDocument, StagedProject } from "../staged.ts";
import { documentContent, saysTheSame } from "./content.ts";
import { goneKeys } from "./gone.ts";
import { inFileOrder, linesOfModifications, linesOfOriginals } from "./lines.ts";
import { objectionsTo, objectionsToUnplaced } from "./objections.ts";
import {
  amountHolds,
  placeOf,
  type ResolvedJob,
  type ResolvedLine,
  resolveJob,
  resolveLines,
} from "./resolve.ts";
import {
  documentKey,
  NOTHING_SENT,
  type PlanContext,
  type PlannedLine,
  type PlannedProject,
  type ProjectLedger,
  releaseKey,
} from "./types.ts";

export interface ProjectPlan {
  /** None or one: a budget and its modifications travel together. */
  readonly toSend: readonly PlannedProject[];
  readonly nothingToSend: readonly PlannedProject[];
  readonly holds: readonly Hold[];
  readonly waiting: ReadonlyMap<string, string>;
}

/** A document that nothing speaks against, with the lines it would bring by itself. */
interface ReadyDocument {
  readonly document: StagedDocument;
  readonly job: string;
  /** Empty for a modification that was sent before. */
  readonly resolved: readonly ResolvedLine[];
  readonly lines: readonly PlannedLine[];
}

/** Plans one project: its budget's difference, and its modifications in order, never before the budget. */
export function planProject(
  context: PlanContext,
  project: StagedProject,
  documents: readonly StagedDocument[],
): ProjectPlan {
  const holds: Hold[] = [];
  const waiting = new Map<string, string>();
  for (const document of documents) {
    if (document.status !== null) continue;
    const facts = { value: document.flags.erpStatus.trim() };
    holds.push(hold(placeOf(context.company, project, document), "unknown_status", facts));
  }

  const accepted = distinctDocuments(documents.filter((d) => d.status === "accepted"));
  const ledger = context.ledgers.get(project.projectId) ?? NOTHING_SENT;
  const resolvedJob = resolveJob(context, project);
  const check = (document: StagedDocument): ReadyDocument | null => {
    if (context.leftOut.has(documentKey(document))) return null;
    const result = checkDocument(context, project, document, documents, ledger, resolvedJob);
    holds.push(...result.holds);
    return result.ready;
  };

  const ready: ReadyDocument[] = [];
  let budgetGoesOrWent = ledger.budgetSent;
  for (const budget of accepted.filter((d) => d.document === "budget")) {
    const checked = check(budget);
    if (!checked) continue;
    ready.push(checked);
    budgetGoesOrWent = true;
  }
  let heldBefore: StagedDocument | null = null;
  for (const modification of accepted
    .filter((d) => d.document === "modification")
    .sort(inOrderOfAcceptance)) {
    const checked = check(modification);
    // One that was sent before has had its turn: it waits for none, and none for it.
    const wasSent = ledger.sentContents.has(documentKey(modification));
    if (!checked && !wasSent) heldBefore ??= modification;
    if (!checked) continue;
    if (wasSent) ready.push(checked);
    else if (!budgetGoesOrWent)
      waiting.set(documentKey(modification), "waits for the project's original budget to be sent first");
    else if (heldBefore)
      waiting.set(documentKey(modification), `waits for modification ${heldBefore.number}, which goes first`);
    else {
      ready.push(checked);
      // Each modification may fit a record where their sum does not: the later one waits for a batch of its own.
      if (linesTogether(context, ready).some((line) => absCents(line.cents) > context.rules.jce.max_amount)) {
        ready.pop();
        heldBefore = modification;
        waiting.set(
          documentKey(modification),
          "goes in the next batch: together they exceed what a line may carry",
        );
      }
    }
  }
  return { ...divide(context, project, ready), holds, waiting };
}

/** A document whose header staging repeats is looked at once (and held). */
const distinctDocuments = (documents: readonly StagedDocument[]): StagedDocument[] => [
  ...new Map(documents.map((document) => [documentKey(document), document])).values(),
];

/** Order of acceptance, then number (numbers by value, before others): the order modifications are sent in. */
const inOrderOfAcceptance = (a: StagedDocument, b: StagedDocument): number =>
  compareText(a.acceptedAt, b.acceptedAt) ||
  compareText(sortableNumber(a.number), sortableNumber(b.number)) ||
  compareText(a.number, b.number) ||
  compareText(a.documentId, b.documentId);

/** Digits by value are digits of one width: `number` has no more than 20 characters. */
const sortableNumber = (number: string): string => (/^\d+$/.test(number) ? number.padStart(20, "0") : number);

/** What is sent in one batch, and what is synced at once since every difference of it is 0.00. */
function divide(
  context: PlanContext,
  project: StagedProject,
  ready: readonly ReadyDocument[],
): Pick<ProjectPlan, "toSend" | "nothingToSend"> {
  const planned = (some: readonly ReadyDocument[]): PlannedProject[] => {
    const job = some[0]?.job;
    if (job === undefined) return [];
    return [{ project, job, documents: some.map((r) => r.document), lines: linesTogether(context, some) }];
  };
  const moving = ready.filter((r) => r.lines.some((line) => line.inFile || line.cents !== 0n));
  const toSend = planned(moving);
  // Modifications that take back one another may leave nothing to write at all.
  if (toSend.every(({ lines }) => lines.every((line) => !line.inFile)))
    return { toSend: [], nothingToSend: planned(ready) };
  return { toSend, nothingToSend: planned(ready.filter((r) => !moving.includes(r))) };
}

/** The lines of documents that travel together, in file order: one per kind and key. */
function linesTogether(context: PlanContext, documents: readonly ReadyDocument[]): PlannedLine[] {
  const [budgets, modifications] = ["budget", "modification"].map((type) =>
    documents.filter((ready) => ready.document.document === type),
  ) as [ReadyDocument[], ReadyDocument[]];
  const originals = budgets.flatMap((budget) => budget.lines);
  const made = new Set(originals.filter((line) => line.inFile).map((line) => keyId(line.key)));
  return inFileOrder([
    ...originals,
    // A key that the originals make exist needs no record of 0.00 among the changes.
    ...linesOfModifications(context, modifications).map((line) =>
      line.cents === 0n && made.has(keyId(line.key)) ? { ...line, inFile: false } : line,
    ),
  ]);
}

function checkDocument(
  context: PlanContext,
  project: StagedProject,
  document: StagedDocument,
  siblings: readonly StagedDocument[],
  ledger: ProjectLedger,
  resolvedJob: ReturnType<typeof resolveJob>,
): { readonly ready: ReadyDocument | null; readonly holds: readonly Hold[] } {
  const holds: Hold[] = [];
  const isBudget = document.document === "budget";
  const held = (rule: HoldRuleName, facts: HoldFacts, field?: string, lineId: string | null = null) =>
    holds.push(
      hold(
        placeOf(context.company, project, document, lineId),
        rule,
        { projectNumber: project.projectNumber, ...facts },
        field,
      ),
    );

  const namesakes = context.projectsByNumber.get(project.projectNumber.toLowerCase()) ?? [];
  if (new Set(namesakes.map((p) => p.projectId)).size > 1)
    held("project_number_ambiguous", {
      value: project.projectNumber,
      target: namesakes.map((p) => `${p.projectNumber} (${p.projectId})`).join(", "),
    });
  if (context.repeatedIds.projects.has(project.projectId.toLowerCase()))
    held("project_number_ambiguous", { value: project.projectId }, "project_id");
  const budgets = distinctDocuments(siblings.filter((d) => d.document === "budget"));
  if (budgets.length > 1)
    held("two_budgets", { value: document.documentId, target: budgets.map((b) => b.documentId).join(", ") });
  if (context.repeatedIds.documents.has(documentKey(document).toLowerCase()))
    held("duplicate_line", { value: document.documentId }, isBudget ? "budget_id" : "modification_id");
  for (const lineId of new Set(document.lines.map((line) => line.lineId)))
    if (context.repeatedIds.lines.has(joinKey(document.document, lineId).toLowerCase()))
      held("duplicate_line", { value: lineId }, isBudget ? "line_item_id" : "modification_line_id", lineId);
  if (context.rules.require_accepted_by && document.acceptedBy === "")
    held("acceptance_without_name", { value: "" });
  // A budget whose lines were sent has lost them. An opening position has no lines to lose: they are still to come.
  const hadLines = isBudget && goneKeys(ledger, []).ofKeys > 0;
  if (document.lines.length === 0 && !hadLines) held("no_lines", { value: document.documentId });

  const openBatch = openBatchOf(document, ledger);
  if (openBatch) held("previous_batch_open", { value: document.documentId, target: openBatch });

  if (!context.mapping) {
    held("no_mapping_set", { value: project.projectNumber, target: context.mappingProblem });
    return { ready: null, holds: [...holds, ...amountHolds(context, project, document)] };
  }
  const job: ResolvedJob | null = "job" in resolvedJob ? resolvedJob.job : null;
  if ("rule" in resolvedJob) held(resolvedJob.rule, resolvedJob.facts, "project_number");
  if (ledger.otherCompanies.size > 0)
    held(
      "target_changed",
      {
        value: context.company,
        job: `company ${[...ledger.otherCompanies].join(", ")}`,
        target: `company ${context.company}`,
      },
      "company",
    );
  if (job && ledger.jobs.size > 0 && !ledger.jobs.has(job.job))
    held("target_changed", {
      value: project.projectNumber,
      job: `job ${[...ledger.jobs].join(", ")}`,
      target: `job ${job.job}`,
    });

  const resolved = resolveLines(context, project, document, job);
  holds.push(...resolved.holds);

  const sentContent = isBudget ? undefined : ledger.sentContents.get(documentKey(document));
  if (sentContent !== undefined && !saysTheSame(document, sentContent))
    held("changed_after_export", { value: document.documentId, target: document.number });

  // A line that could not be resolved is something to send, as far as the job is concerned.
  const isResolved = resolved.holds.length === 0;
  let sends = !isResolved;
  let lines: PlannedLine[] = [];
  if (isBudget && isResolved && job) {
    const gone = goneKeys(ledger, resolved.lines);
    const isMuch =
      gone.keys > 0 &&
      (gone.keys === gone.ofKeys || gone.keys * 100 > gone.ofKeys * context.rules.removal_limit);
    if (isMuch && !ledger.releases.has(releaseKey(document, documentContent(document))))
      held("lines_gone", {
        value: document.documentId,
        target: `${gone.keys} of the ${gone.ofKeys}`,
        limit: formatMoney(gone.cents),
      });
  }
  if (job && sentContent === undefined) {
    const found = isBudget
      ? linesOfOriginals(context, document, resolved.lines, ledger)
      : linesOfModifications(context, [{ document, resolved: resolved.lines }]);
    if (isResolved) {
      lines = found;
      sends = lines.some((line) => line.inFile || line.cents !== 0n);
    }
    // All causes at once: what Sage has against lines that have their place does not wait for those that have none.
    const told = isResolved ? found : found.filter(concernsOnly(document, resolved.lines, ledger));
    for (const objection of objectionsTo(context, told, resolved.lines))
      held(objection.rule, objection.facts, objection.field, objection.stagingLineId);
  }
  if (sentContent === undefined)
    for (const objection of objectionsToUnplaced(context, resolved.unplaced))
      held(objection.rule, objection.facts, objection.field, objection.stagingLineId);
  if (job && sends) {
    const jobKey = { job: job.job, extra: "", costCode: "", category: "" };
    for (const { rule } of context.sage
      .objections(jobKey, context.rules)
      .filter((objection) => objection.part === "job"))
      held(
        rule,
        { value: project.projectNumber, target: context.sage.inOtherCase("job", jobKey) ?? job.job },
        "project_number",
      );
    // What another company sent for the project is no estimate from before.
    const firstTime =
      !ledger.budgetSent && ledger.otherCompanies.size === 0 && !context.sentJobs.has(job.job);
    if (firstTime && context.estimatedJobs.has(job.job))
      held("no_baseline", { value: project.projectNumber, target: job.job });
  }
  if (holds.length > 0 || !job) return { ready: null, holds };
  const resolvedLines = sentContent === undefined ? resolved.lines : [];
  return { ready: { document, job: job.job, resolved: resolvedLines, lines }, holds };
}

/** Whether a planned line is wholly that of staging lines that have found their place. */
function concernsOnly(
  document: StagedDocument,
  resolved: readonly ResolvedLine[],
  ledger: ProjectLedger,
): (line: PlannedLine) => boolean {
  const ids = new Set(resolved.map(({ line }) => line.lineId));
  const keys = new Set(resolved.map((line) => keyId(line.key)));
  const unplaced = new Set(document.lines.map((line) => line.lineId).filter((id) => !ids.has(id)));
  const sentByUnplaced = new Set(
    ledger.sentOriginals
      .filter((part) => part.stagingLineId !== null && unplaced.has(part.stagingLineId))
      .map((part) => keyId(part.key)),
  );
  return ({ key }) => keys.has(keyId(key)) && !sentByUnplaced.has(keyId(key));
}

/** The batch a document waits for. A budget waits for any earlier budget of its project: it may be made anew under another id. */
const openBatchOf = (document: StagedDocument, ledger: ProjectLedger): string | undefined =>
  document.document === "budget"
    ? [...ledger.openBatches].find(([key]) => key.startsWith(joinKey("budget", "")))?.[1]
    : ledger.openBatches.get(documentKey(document));
