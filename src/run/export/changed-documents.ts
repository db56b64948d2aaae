import { documentContent } from "../../core/plan/content.ts";
import { documentKey } from "../../core/plan/types.ts";
import type { StagedDocument } from "../../core/staged.ts";

/** The documents that are gone, repeated, no longer accepted, or say something else than when they were planned. */
export function changedDocuments(
  planned: readonly StagedDocument[],
  read: readonly StagedDocument[],
): string[] {
  const same = (a: StagedDocument, b: StagedDocument) =>
    a.status === b.status &&
    a.projectId === b.projectId &&
    a.acceptedBy === b.acceptedBy &&
    a.acceptedAt === b.acceptedAt &&
    a.number === b.number &&
    documentContent(a) === documentContent(b);
  return planned
    .filter((document) => {
      const now = read.filter((d) => documentKey(d) === documentKey(document));
      return now.length !== 1 || !now[0] || !same(document, now[0]);
    })
    .map(documentKey);
}
