import type { StagedDocument, StagedProject } from "../staged.ts";
import { linesOfModifications, linesOfOriginals } from "./lines.ts";
import { type ResolvedDocument, type resolveJob, resolveLines } from "./resolve.ts";
import { documentKey, type PlanContext, type PlannedLine, type ProjectLedger } from "./types.ts";

/** A document whose header staging repeats is looked at once (and held). */
export const distinctDocuments = (documents: readonly StagedDocument[]): StagedDocument[] => [
  ...new Map(documents.map((document) => [documentKey(document), document])).values(),
];

/** What is asked whether it may go. */
export interface DocumentQuestion {
  readonly context: PlanContext;
  readonly project: StagedProject;
  readonly document: StagedDocument;
  /** All documents of the project. */
  readonly siblings: readonly StagedDocument[];
  readonly ledger: ProjectLedger;
  readonly resolvedJob: ReturnType<typeof resolveJob>;
}

/** A document with all that its rules look at, where there is a mapping to find its place by. */
export interface DocumentCase extends DocumentQuestion {
  /** null where the project leads to none. */
  readonly job: string | null;
  readonly resolved: ResolvedDocument;
  /** Every line has found its place. */
  readonly isResolved: boolean;
  /** What a modification said when it was sent; undefined if it was not, and of a budget. */
  readonly sentContent: string | undefined;
  /**
   * What the lines that have found their place would bring by themselves, and what takes back what others had sent;
   * none of a modification that was sent.
   */
  readonly lines: readonly PlannedLine[];
}

/** Finds a document's place, and what it would send. */
export function documentCase(question: DocumentQuestion): DocumentCase {
  const { context, project, document, ledger, resolvedJob } = question;
  const isBudget = document.document === "budget";
  const job = "job" in resolvedJob ? resolvedJob.job : null;
  const resolved = resolveLines(context, project, document, job);
  const sentContent = isBudget ? undefined : ledger.sentContents.get(documentKey(document));
  return {
    ...question,
    job: job?.job ?? null,
    resolved,
    isResolved: resolved.holds.length === 0,
    sentContent,
    lines:
      !job || sentContent !== undefined
        ? []
        : isBudget
          ? linesOfOriginals(context, document, resolved.lines, ledger)
          : linesOfModifications(context, [{ document, resolved: resolved.lines }]),
  };
}
