/** Every event that is told of in the audit chain, and when: in docs/auditors.md it says the same. */
export const AUDIT_EVENTS = {
  mapping_in_force:
    "another set of mapping files came into force: the hash of the set and of each file in it",
  holds_changed: "holds began or ended: each with its line, rule and value",
  baseline_recorded: "a person decided the opening position of a project: amounts by key, source, reason",
  released: "a person let a held document go: what held it, reason",
  batch_claimed:
    "a batch was claimed: totals, documents with who accepted them and when, hash of each document's content",
  batch_written: "its folder was written: hashes of all files",
  nothing_to_send: "a document was synced at once, since every difference was 0.00",
  reject_file_read:
    "a file of records that Sage rejected was read: its hash, each record with its import line",
  reconciled:
    "states of import lines changed, documents were synced, or a budget was unlocked that nothing held any more",
  difference_accepted: "a person closed the difference of an import line: state, amounts, reason",
  tie_out_stored: "a reconciliation stored what it found: the hash of that, codes compared, differences",
} as const;

export type AuditEventName = keyof typeof AUDIT_EVENTS;
