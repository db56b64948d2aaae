import type { JournalTable } from "../names.ts";

export type Right = "select" | "insert" | "update" | "delete";

/** What the program does with each table of its journal. Movements and audit events are only ever added. */
export const JOURNAL_RIGHTS: Readonly<Record<JournalTable, readonly Right[]>> = {
  layout: ["select"],
  lease: ["select", "insert", "update"],
  run: ["select", "insert", "update"],
  mapping_set: ["select", "insert"],
  project: ["select", "insert"],
  batch: ["select", "insert", "update"],
  sent_document: ["select", "insert"],
  import_line: ["select", "insert", "update"],
  line_state: ["select", "insert"],
  movement: ["select", "insert"],
  known_entry: ["select", "insert"],
  posting: ["select", "insert", "update"],
  hold: ["select", "insert", "update"],
  document_reason: ["select", "insert", "update", "delete"],
  baseline: ["select", "insert"],
  release: ["select", "insert"],
  rejected_record: ["select", "insert"],
  accepted_difference: ["select", "insert"],
  opening_total: ["select", "insert"],
  job: ["select", "insert", "update"],
  tie_out_part: ["select", "insert", "update"],
  tie_out: ["select", "insert"],
  audit_event: ["select", "insert"],
  budget_action: ["select"],
};
