import knex, { type Knex } from "knex";
import type { Engine, RowSetColumns, RowValues, Sql } from "./db.ts";

/**
 * The SQL of one engine. The knex instance has no connection: it only turns builders into text and bindings.
 */
export function sqlFor(engine: Engine): Sql {
  const build =
    engine === "sqlite"
      ? knex({ client: "better-sqlite3", useNullAsDefault: true })
      : knex({ client: "mssql" });

  if (engine === "sqlite") {
    return {
      engine,
      build,
      text: (column) => build.raw("cast(?? as text) as ??", [column, last(column)]),
      exactText: (column) => build.raw("cast(?? as text) as ??", [column, last(column)]),
      asText: (column) => build.raw("cast(?? as text)", [column]),
      float: (column) => build.raw("?? as ??", [column, last(column)]),
      whole: (column, factor = 1) =>
        build.raw(
          "case when abs(cast(?? as float)) < 1e15 then cast(round(cast(?? as float) * ?) as bigint) end",
          [column, column, factor],
        ),
      rowHash: (columns) => build.raw(`row_hash(${columns.map(() => "?").join(", ")})`, [...columns]),
      rowHashSum: (columns) => build.raw(`row_hash_sum(${columns.map(() => "?").join(", ")})`, [...columns]),
      trimmedText: (column) => build.raw("trim(??) collate binary", [column]),
      now: (offsetSeconds = 0) =>
        build.raw("strftime('%Y-%m-%dT%H:%M:%SZ', 'now', ?)", [`${offsetSeconds} seconds`]),
      rowSet: (columns, rows) => {
        const fields = Object.entries(columns).map(([name, type]) =>
          type === "text" || type === "money"
            ? `json_extract(value, '$.${name}') as "${name}"`
            : `cast(json_extract(value, '$.${name}') as integer) as "${name}"`,
        );
        return build.raw(`(select ${fields.join(", ")} from json_each(?)) as row_set`, [rowsAsJson(rows)]);
      },
      locked: (table) => build.raw("??", [table]),
    };
  }
  // The first six bytes, as the whole number that they are; between the columns a character that no code has.
  const hashOf = (columns: readonly Knex.Raw[]): Knex.Raw =>
    build.raw(
      `cast(substring(hashbytes('SHA2_256', concat(${columns
        .map(() => "coalesce(convert(nvarchar(400), ?), nchar(30)), nchar(31)")
        .join(", ")})), 1, 6) as bigint)`,
      [...columns],
    );
  return {
    engine,
    build,
    text: (column) => build.raw("convert(nvarchar(400), ??, 126) as ??", [column, last(column)]),
    exactText: (column) =>
      build.raw("convert(nvarchar(400), ??, 126) collate Latin1_General_BIN2 as ??", [column, last(column)]),
    asText: (column) => build.raw("convert(nvarchar(400), ??, 126)", [column]),
    // Style 3 gives the 17 digits that bring the same double back.
    float: (column) =>
      build.raw("coalesce(convert(varchar(40), try_convert(float, ??), 3), convert(varchar(40), ??)) as ??", [
        column,
        column,
        last(column),
      ]),
    whole: (column, factor = 1) =>
      build.raw(
        "case when abs(try_convert(float, ??)) < 1e15 then try_convert(bigint, round(try_convert(float, ??) * ?, 0)) end",
        [column, column, factor],
      ),
    rowHash: hashOf,
    rowHashSum: (columns) =>
      build.raw("convert(varchar(40), sum(cast(? as decimal(38, 0))))", [hashOf(columns)]),
    trimmedText: (column) =>
      build.raw("ltrim(rtrim(convert(nvarchar(400), ??))) collate Latin1_General_BIN2", [column]),
    now: (offsetSeconds = 0) =>
      build.raw("replace(convert(varchar(19), dateadd(second, ?, sysutcdatetime()), 121), ' ', 'T') + 'Z'", [
        offsetSeconds,
      ]),
    rowSet: (columns, rows) =>
      build.raw(`openjson(?) with (${openJsonColumns(columns)}) as row_set`, [rowsAsJson(rows)]),
    locked: (table) => build.raw("?? with (updlock, holdlock)", [table]),
  };
}

const last = (column: string): string => column.slice(column.lastIndexOf(".") + 1);

/** Names in brackets: `rule` is a word of SQL Server's. */
const openJsonColumns = (columns: RowSetColumns): string =>
  Object.entries(columns)
    .map(([name, type]) => {
      const sqlType = { text: "nvarchar(max)", integer: "int", cents: "bigint", money: "decimal(18, 2)" }[
        type
      ];
      return `[${name}] ${sqlType} '$.${name}'`;
    })
    .join(", ");

// JSON has no 64-bit integers that both engines read alike: they go as text and are cast there.
const rowsAsJson = (rows: readonly RowValues[]): string =>
  JSON.stringify(rows, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
