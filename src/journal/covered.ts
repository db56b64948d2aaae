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

const cellsOf = (row: Readonly<Record<string, unknown>>, columns: readonly string[]) =>
  columns.map((column) => row[column]);

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
  const { columns: hashed, event } = COVERED[part];
  const own: RowValues = event === null ? {} : { event: untold.sequence };
  await tx.insert(
    table,
    { ...columns, ...(event === null ? {} : { event: "cents" }), row_hash: "cents" },
    rows.map((row) => {
      const whole = { ...own, ...row };
      const hash = hashOfCells(cellsOf(whole, hashed));
      noteRow(untold, part, hash);
      return { ...whole, row_hash: shortHash(hash) };
    }),
  );
}

/**
 * Adds rows to which others refer by a number that the database gives them: the event stands for them as they are
 * there then.
 * @param by an indexed column by which they are found again, so that no other company's rows are waited for
 */
export async function insertNumbered(
  writer: Writer,
  tx: Queries,
  table: string,
  columns: RowSetColumns,
  rows: readonly RowValues[],
  by: string,
): Promise<void> {
  if (rows.length === 0) return;
  const { sequence: event } = await untoldOf(writer, tx);
  const named: RowSetColumns = { ...columns, event: "cents" };
  const whole = rows.map((row): RowValues => ({ ...row, event }));
  for (const row of whole) await tx.insert(table, named, [row]);
  const { build, rowSet } = tx.sql;
  const values = rowSet(
    { [by]: named[by] ?? "text" },
    whole.map((row) => ({ [by]: row[by] ?? null })),
  );
  const there = await tx.query(
    build(table).where({ event: event.toString() }).whereIn(by, build.select(by).from(values)).select(),
  );
  const given = Object.keys(named);
  const inserted = new Set(whole.map((row) => hashOfCells(cellsOf(row, given))));
  const written = there.filter((row) => inserted.has(hashOfCells(cellsOf(row, given))));
  if (written.length !== rows.length)
    throw new Error(`${rows.length} rows of ${table} were written, and ${written.length} are there`);
  await noteCovered(writer, tx, partOf(writer, table), written);
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
  for (const row of rows) noteRow(untold, part, hashOfCells(cellsOf(row, COVERED[part].columns)));
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
