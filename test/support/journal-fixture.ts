import Database from "better-sqlite3";

/** What a SQLite file holds, as the statements that make it again. */
export function dumpOf(filename: string): string {
  const db = new Database(filename, { readonly: true });
  try {
    const made = db
      .prepare<[], { type: string; name: string; sql: string }>(
        "select type, name, sql from sqlite_master where sql is not null and name not like 'sqlite_%'",
      )
      .all();
    const tables = made.filter(({ type }) => type === "table").map(({ name }) => name);
    const rows = [...tables.toSorted(), "sqlite_sequence"].flatMap((table) => {
      const columns = db
        .prepare<[string], { name: string }>("select name from pragma_table_info(?) order by cid")
        .all(table)
        .map(({ name }) => name);
      const values = columns.map((name) => `quote("${name}")`).join(" || ', ' || ");
      return db
        .prepare<[], { row: string }>(`select ${values} as row from "${table}"`)
        .all()
        .map(
          ({ row }) =>
            `insert into "${table}" (${columns.map((name) => `"${name}"`).join(", ")}) values (${row})`,
        );
    });
    const orderOf = ["table", "index", "view"];
    const schema = made
      .toSorted((a, b) => orderOf.indexOf(a.type) - orderOf.indexOf(b.type))
      .map(({ sql }) => sql);
    return `${[...schema, "delete from sqlite_sequence", ...rows].join(";\n")};\n`;
  } finally {
    db.close();
  }
}

/** Makes a SQLite file of such statements. */
export function restore(filename: string, dump: string): void {
  const db = new Database(filename);
  db.exec(`begin;\n${dump}\ncommit;`);
  db.close();
}
