import type { Db } from "../../src/db/db.ts";
import { type Names, STAGING_TABLES, type StagingTable } from "../../src/names.ts";
import { STAGING_COLUMNS } from "../../src/staging/columns.ts";
import { stagingTableStatement } from "../../src/staging/create-staging.ts";
import { writtenColumns } from "../../src/staging/rights.ts";
import { isStandIn } from "./stand-in.ts";
import type { StagingSite } from "./world.ts";

/** What each table's view joins, as a site's own database would: a row shows only if what it belongs to is there. */
const JOINED: Partial<Record<StagingTable, { readonly to: StagingTable; readonly by: string }>> = {
  budget: { to: "project", by: "project_id" },
  budget_modification: { to: "project", by: "project_id" },
  budget_line_item: { to: "budget", by: "budget_id" },
  budget_modification_line: { to: "budget_modification", by: "modification_id" },
};

const kept = (names: Names, table: StagingTable): string => names.staging(`kept_${table}` as StagingTable);

/** A site whose staging is views over its own tables, which take updates by triggers of theirs and say nothing. */
export const viewsSite: StagingSite = {
  table: kept,
  async create(db, names, user) {
    const run = (statement: string) => db.query(db.sql.build.raw(statement));
    if (db.engine === "sqlserver") await run("exec('create schema staging')");
    for (const table of STAGING_TABLES) {
      const hidden: Names = { ...names, staging: (one) => kept(names, one) };
      await run(stagingTableStatement(db.engine, hidden, table));
    }
    for (const table of STAGING_TABLES) {
      const join = JOINED[table];
      const columns = STAGING_COLUMNS[table].map((column) => `own.${column}`).join(", ");
      const from = `${kept(names, table)} own${join ? ` join ${kept(names, join.to)} other on other.${join.by} = own.${join.by}` : ""}`;
      await run(`create view ${names.staging(table)} as select ${columns} from ${from}`);
      const written = writtenColumns(table);
      if (written.length > 0) await run(updateTrigger(db, names, table, written));
    }
    // There the trigger acts by the rights of whoever updates the view, not by its owner's.
    if (user !== null && (await isStandIn(db)))
      for (const table of STAGING_TABLES)
        await run(`grant select, update on ${kept(names, table)} to ${user}`);
  },
};

function updateTrigger(db: Db, names: Names, table: StagingTable, written: readonly string[]): string {
  const id = STAGING_COLUMNS[table][0];
  const set = (from: string) => written.map((column) => `${column} = ${from}.${column}`).join(", ");
  return db.engine === "sqlite"
    ? `create trigger ${table}_update instead of update on ${table} begin
        update ${kept(names, table)} set ${set("new")} where ${id} = old.${id}; end`
    : `create trigger staging.${table}_update on ${names.staging(table)} instead of update as begin
        set nocount on;
        update own set ${set("i")} from ${kept(names, table)} own join inserted i on i.${id} = own.${id} end`;
}
