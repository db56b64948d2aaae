import type { Context } from "../../context.ts";
import { documentKey } from "../../core/plan/types.ts";
import { readBaselines } from "../../journal/baselines.ts";
import { readDocumentsSent } from "../../journal/sent-documents.ts";
import type { Staging } from "../../staging/read-staging.ts";

/** What was sent and is not in staging any more, in words: the books carry it, and nobody else would tell. */
export async function documentsGone(
  { db, names }: Context,
  company: string,
  { projects, documents }: Pick<Staging, "projects" | "documents">,
): Promise<string[]> {
  const sent = await readDocumentsSent(db, names, company);
  const withBudget = new Set(documents.filter((d) => d.document === "budget").map((d) => d.projectId));
  const staged = new Set(documents.map(documentKey));
  const budgets = new Set([
    ...sent.filter(({ document }) => document === "budget").map(({ projectId }) => projectId),
    ...(await readBaselines(db, names, company)).map(({ projectId }) => projectId),
  ]);
  return projects.flatMap(({ projectId, projectNumber }) => {
    const modifications = sent.filter(
      (one) =>
        one.projectId === projectId && one.document === "modification" && !staged.has(documentKey(one)),
    );
    const gone = [
      ...(budgets.has(projectId) && !withBudget.has(projectId) ? ["The budget"] : []),
      ...modifications.map(({ documentId }) => `Modification ${documentId}`),
    ];
    return gone.map(
      (what) => `${what} of project ${projectNumber} was sent, and has gone from staging; nothing is undone.`,
    );
  });
}
