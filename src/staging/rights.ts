import { bracketed, qualified } from "../db/quote.ts";
import { JOURNAL_RIGHTS } from "../journal/rights.ts";
import { type JournalTable, type Names, STAGING_TABLES, type StagingTable } from "../names.ts";
import { STAGING_COLUMNS } from "./columns.ts";

/** The only staging columns that are ever written (contract §1). */
export const WRITTEN_STAGING_COLUMNS: ReadonlySet<string> = new Set([
  "erp_status",
  "erp_synced",
  "erp_locked",
  "estimate_import_blocked",
]);

/** The columns of a staging table that are written, in its own order. */
export const writtenColumns = (table: StagingTable): readonly string[] =>
  STAGING_COLUMNS[table].filter((column) => WRITTEN_STAGING_COLUMNS.has(column));

/** Statements that give a user of the staging database what a run needs there, and nothing more (SQL Server). */
export function stagingGrants(names: Names, user: string): string[] {
  const to = `to ${bracketed(user)}`;
  return [
    ...STAGING_TABLES.flatMap((table) => {
      const columns = writtenColumns(table);
      const on = `on ${qualified(names.staging(table))}`;
      const update =
        columns.length > 0 ? [`grant update (${columns.map(bracketed).join(", ")}) ${on} ${to};`] : [];
      return [`grant select ${on} ${to};`, ...update];
    }),
    ...Object.entries(JOURNAL_RIGHTS).map(
      ([table, rights]) =>
        `grant ${rights.join(", ")} on ${qualified(names.journal(table as JournalTable))} ${to};`,
    ),
  ];
}
