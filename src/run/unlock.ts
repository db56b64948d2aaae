import type { CompanyContext } from "../context.ts";
import type { StagedDocument } from "../core/staged.ts";
import type { Queries } from "../db/db.ts";
import { readHeaders } from "../staging/documents.ts";
import { setBudgetLocked } from "../staging/write-flags.ts";

/** Frees a project's budget once none of its documents is exported; until then the budget itself stays locked. */
export async function unlockIfNothingExported(
  { names }: CompanyContext,
  tx: Queries,
  documentsOfProject: readonly StagedDocument[],
): Promise<void> {
  const now = await readHeaders(tx, names, documentsOfProject);
  const exported = now.some((document) => document.status === "exported");
  for (const budget of now.filter((document) => document.document === "budget"))
    await setBudgetLocked(tx, names, budget, exported);
}
