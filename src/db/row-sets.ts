import type { Queries, RowChanges, RowSetColumns, RowValues, Sql, Statement } from "./db.ts";

/** Rows sent with one statement: statements grow in number with chunks, not with rows. */
const ROWS_PER_STATEMENT = 5_000;

function* chunks<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT)
    yield rows.slice(start, start + ROWS_PER_STATEMENT);
}

/** The statements that add rows as sets; a single one as it is. */
export function* insertStatements(
  { build, rowSet }: Sql,
  table: string,
  columns: RowSetColumns,
  rows: readonly RowValues[],
): Generator<Statement> {
  const names = Object.keys(columns);
  const [only, ...others] = rows;
  if (only && others.length === 0) {
    yield build(table).insert(Object.fromEntries(names.map((name) => [name, plain(only[name])])));
    return;
  }
  const into = build.raw(`?? (${names.map(() => "??").join(", ")})`, [table, ...names]);
  for (const chunk of chunks(rows))
    yield build.into(into).insert(build.select(names).from(rowSet(columns, chunk)));
}

/** A whole number of any size goes as text: the server casts it. */
const plain = (value: RowValues[string] | undefined): string | number | null =>
  typeof value === "bigint" ? value.toString() : (value ?? null);

/** The statements that change rows as sets. */
export function* updateStatements(
  { build, rowSet }: Sql,
  table: string,
  { scope = {}, keys, columns, rows }: RowChanges,
): Generator<Statement> {
  // Names of their own, so that no column needs its table's name.
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
        [...Object.keys(keys), ...Object.keys(columns)].map((name) => [`new_${name}`, row[name] ?? null]),
      ),
    );
    yield build.raw(
      `update ?? set ${assignments.map(() => "?").join(", ")} from ? where ${conditions.map(() => "?").join(" and ")}`,
      [table, ...assignments, rowSet({ ...renamed(keys), ...renamed(columns) }, values), ...conditions],
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
