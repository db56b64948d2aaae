import type { Engine } from "./db/db.ts";

export const STAGING_TABLES = [
  "project",
  "sub_job",
  "budget",
  "budget_line_item",
  "budget_modification",
  "budget_modification_line",
] as const;
export type StagingTable = (typeof STAGING_TABLES)[number];

export const JOURNAL_TABLES = [
  "layout",
  "lease",
  "run",
  "mapping_set",
  "project",
  "batch",
  "sent_document",
  "import_line",
  "line_state",
  "movement",
  "known_entry",
  "posting",
  "hold",
  "document_reason",
  "baseline",
  "release",
  "rejected_record",
  "accepted_difference",
  "opening_total",
  "job",
  "tie_out_part",
  "tie_out",
  "audit_event",
] as const;
export type JournalTable = (typeof JOURNAL_TABLES)[number] | "budget_action";

/** What tables are called where we are: schemas on SQL Server, prefixes on SQLite (contract §§1, 2). */
export interface Names {
  staging(table: StagingTable): string;
  journal(table: JournalTable): string;
}

export const namesFor = (engine: Engine, stagingSchema = "staging"): Names =>
  engine === "sqlite"
    ? { staging: (table) => table, journal: (table) => `tieout_${table}` }
    : { staging: (table) => `${stagingSchema}.${table}`, journal: (table) => `tieout.${table}` };
