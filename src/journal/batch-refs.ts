import type { Queries } from "../db/db.ts";
import { idSet } from "../db/row-sets.ts";
import { cents, text } from "../db/values.ts";
import type { Names } from "../names.ts";

/** The journal's own numbers of batches, by batch id. */
export async function batchRefs(
  tx: Queries,
  names: Names,
  batchIds: readonly string[],
): Promise<(batchId: string) => bigint> {
  const statement = tx.sql
    .build(`${names.journal("batch")} as b`)
    .whereIn("b.batch_id", idSet(tx, [...new Set(batchIds)]))
    .select("b.id", "b.batch_id");
  const rows = batchIds.length === 0 ? [] : await tx.query(statement);
  const ids = new Map(rows.map((row) => [text(row, "batch_id"), cents(row, "id")]));
  return (batchId) => {
    const id = ids.get(batchId);
    if (id === undefined) throw new Error(`batch ${batchId} is not in the journal`);
    return id;
  };
}
