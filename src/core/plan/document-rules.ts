import { joinKey, keyId } from "../key.ts";
import { formatMoney } from "../money.ts";
import type { StagedDocument } from "../staged.ts";
import { documentContent, saysTheSame } from "./content.ts";
import { type DocumentCase, type DocumentQuestion, distinctDocuments } from "./document-case.ts";
import { goneKeys } from "./gone.ts";
import type { HoldReason } from "./hold-reason.ts";
import { objectionsTo, objectionsToUnplaced } from "./objections.ts";
import type { ResolvedLine } from "./resolve.ts";
import { documentKey, type PlannedLine, type ProjectLedger, releaseKey } from "./types.ts";

/** Rules that need nothing but the document, its project, and what was sent. */
export const DOCUMENT_RULES: readonly ((question: DocumentQuestion) => readonly HoldReason[])[] = [
  ({ context, project }) => {
    const namesakes = context.projectsByNumber.get(project.projectNumber.toLowerCase()) ?? [];
    if (new Set(namesakes.map((one) => one.projectId)).size <= 1) return [];
    const target = namesakes.map((one) => `${one.projectNumber} (${one.projectId})`).join(", ");
    return [{ rule: "project_number_ambiguous", facts: { value: project.projectNumber, target } }];
  },
  ({ context, project: { projectId } }) =>
    context.repeatedIds.projects.has(projectId.toLowerCase())
      ? [{ rule: "project_number_ambiguous", facts: { value: projectId }, field: "project_id" }]
      : [],
  ({ document, siblings }) => {
    const budgets = distinctDocuments(siblings.filter((one) => one.document === "budget"));
    if (budgets.length <= 1) return [];
    const target = budgets.map((budget) => budget.documentId).join(", ");
    return [{ rule: "two_budgets", facts: { value: document.documentId, target } }];
  },
  ({ context, document }) =>
    context.repeatedIds.documents.has(documentKey(document).toLowerCase())
      ? [
          {
            rule: "duplicate_line",
            facts: { value: document.documentId },
            field: ID_FIELDS[document.document].id,
          },
        ]
      : [],
  ({ context, document }) =>
    [...new Set(document.lines.map((line) => line.lineId))]
      .filter((lineId) => context.repeatedIds.lines.has(joinKey(document.document, lineId).toLowerCase()))
      .map((lineId) => ({
        rule: "duplicate_line",
        facts: { value: lineId },
        field: ID_FIELDS[document.document].lineId,
        lineId,
      })),
  ({ context, document }) =>
    context.rules.require_accepted_by && document.acceptedBy === ""
      ? [{ rule: "acceptance_without_name", facts: { value: "" } }]
      : [],
  ({ document, ledger }) => {
    // A budget whose lines were sent has lost them. An opening position has no lines to lose: they are still to come.
    const hadLines = document.document === "budget" && goneKeys(ledger, []).ofKeys > 0;
    return document.lines.length === 0 && !hadLines
      ? [{ rule: "no_lines", facts: { value: document.documentId } }]
      : [];
  },
  ({ document, ledger }) => {
    const target = openBatchOf(document, ledger);
    return target ? [{ rule: "previous_batch_open", facts: { value: document.documentId, target } }] : [];
  },
  ({ context, project }) =>
    context.mapping
      ? []
      : [
          {
            rule: "no_mapping_set",
            facts: { value: project.projectNumber, target: context.mappingProblem },
          },
        ],
];

/** Rules of the place that the mapping leads to. */
export const PLACE_RULES: readonly ((found: DocumentCase) => readonly HoldReason[])[] = [
  ({ resolvedJob }) => ("rule" in resolvedJob ? [{ ...resolvedJob, field: "project_number" }] : []),
  ({ context: { company }, ledger: { otherCompanies } }) =>
    otherCompanies.size > 0
      ? [
          {
            rule: "target_changed",
            facts: {
              value: company,
              job: `company ${[...otherCompanies].join(", ")}`,
              target: `company ${company}`,
            },
            field: "company",
          },
        ]
      : [],
  ({ project, job, ledger: { jobs } }) =>
    job !== null && jobs.size > 0 && !jobs.has(job)
      ? [
          {
            rule: "target_changed",
            facts: {
              value: project.projectNumber,
              job: `job ${[...jobs].join(", ")}`,
              target: `job ${job}`,
            },
          },
        ]
      : [],
];

/** Rules of what would be sent there. */
export const SENDING_RULES: readonly ((found: DocumentCase) => readonly HoldReason[])[] = [
  ({ document, sentContent }) =>
    sentContent !== undefined && !saysTheSame(document, sentContent)
      ? [{ rule: "changed_after_export", facts: { value: document.documentId, target: document.number } }]
      : [],
  ({ context, document, job, isResolved, resolved, ledger }) => {
    if (document.document !== "budget" || !isResolved || job === null) return [];
    const { keys, ofKeys, cents } = goneKeys(ledger, resolved.lines);
    const isMuch = keys > 0 && (keys === ofKeys || keys * 100 > ofKeys * context.rules.removal_limit);
    if (!isMuch || ledger.releases.has(releaseKey(document, documentContent(document)))) return [];
    const facts = {
      value: document.documentId,
      target: `${keys} of the ${ofKeys}`,
      limit: formatMoney(cents),
    };
    return [{ rule: "lines_gone", facts }];
  },
  ({ context, document, isResolved, resolved, lines, ledger }) => {
    // What Sage has against lines that have their place does not wait for those that have none.
    const told = isResolved ? lines : lines.filter(concernsOnly(document, resolved.lines, ledger));
    return objectionsTo(context, told, resolved.lines);
  },
  ({ context, sentContent, resolved }) =>
    sentContent === undefined ? objectionsToUnplaced(context, resolved.unplaced) : [],
  ({ context, project, ...found }) => {
    const { job } = found;
    if (job === null || !sends(found)) return [];
    const key = { job, extra: "", costCode: "", category: "" };
    return context.sage
      .objections(key, context.rules)
      .filter(({ part }) => part === "job")
      .map(({ rule }) => ({
        rule,
        facts: { value: project.projectNumber, target: context.sage.inOtherCase("job", key) ?? job },
        field: "project_number",
      }));
  },
  ({ context, project, ledger, ...found }) => {
    const { job } = found;
    if (job === null || !sends(found)) return [];
    // What another company sent for the project is no estimate from before.
    const isFirst = !ledger.budgetSent && ledger.otherCompanies.size === 0 && !context.sentJobs.has(job);
    return isFirst && context.estimatedJobs.has(job)
      ? [{ rule: "no_baseline", facts: { value: project.projectNumber, target: job } }]
      : [];
  },
];

const ID_FIELDS = {
  budget: { id: "budget_id", lineId: "line_item_id" },
  modification: { id: "modification_id", lineId: "modification_line_id" },
} as const;

/** A line that could not be resolved is something to send, as far as the job is concerned. */
const sends = ({ isResolved, lines }: Pick<DocumentCase, "isResolved" | "lines">): boolean =>
  !isResolved || lines.some((line) => line.inFile || line.cents !== 0n);

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
