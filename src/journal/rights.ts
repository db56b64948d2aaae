import { type JournalTable, type Names, STAGING_TABLES, type StagingTable } from "../names.ts";
import { STAGING_COLUMNS } from "../staging/read.ts";

/** The only staging columns that are ever written (contract §1). */
export const WRITTEN_STAGING_COLUMNS: ReadonlySet<string> = new Set([
  "erp_status",
  "erp_synced",
  "erp_locked",
  "estimate_import_blocked",
]);

export type Right = "select" | "insert" | "update" | "delete";

/** What the program does with each table of its journal. Movements and audit events are only ever added. */
export const JOURNAL_RIGHTS: Readonly<Record<JournalTable, readonly Right[]>> = {
  migration: ["select"],
  lease: ["select", "insert", "update"],
  run: ["select", "insert", "update"],
  mapping_set: ["select", "insert"],
  batch: ["select", "insert", "update"],
  sent_document: ["select", "insert"],
  import_line: ["select", "insert", "update"],
  movement: ["select", "insert"],
  known_entry: ["select", "insert"],
  posting: ["select", "insert", "delete"],
  hold: ["select", "insert", "update"],
  document_reason: ["select", "insert", "update", "delete"],
  baseline: ["select", "insert"],
  release: ["select", "insert"],
  rejected_record: ["select", "insert"],
  accepted_difference: ["select", "insert"],
  opening_total: ["select", "insert"],
  tie_out_content: ["select", "insert"],
  tie_out: ["select", "insert"],
  audit_event: ["select", "insert"],
  budget_action: ["select"],
};

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

/** Statements that give a user what is read of a copy of Sage, and nothing more (SQL Server). */
export const sageGrants = (schema: string, tables: readonly string[], user: string): string[] =>
  tables.map((table) => `grant select on ${bracketed(schema)}.${bracketed(table)} to ${bracketed(user)};`);

const bracketed = (name: string): string => `[${name.replaceAll("]", "]]")}]`;
const qualified = (name: string): string => name.split(".").map(bracketed).join(".");
