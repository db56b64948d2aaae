import type { CompanyContext } from "../context.ts";
import type { Queries, RowSetColumns, RowValues } from "../db/db.ts";
import { nextSequence } from "./audit-chain.ts";
import { promiseEvent, untoldBy } from "./untold.ts";

type Writer = Pick<CompanyContext, "names" | "company">;

/**
 * The number of the event that will stand for what a transaction writes: the next on the company's chain. It must be
 * told before the transaction ends.
 */
export async function eventOf({ names, company }: Writer, tx: Queries): Promise<bigint> {
  const promised = untoldBy(tx);
  if (promised) return promised.sequence;
  const sequence = await nextSequence(tx, names, company.id);
  promiseEvent(tx, sequence);
  return sequence;
}

/** Adds rows, each with the number of the event that stands for it. */
export async function insertCovered(
  writer: Writer,
  tx: Queries,
  table: string,
  columns: RowSetColumns,
  rows: readonly RowValues[],
): Promise<void> {
  if (rows.length === 0) return;
  const event = await eventOf(writer, tx);
  await tx.insert(
    table,
    { event: "cents", ...columns },
    rows.map((row) => ({ event, ...row })),
  );
}

/** Has the event that will stand for what a transaction writes tell something more. */
export async function tellWith(
  writer: Writer,
  tx: Queries,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  await eventOf(writer, tx);
  Object.assign(untoldBy(tx)?.details ?? {}, details);
}
