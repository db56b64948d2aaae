import type { DocumentType } from "../core/staged.ts";
import type { Db } from "../db/db.ts";
import { columnsOf } from "../db/inspect.ts";
import { type Names, STAGING_TABLES, type StagingTable } from "../names.ts";

/** Where each kind of document and its lines stand in staging. */
export const DOCUMENT_TABLES = {
  budget: {
    header: "budget",
    lines: "budget_line_item",
    id: "budget_id",
    lineId: "line_item_id",
    amount: "original_amount",
  },
  modification: {
    header: "budget_modification",
    lines: "budget_modification_line",
    id: "modification_id",
    lineId: "modification_line_id",
    amount: "amount",
  },
} as const satisfies Record<
  DocumentType,
  { header: StagingTable; lines: StagingTable; [column: string]: string }
>;
export const DOCUMENT_TYPES: readonly DocumentType[] = ["budget", "modification"];

/** The columns of each staging table that are read or written; a site may offer them as views. */
export const STAGING_COLUMNS: Readonly<Record<StagingTable, readonly string[]>> = {
  project: ["project_id", "company", "project_number", "name"],
  sub_job: ["project_id", "sub_job_code", "name"],
  budget: [
    "budget_id",
    "project_id",
    "erp_status",
    "accepted_by",
    "accepted_at",
    "erp_synced",
    "erp_locked",
    "estimate_import_blocked",
  ],
  budget_line_item: [
    "line_item_id",
    "budget_id",
    "sub_job_code",
    "cost_code",
    "cost_type",
    "description",
    "original_amount",
    "erp_synced",
  ],
  budget_modification: [
    "modification_id",
    "project_id",
    "number",
    "title",
    "erp_status",
    "accepted_by",
    "accepted_at",
    "erp_synced",
    "erp_locked",
  ],
  budget_modification_line: [
    "modification_line_id",
    "modification_id",
    "sub_job_code",
    "cost_code",
    "cost_type",
    "description",
    "amount",
    "erp_synced",
  ],
};

/** What the staging database lacks of its contract: tables, and columns as `table.column`. */
export async function missingFromStaging(db: Db, names: Names): Promise<string[]> {
  const missing: string[] = [];
  for (const table of STAGING_TABLES) {
    const present = await columnsOf(db, names.staging(table));
    if (present.size === 0) missing.push(names.staging(table));
    else
      for (const column of STAGING_COLUMNS[table])
        if (!present.has(column)) missing.push(`${names.staging(table)}.${column}`);
  }
  return missing;
}
