import type { ErpStatus, StagedDocument } from "../core/staged.ts";
import type { Queries } from "../db/db.ts";
import { idSet } from "../db/row-sets.ts";
import type { Names } from "../names.ts";
import { DOCUMENT_TABLES } from "./columns.ts";
import { readHeaders } from "./documents.ts";

/** The header flags a transition sets; those not named stay as they are. */
export interface HeaderChange {
  readonly from: ErpStatus;
  readonly to: ErpStatus;
  readonly synced: boolean;
  readonly locked: boolean;
}

/** A whole number whatever the column's type: a JavaScript number would be stored as a float where there is none. */
const bitOf = (flag: boolean): bigint => (flag ? 1n : 0n);

/**
 * Moves a document's header from one status to the next, on the condition that it still has the first, and reads
 * back whether it did: a view's row count says nothing.
 */
export async function changeHeader(
  tx: Queries,
  names: Names,
  document: StagedDocument,
  change: HeaderChange,
): Promise<boolean> {
  if (document.status !== change.from) return false;
  const { header, id } = DOCUMENT_TABLES[document.document];
  await tx.query(
    tx.sql
      .build(names.staging(header))
      .where(id, document.rawId)
      // The text is the one just read: nothing is compared that a database's collation could fold.
      .where("erp_status", document.flags.erpStatus)
      .update({
        erp_status: change.to,
        erp_synced: bitOf(change.synced),
        erp_locked: bitOf(change.locked),
      }),
  );
  const after = await readHeaders(tx, names, [document]);
  return after.length === 1 && after.every((d) => d.status === change.to);
}

/** Locks a project's budget, whatever its own status, and closes it for estimates from Sage. */
export async function lockBudget(tx: Queries, names: Names, budget: StagedDocument): Promise<void> {
  await tx.query(
    tx.sql
      .build(names.staging("budget"))
      .where("budget_id", budget.rawId)
      .update({ erp_locked: bitOf(true), estimate_import_blocked: bitOf(true) }),
  );
}

export async function setBudgetLocked(
  tx: Queries,
  names: Names,
  budget: StagedDocument,
  locked: boolean,
): Promise<void> {
  await tx.query(
    tx.sql
      .build(names.staging("budget"))
      .where("budget_id", budget.rawId)
      .update({ erp_locked: bitOf(locked) }),
  );
}

/**
 * Sets `erp_synced` of some of a document's lines, addressed by their ids as staging holds them. One that is as it
 * should be is not written again.
 * @param document as it was read in this transaction, with its lines
 */
export async function setLinesSynced(
  tx: Queries,
  names: Names,
  document: StagedDocument,
  rawIds: readonly string[],
  synced: boolean,
): Promise<void> {
  const wanted = new Set(rawIds);
  const others = document.lines.filter((line) => line.erpSynced !== synced && wanted.has(line.rawId));
  if (others.length === 0) return;
  const { lines, lineId } = DOCUMENT_TABLES[document.document];
  await tx.query(
    tx.sql
      .build(names.staging(lines))
      .whereIn(
        lineId,
        idSet(
          tx,
          others.map(({ rawId }) => rawId),
        ),
      )
      .update({ erp_synced: bitOf(synced) }),
  );
}

/** Frees a project's budget once none of its documents is exported; until then the budget itself stays locked. */
export async function unlockIfNothingExported(
  tx: Queries,
  names: Names,
  documentsOfProject: readonly StagedDocument[],
): Promise<void> {
  const now = await readHeaders(tx, names, documentsOfProject);
  const exported = now.some((document) => document.status === "exported");
  for (const budget of now.filter((document) => document.document === "budget"))
    await setBudgetLocked(tx, names, budget, exported);
}
