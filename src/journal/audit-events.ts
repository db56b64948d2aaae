/** Every event of the audit chain, and when it is told: the table in docs/auditors.md. */
export const AUDIT_EVENTS = {
  mapping_in_force: "another set of mapping files came into force",
  batch_claimed: "a batch was claimed: totals, documents, acceptances, hash of each document's content",
  batch_written: "its folder was written: hashes of all files",
  nothing_to_send: "a document was synced at once, since every difference was 0.00",
  holds_changed: "holds began or ended",
  reject_file_read:
    "a file of records that Sage rejected was read: its hash, and the line behind each record",
  reconciled:
    "states of import lines changed, documents were synced, or a budget was unlocked that nothing held any more",
  tie_out_stored: "a reconciliation stored a tie-out that says something else than the one before: its hash",
  difference_accepted: "a person closed the difference of an import line: both amounts and the reason",
  baseline_recorded: "a person decided an opening position",
  released: "a person let a held document go",
} as const;

export type AuditEventName = keyof typeof AUDIT_EVENTS;
