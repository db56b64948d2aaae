import type { Db } from "./db.ts";
import { text } from "./values.ts";

/** The column names of a table or view, in lower case; empty if there is none of that name. A schema precedes the name. */
export async function columnsOf(db: Db, name: string): Promise<Set<string>> {
  const [schema, table] = name.includes(".") ? name.split(".") : ["dbo", name];
  const statement =
    db.engine === "sqlite"
      ? db.sql.build.raw("select name as name from pragma_table_info(?)", [name])
      : db.sql.build.raw(
          "select column_name as name from information_schema.columns where table_schema = ? and table_name = ?",
          [schema ?? "", table ?? ""],
        );
  return new Set((await db.query(statement)).map((row) => text(row, "name").toLowerCase()));
}
