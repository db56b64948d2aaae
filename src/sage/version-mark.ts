import type { Knex } from "knex";
import type { Sql } from "../db/db.ts";
import { columnsOf } from "../db/inspect.ts";
import { textOrNull } from "../db/values.ts";
import { qualified, SAGE_TABLES, type SageSource, type SageTable } from "./tables.ts";

/** A copy at one moment, so that two looks can be told apart without comparing all of it. */
export interface VersionMark {
  /** Rows of each table, highest numbers, sums: equal as long as no table was refilled meanwhile. */
  readonly mark: string;
  /** Rows of each table that is there, of the company if the table tells. */
  readonly rows: ReadonlyMap<SageTable, number>;
  /** The newest stamp of any entry, as the copy writes it; null if the copy has no stamps. */
  readonly newestStamp: string | null;
}

/** What is asked of each column that a copy has, whatever type it has there: whole numbers, or the newest stamp. */
const AGGREGATES: Readonly<Record<string, (sql: Sql, column: string) => Knex.Raw>> = {
  Run: highest,
  Sequence: highest,
  Amount: sum,
  Original_Estimate: sum,
  Approved_Estimate_Changes: sum,
  Time_Stamp: newest,
  Date_Stamp: newest,
};
function highest(sql: Sql, column: string): Knex.Raw {
  return sql.build.raw("max(?)", [sql.whole(column)]);
}
/** In whole cents: a sum of floating-point numbers depends on their order. */
function sum(sql: Sql, column: string): Knex.Raw {
  return sql.build.raw("sum(?)", [sql.whole(column, 100)]);
}
function newest(sql: Sql, column: string): Knex.Raw {
  return sql.build.raw("max(??)", [column]);
}
/** The first that a copy has tells how old what it shows is. */
const STAMPS = ["time_stamp", "date_stamp"];

/** Takes a copy's mark, in one statement. */
export async function markVersion(source: SageSource): Promise<VersionMark> {
  const { db, company } = source;
  const { build } = db.sql;
  const parts: { readonly table: SageTable; readonly name: string; readonly query: Knex.QueryBuilder }[] = [];
  for (const table of SAGE_TABLES) {
    const present = await columnsOf(db, qualified(source, table));
    if (present.size === 0) continue;
    const add = (name: string, value: Knex.Raw) => {
      const query = build(qualified(source, table)).select(value);
      if (company && present.has(company.column.toLowerCase()))
        query.whereRaw("ltrim(rtrim(??)) = ?", [company.column, company.value.trim()]);
      parts.push({ table, name, query });
    };
    add("rows", build.raw("count(*)"));
    for (const [column, aggregate] of Object.entries(AGGREGATES))
      if (present.has(column.toLowerCase())) add(column.toLowerCase(), aggregate(db.sql, column));
  }
  if (parts.length === 0) return { mark: "", rows: new Map(), newestStamp: null };
  const statement = build.select(
    parts.map(({ query }, index) =>
      // As text, whatever it is: numbers are only compared, and stamps begin with their day.
      db.sql.textOf(query, `value_${index}`),
    ),
  );
  const [row] = await db.query(statement);
  const values = parts.map(({ table, name }, index) => ({
    table,
    name,
    value: row ? textOrNull(row, `value_${index}`) : null,
  }));
  const stamps = STAMPS.map((column) =>
    values.flatMap(({ name, value }) => (name === column && value !== null ? [value] : [])),
  ).find((found) => found.length > 0);
  return {
    mark: JSON.stringify(values),
    rows: new Map(
      values.flatMap(({ table, name, value }) => (name === "rows" ? [[table, Number(value)] as const] : [])),
    ),
    newestStamp: stamps?.sort().at(-1) ?? null,
  };
}
