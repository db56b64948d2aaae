import type { Knex } from "knex";
import { columnsOf } from "../db/inspect.ts";
import { textOrNull } from "../db/values.ts";
import { isEstimate, ownRows, qualified, SAGE_TABLES, type SageSource, type SageTable } from "./tables.ts";

/** A copy at one moment, so that two looks can be told apart without comparing all of it. */
export interface VersionMark {
  /** Rows of each table, highest numbers, sums: equal as long as no table was refilled meanwhile. */
  readonly mark: string;
  /** Rows of each table that is there, of the company if the table tells. */
  readonly rows: ReadonlyMap<SageTable, number>;
  /** The newest stamp of any entry, as the copy writes it; null if the copy has no stamps. */
  readonly newestStamp: string | null;
}

/** What is asked of each column that a copy has, whatever type it has there. Numbers, as sums of floats depend on their order. */
const AGGREGATES: Readonly<Record<string, { readonly of: "max" | "sum"; readonly factor: number }>> = {
  Run: { of: "max", factor: 1 },
  Sequence: { of: "max", factor: 1 },
  Amount: { of: "sum", factor: 100 },
  Original_Estimate: { of: "sum", factor: 100 },
  Approved_Estimate_Changes: { of: "sum", factor: 100 },
};
/** The first that a copy has tells how old what it shows is. */
const STAMPS = ["Time_Stamp", "Date_Stamp"];

/**
 * Takes a copy's mark: one statement and one scan a table, CURRENT before HISTORY. Of transactions the estimates
 * alone count, so that others may come and go; only the newest stamp is that of any entry.
 */
export async function markVersion(source: SageSource): Promise<VersionMark> {
  const { db } = source;
  const { build, whole, text } = db.sql;
  const mark: (readonly [SageTable, ...(string | null)[]])[] = [];
  const rows = new Map<SageTable, number>();
  const stamps = new Map<string, string[]>();
  for (const table of SAGE_TABLES) {
    const present = await columnsOf(db, qualified(source, table));
    if (present.size === 0) continue;
    const has = (column: string) => present.has(column.toLowerCase());
    const estimates = isEstimate(source, table, present);
    const counting = (value: Knex.Raw) =>
      estimates ? build.raw("case when ? then ? end", [estimates, value]) : value;
    const numbers = Object.entries(AGGREGATES).filter(([column]) => has(column));
    const stamped = STAMPS.filter(has);
    const aggregates = [
      build.raw("count(?) as ??", [counting(build.raw("1")), "rows_"]),
      ...numbers.map(([column, { of, factor }]) =>
        build.raw(`${of}(?) as ??`, [counting(whole(column, factor)), `${column}_`]),
      ),
      ...stamped.map((column) => build.raw("max(??) as ??", [column, `${column}_`])),
    ];
    const names = [
      "rows_",
      ...[...numbers.map(([column]) => column), ...stamped].map((column) => `${column}_`),
    ];
    // As text, whatever it is: numbers are only compared, and stamps begin with their day.
    const [row] = await db.query(
      build
        .from(ownRows(source, table, present).select(aggregates).as("marked"))
        .select(names.map((name) => text(name))),
    );
    const found = (name: string) => (row ? textOrNull(row, `${name}_`) : null);
    mark.push([table, found("rows"), ...numbers.map(([column]) => found(column))]);
    rows.set(table, Number(found("rows")));
    for (const column of stamped) {
      const newest = found(column);
      if (newest !== null) stamps.set(column, [...(stamps.get(column) ?? []), newest]);
    }
  }
  const [first] = STAMPS.flatMap((column) => stamps.get(column)?.sort().at(-1) ?? []);
  return { mark: JSON.stringify(mark), rows, newestStamp: first ?? null };
}
