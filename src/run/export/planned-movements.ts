import type { PlannedProject } from "../../core/plan/types.ts";
import { DOCUMENT_TRANSITIONS } from "../../core/states.ts";
import type { Movement } from "../../journal/movements.ts";

/** What planned lines move out of `accepted`. Lines are numbered as they come, from 1, where there is a batch to number them in. */
export function movementsOf(
  projects: readonly PlannedProject[],
  event: "claimed" | "nothing_to_send",
  batchId: string | null,
): Movement[] {
  const [from, to] = DOCUMENT_TRANSITIONS[event].movement;
  return projects
    .flatMap(({ lines }) => lines)
    .flatMap(({ kind, key, sources }, index) =>
      sources.map(({ document, stagingLineId, cents, cause, mappingRows }) => ({
        ...{ from, to, cents, kind, key, stagingLineId, cause, mappingRows },
        projectId: document.projectId,
        document: document.document,
        documentId: document.documentId,
        acceptedBy: document.acceptedBy,
        acceptedAt: document.acceptedAt,
        line: batchId === null ? null : { batchId, lineNo: index + 1 },
      })),
    );
}
