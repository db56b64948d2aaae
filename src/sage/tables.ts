import type { Knex } from "knex";
import type { Db, Row } from "../db/db.ts";
import { columnsOf } from "../db/inspect.ts";

/** The tables of Sage Job Cost that are read, masters first. */
export const SAGE_TABLES = [
  "JCM_MASTER__JOB",
  "JCM_MASTER__EXTRA",
  "JCM_MASTER__COST_CODE",
  "JCM_MASTER__CATEGORY",
  "JCM_MASTER__STANDARD_COST_CODE",
  "JCM_MASTER__STANDARD_CATEGORY",
  "JCT_CURRENT__TRANSACTION",
  "JCT_HISTORY__TRANSACTION",
] as const;
export type SageTable = (typeof SAGE_TABLES)[number];

/** Where a company's Sage tables are: a schema on SQL Server, and the column that tells companies apart, if any. */
export interface SageSource {
  readonly db: Db;
  readonly schema: string | null;
  readonly company: { readonly column: string; readonly value: string } | null;
  /** Rows that a copy keeps although Sage has not: those count whose column has one of the values. */
  readonly filter: { readonly column: string; readonly keep: readonly string[] } | null;
}

/** Columns by which copies are known to keep what Sage has deleted. */
export const DELETION_COLUMNS = ["_fivetran_deleted", "_FIVETRAN_ACTIVE", "is_deleted"] as const;

/** `Transaction_Type` of budgets, in lower case; all other entries are not ours. */
export const ESTIMATE_TYPES = {
  original: "original estimate",
  approved_change: "approved est changes",
} as const;
const TRANSACTION_TABLES: ReadonlySet<SageTable> = new Set([
  "JCT_CURRENT__TRANSACTION",
  "JCT_HISTORY__TRANSACTION",
]);

/**
 * A table's rows that may be the company's, and are not deleted in Sage. The database narrows them down by its own
 * collation; what counts is decided by whoever reads them.
 * @param present the table's columns, in lower case
 */
export function ownRows(
  source: SageSource,
  table: SageTable,
  present: ReadonlySet<string>,
): Knex.QueryBuilder {
  const { db, company, filter } = source;
  const rows = db.sql.build(qualified(source, table));
  if (company && present.has(company.column.toLowerCase()))
    rows.whereRaw("ltrim(rtrim(??)) = ?", [company.column, company.value.trim()]);
  if (filter && present.has(filter.column.toLowerCase()))
    rows.whereRaw(`ltrim(rtrim(?)) in (${filter.keep.map(() => "?").join(", ")})`, [
      db.sql.asText(filter.column),
      ...filter.keep.map((value) => value.trim()),
    ]);
  return rows;
}

/** Whether a row is an estimate, of which there is about one among a hundred transactions; null for other tables. */
export const isEstimate = (
  { db: { sql } }: SageSource,
  table: SageTable,
  present: ReadonlySet<string>,
): Knex.Raw | null =>
  TRANSACTION_TABLES.has(table) && present.has("transaction_type")
    ? sql.build.raw(
        "(lower(??) like ? or lower(??) like ?)",
        Object.values(ESTIMATE_TYPES).flatMap((type) => ["Transaction_Type", `%${type}%`]),
      )
    : null;

/** What a table is read for: its columns, and what cannot be done without them. */
export interface TableNeeds {
  readonly columns: readonly string[];
  readonly loss: string;
  /** Columns without which a row is of no use: the table is then not read. */
  readonly indispensable?: readonly string[];
}

const FLOATS = new Set(["Original_Estimate", "Approved_Estimate_Changes", "Amount"]);
const DATES = new Set(["Date_Stamp", "Time_Stamp"]);
/** Columns that some copies have and nobody misses. */
const OPTIONAL = new Set(["Date_Stamp", "Dist_Sequence"]);
/** Lists that the companies of a copy may share: without the company's column they are everybody's. */
const SHARED_LISTS: ReadonlySet<SageTable> = new Set([
  "JCM_MASTER__STANDARD_COST_CODE",
  "JCM_MASTER__STANDARD_CATEGORY",
]);

/** How many rows of each table were read, to be compared with those that its mark has counted. */
export type RowCounts = Map<SageTable, number>;

/**
 * A table's rows with the columns asked for; a column that the copy lacks reads as null. What is lost is added to
 * `lacking`. Where the table is read, its rows are added up in `counts`.
 */
export async function readTable(
  source: SageSource,
  table: SageTable,
  { columns, loss, indispensable = [] }: TableNeeds,
  lacking: string[],
  counts: RowCounts,
): Promise<AsyncIterable<Row>> {
  const { db, company } = source;
  const present = await columnsOf(db, qualified(source, table));
  if (present.size === 0) {
    lacking.push(`${table} is not there: ${loss}`);
    counts.set(table, 0);
    return none();
  }
  const has = (column: string) => present.has(column.toLowerCase());
  const missing = columns.filter((column) => !has(column) && !OPTIONAL.has(column));
  if (missing.length > 0) lacking.push(`${table} has no ${missing.join(", ")}: ${loss}`);
  if (!indispensable.every(has)) return none();
  const isFiltered = company !== null && has(company.column);
  if (company && !isFiltered) {
    const column = `${table} has no ${company.column}`;
    if (!SHARED_LISTS.has(table)) {
      lacking.push(`${column}, so ${company.value} cannot be told from other companies: ${loss}`);
      return none();
    }
    lacking.push(`${column}: it is taken to be for all companies`);
  }

  const statement = ownRows(source, table, present);
  const estimates = isEstimate(source, table, present);
  if (estimates) statement.where(estimates);
  statement.select(
    columns.map((column) => {
      if (!has(column)) return db.sql.build.raw("null as ??", [column]);
      if (FLOATS.has(column)) return db.sql.float(column);
      if (DATES.has(column)) return db.sql.text(column);
      // Under this name, however the copy writes it.
      return db.sql.build.raw("?? as ??", [column, column]);
    }),
  );
  if (!company || !isFiltered) return counted(db.rows(statement), table, counts);
  statement.select(db.sql.build.raw("?? as company_", [company.column]));
  return ofCompany(counted(db.rows(statement), table, counts), company.value);
}

async function* counted(
  rows: AsyncIterable<Row>,
  table: SageTable,
  counts: RowCounts,
): AsyncGenerator<Row, undefined> {
  let count = 0;
  for await (const row of rows) {
    count++;
    yield row;
  }
  counts.set(table, count);
}

async function* ofCompany(rows: AsyncIterable<Row>, value: string): AsyncGenerator<Row> {
  for await (const row of rows) if (String(row.company_).trim() === value.trim()) yield row;
}

async function* none(): AsyncGenerator<Row> {}

export const qualified = ({ db, schema }: SageSource, table: string): string =>
  db.engine === "sqlite" ? table : `${schema ?? "dbo"}.${table}`;
