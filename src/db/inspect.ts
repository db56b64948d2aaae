import type { Db } from "./db.ts";
import { text } from "./values.ts";

/** The column names of a table or view, in lower case; empty if there is none of that name. A schema precedes the name. */
export const columnsOf = async (db: Db, name: string): Promise<Set<string>> =>
  new Set((await columnTypesOf(db, name)).keys());

/** The columns as `columnsOf` gives them, each with its type without its size, in lower case. */
export async function columnTypesOf(db: Db, name: string): Promise<Map<string, string>> {
  const [schema, table] = name.includes(".") ? name.split(".") : ["dbo", name];
  const statement =
    db.engine === "sqlite"
      ? db.sql.build.raw("select name as name, type as type from pragma_table_info(?)", [name])
      : db.sql.build.raw(
          "select COLUMN_NAME as name, DATA_TYPE as type from INFORMATION_SCHEMA.COLUMNS where TABLE_SCHEMA = ? and TABLE_NAME = ?",
          [schema ?? "", table ?? ""],
        );
  const bare = (type: string) => type.toLowerCase().replace(/\(.*/, "").trim();
  return new Map(
    (await db.query(statement)).map((row) => [text(row, "name").toLowerCase(), bare(text(row, "type"))]),
  );
}
