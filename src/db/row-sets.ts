import type { Queries, RowSetColumns } from "./db.ts";

/** Rows sent with one statement: statements grow in number with chunks, not with rows. */
const ROWS_PER_STATEMENT = 5_000;

export type RowValues = Readonly<Record<string, string | number | bigint | null>>;

function* chunks<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT)
    yield rows.slice(start, start + ROWS_PER_STATEMENT);
}

/** Adds rows with the columns named. */
export async function insertRows(
  tx: Queries,
  table: string,
  columns: RowSetColumns,
  rows: readonly RowValues[],
): Promise<void> {
  const { build } = tx.sql;
  const names = Object.keys(columns);
  const into = build.raw(`?? (${names.map(() => "??").join(", ")})`, [table, ...names]);
  for (const chunk of chunks(rows))
    await tx.query(build.into(into).insert(build.select(names).from(tx.sql.rowSet(columns, chunk))));
}

/** Writes `columns` of the rows that `keys` and `scope` tell; both are columns of the table. */
export async function updateRows(
  tx: Queries,
  table: string,
  scope: Readonly<Record<string, string>>,
  keys: RowSetColumns,
  columns: RowSetColumns,
  rows: readonly RowValues[],
): Promise<void> {
  const { build } = tx.sql;
  // Names of their own, so that no column needs its table's name, which the engines qualify differently.
  const renamed = (names: RowSetColumns) =>
    Object.fromEntries(Object.entries(names).map(([name, type]) => [`new_${name}`, type]));
  const equal = (name: string) => build.raw("?? = ??", [name, `new_${name}`]);
  const assignments = Object.keys(columns).map(equal);
  const conditions = [
    ...Object.keys(keys).map(equal),
    ...Object.entries(scope).map(([name, value]) => build.raw("?? = ?", [name, value])),
  ];
  for (const chunk of chunks(rows)) {
    const values = chunk.map((row) =>
      Object.fromEntries(
        [...Object.keys(keys), ...Object.keys(columns)].map((n) => [`new_${n}`, row[n] ?? null]),
      ),
    );
    await tx.query(
      build.raw(
        `update ?? set ${assignments.map(() => "?").join(", ")} from ? where ${conditions.map(() => "?").join(" and ")}`,
        [
          table,
          ...assignments,
          tx.sql.rowSet({ ...renamed(keys), ...renamed(columns) }, values),
          ...conditions,
        ],
      ),
    );
  }
}

/** A subquery that gives ids sent as one parameter, for `whereIn`. */
export const idSet = (tx: Queries, ids: readonly string[]) =>
  tx.sql.build.select("id").from(
    tx.sql.rowSet(
      { id: "text" },
      ids.map((id) => ({ id })),
    ),
  );
