import { type Hold, hold } from "../holds.ts";
import type { StagedDocument } from "../staged.ts";
import { type DocumentQuestion, documentCase } from "./document-case.ts";
import { DOCUMENT_RULES, PLACE_RULES, SENDING_RULES } from "./document-rules.ts";
import type { HoldReason } from "./hold-reason.ts";
import { amountHolds, placeOf, type ResolvedLine } from "./resolve.ts";
import type { PlannedLine } from "./types.ts";

/** A document that nothing speaks against, with the lines it would bring by itself. */
export interface ReadyDocument {
  readonly document: StagedDocument;
  readonly job: string;
  /** Empty for a modification that was sent before. */
  readonly resolved: readonly ResolvedLine[];
  readonly lines: readonly PlannedLine[];
}

/**
 * Asks every rule of a document, in the order in which their causes are told. All causes are told at once: what is
 * known of one line does not wait for another.
 */
export function checkDocument(question: DocumentQuestion): {
  readonly ready: ReadyDocument | null;
  readonly holds: readonly Hold[];
} {
  const { context, project, document } = question;
  const held = ({ rule, facts, field, lineId = null }: HoldReason): Hold =>
    hold(
      placeOf(context.company, project, document, lineId),
      rule,
      { projectNumber: project.projectNumber, ...facts },
      field,
    );
  const ofDocument = DOCUMENT_RULES.flatMap((rule) => rule(question)).map(held);
  if (!context.mapping)
    return { ready: null, holds: [...ofDocument, ...amountHolds(context, project, document)] };

  const found = documentCase(question);
  const holds = [
    ...ofDocument,
    ...PLACE_RULES.flatMap((rule) => rule(found)).map(held),
    ...found.resolved.holds,
    ...SENDING_RULES.flatMap((rule) => rule(found)).map(held),
  ];
  const { job, sentContent, resolved, lines } = found;
  if (holds.length > 0 || job === null) return { ready: null, holds };
  return {
    ready: { document, job, resolved: sentContent === undefined ? resolved.lines : [], lines },
    holds,
  };
}
