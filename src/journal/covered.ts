import type { CompanyContext } from "../context.ts";
import type { Queries, RowSetColumns, RowValues } from "../db/db.ts";
import { nextSequence } from "./audit-chain.ts";
import { COVERED, type CoveredName } from "./covered-columns.ts";
import { hashOfCells, shortHash } from "./row-digest.ts";
import { noteRow, promiseEvent, type Untold, untoldBy } from "./untold.ts";

type Writer = Pick<CompanyContext, "names" | "company">;

/**
 * The number of the event that will stand for what a transaction writes: the next on the company's chain. It must be
 * told before the transaction ends.
 */
export const eventOf = async (writer: Writer, tx: Queries): Promise<bigint> =>
  (await untoldOf(writer, tx)).sequence;

const untoldOf = async ({ names, company }: Writer, tx: Queries): Promise<Untold> =>
  untoldBy(tx) ?? promiseEvent(tx, await nextSequence(tx, names, company.id));

/**
 * Adds rows that the event will stand for, each with its number, where the table has it, and its own short hash.
 * @param table as `names` calls it
 */
export async function insertCovered(
  writer: Writer,
  tx: Queries,
  table: string,
  columns: RowSetColumns,
  rows: readonly RowValues[],
): Promise<void> {
  if (rows.length === 0) return;
  const untold = await untoldOf(writer, tx);
  const part = partOf(writer, table);
  const { columns: hashed, event, hasHash } = COVERED[part];
  const cells = (row: Readonly<Record<string, unknown>>, some: readonly string[]) =>
    some.map((column) => row[column]);
  const own: RowValues = event === null ? {} : { event: untold.sequence };
  const whole = rows.map((row): RowValues => ({ ...own, ...row }));
  const named = { ...columns, ...(event === null ? {} : { event: "cents" as const }) };
  if (hasHash) {
    const withHash = whole.map((row) => {
      const hash = hashOfCells(cells(row, hashed));
      noteRow(untold, part, hash);
      return { ...row, row_hash: shortHash(hash) };
    });
    return tx.insert(table, { ...named, row_hash: "cents" }, withHash);
  }
  // Other tables refer to the number that the database gives each: it is known when the row is there.
  for (const row of whole) await tx.insert(table, named, [row]);
  const given = Object.keys(named);
  const inserted = new Set(whole.map((row) => hashOfCells(cells(row, given))));
  const there = await tx.query(tx.sql.build(table).where({ event: untold.sequence.toString() }).select());
  // Another company's events have the same numbers.
  const written = there.filter((row) => inserted.has(hashOfCells(cells(row, given))));
  if (written.length !== rows.length)
    throw new Error(`${rows.length} rows of ${table} were written, and ${written.length} are there`);
  await noteCovered(writer, tx, part, written);
}

function partOf({ names }: Writer, table: string): CoveredName {
  for (const [part, { table: own }] of Object.entries(COVERED))
    if (part === own && names.journal(own) === table) return part as CoveredName;
  throw new Error(`no event stands for ${table}`);
}

/** Has the event stand for rows as they are now: those with a number of the database's, or a later part of them. */
export async function noteCovered(
  writer: Writer,
  tx: Queries,
  part: CoveredName,
  rows: readonly Readonly<Record<string, unknown>>[],
): Promise<void> {
  const untold = await untoldOf(writer, tx);
  for (const row of rows)
    noteRow(untold, part, hashOfCells(COVERED[part].columns.map((column) => row[column])));
}

/** Has the event that will stand for what a transaction writes tell something more. */
export async function tellWith(
  writer: Writer,
  tx: Queries,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  const told = (await untoldOf(writer, tx)).details;
  for (const [name, value] of Object.entries(details)) {
    if (name in told) throw new Error(`an event tells of ${name} once`);
    told[name] = value;
  }
}
