import type { Db, Row } from "../../src/db/db.ts";
import type { Names } from "../../src/names.ts";

/** The journal's movements in their order, each with what it refers to spelled out. */
export function readMovementRows(db: Db, names: Names): Promise<Row[]> {
  const { build } = db.sql;
  const either = (column: string) =>
    build.raw("coalesce(??, ??) as ??", [`l.${column}`, `m.${column}`, column]);
  return db.query(
    build(`${names.journal("movement")} as m`)
      .leftJoin(`${names.journal("import_line")} as l`, (on) =>
        on.on("l.batch", "m.batch").andOn("l.line_no", "m.line_no"),
      )
      .leftJoin(`${names.journal("batch")} as b`, "b.id", "m.batch")
      .leftJoin(`${names.journal("sent_document")} as d`, "d.id", "m.sent_document")
      .join(`${names.journal("project")} as p`, "p.id", build.raw("coalesce(l.project, m.project)"))
      .orderBy("m.movement_id")
      .select(
        ...["m.from_account", "m.to_account", "m.cents", "m.line_no", "b.batch_id", "p.project_id"],
        ...["d.document_id", ...["kind", "job", "extra", "cost_code", "category"].map(either)],
      ),
  );
}

/** The journal's import lines in their order, each with its batch and project. */
export const readLineRows = (db: Db, names: Names): Promise<Row[]> =>
  db.query(
    db.sql
      .build(`${names.journal("import_line")} as l`)
      .join(`${names.journal("batch")} as b`, "b.id", "l.batch")
      .join(`${names.journal("project")} as p`, "p.id", "l.project")
      .orderBy(["l.batch", "l.line_no"])
      .select("l.*", "b.batch_id", "p.project_id"),
  );
