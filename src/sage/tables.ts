import type { Knex } from "knex";
import type { Db } from "../db/db.ts";
import { columnsOf } from "../db/inspect.ts";
import { NEEDS, SAGE_TABLES, type SageTable } from "./needs.ts";

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
/** CURRENT first: an entry moved in between is seen twice, never missed. */
export const TRANSACTION_TABLES = ["JCT_CURRENT__TRANSACTION", "JCT_HISTORY__TRANSACTION"] as const;

const FLOATS = new Set(["Original_Estimate", "Approved_Estimate_Changes", "Amount"]);
const DATES = new Set(["Date_Stamp", "Time_Stamp"]);
/** Columns that some copies have and nobody misses. */
const OPTIONAL = new Set(["Date_Stamp", "Dist_Sequence"]);
/** Lists that the companies of a copy may share: without the company's column they are everybody's. */
const SHARED_LISTS: ReadonlySet<SageTable> = new Set([
  "JCM_MASTER__STANDARD_COST_CODE",
  "JCM_MASTER__STANDARD_CATEGORY",
]);

/** A table of a copy, and how its rows are asked for. */
export interface CopyTable {
  readonly table: SageTable;
  /** Whether the copy has the column. */
  readonly has: (column: string) => boolean;
  /** The rows that are the company's and not deleted in Sage; null where nothing of them is of use. */
  readonly ownRows: (() => Knex.QueryBuilder) | null;
  /** Whether a row is an estimate, of which there is about one among a hundred transactions; null for masters. */
  readonly isEstimate: Knex.Raw | null;
  /** Every column that is read, under its own name; one that the copy lacks is null. */
  readonly columns: readonly Knex.Raw[];
  /** What of a row is read, to be hashed. */
  readonly hashed: readonly Knex.Raw[];
  /** What the copy lacks of it, each with what is lost. */
  readonly lacking: readonly string[];
}

/** Asks a copy for its tables and their columns. */
export async function describeCopy(source: SageSource): Promise<CopyTable[]> {
  const tables: CopyTable[] = [];
  for (const table of SAGE_TABLES)
    tables.push(describe(source, table, await columnsOf(source.db, qualified(source, table))));
  return tables;
}

function describe(source: SageSource, table: SageTable, present: ReadonlySet<string>): CopyTable {
  const { db, company, filter } = source;
  const { build, float, asText, text } = db.sql;
  const { columns, loss, indispensable } = NEEDS[table];
  const has = (column: string) => present.has(column.toLowerCase());
  const isShared = company !== null && !has(company.column) && SHARED_LISTS.has(table);
  const missing = columns.filter((column) => !has(column) && !OPTIONAL.has(column));
  const lacking = [
    ...(present.size === 0 ? [`${table} is not there: ${loss}`] : []),
    ...(present.size > 0 && missing.length > 0 ? [`${table} has no ${missing.join(", ")}: ${loss}`] : []),
  ];
  let isOfUse = present.size > 0 && indispensable.every(has);
  if (isOfUse && company && !has(company.column)) {
    const column = `${table} has no ${company.column}`;
    lacking.push(
      isShared
        ? `${column}: it is taken to be for all companies`
        : `${column}, so ${company.value} cannot be told from other companies: ${loss}`,
    );
    isOfUse = isShared;
  }
  const ownRows = () => {
    const rows = build(qualified(source, table));
    if (company && !isShared)
      rows.whereRaw("? = ?", [db.sql.trimmedText(company.column), company.value.trim()]);
    if (filter && has(filter.column))
      rows.whereRaw(`ltrim(rtrim(?)) in (${filter.keep.map(() => "?").join(", ")})`, [
        asText(filter.column),
        ...filter.keep.map((value) => value.trim()),
      ]);
    return rows;
  };
  return {
    ...{ table, has, lacking },
    ownRows: isOfUse ? ownRows : null,
    isEstimate: (TRANSACTION_TABLES as readonly string[]).includes(table)
      ? build.raw(
          "(lower(??) like ? or lower(??) like ?)",
          Object.values(ESTIMATE_TYPES).flatMap((type) => ["Transaction_Type", `%${type}%`]),
        )
      : null,
    columns: columns.map((column) => {
      if (!has(column)) return build.raw("null as ??", [column]);
      if (FLOATS.has(column)) return float(column);
      if (DATES.has(column)) return text(column);
      // Under this name, however the copy writes it.
      return build.raw("?? as ??", [column, column]);
    }),
    hashed: columns
      .filter(has)
      .map((column) => (DATES.has(column) ? asText(column) : build.raw("??", [column]))),
  };
}

export const qualified = ({ db, schema }: SageSource, table: string): string =>
  db.engine === "sqlite" ? table : `${schema ?? "dbo"}.${table}`;
