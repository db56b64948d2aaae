import type { JournalTable } from "../names.ts";

/** A part of a table's rows that an event stands for. */
export interface CoveredPart {
  readonly table: JournalTable;
  /** In the order in which they are hashed. */
  readonly columns: readonly string[];
  /** The column with the event's number; null where it is the one that claimed the row's batch. */
  readonly event: string | null;
  /** The columns by which a row is named to people. */
  readonly named: readonly string[];
  /** Whether the row has its own short hash beside it. */
  readonly hasHash: boolean;
}

/** Rows as they are written, first of all: named by an `id`, they have no short hash. */
const whole = (table: JournalTable, named: string, columns: string): CoveredPart => ({
  table,
  columns: columns.split(" "),
  event: columns.split(" ").includes("event") ? "event" : null,
  named: named.split(" "),
  hasHash: named !== "id",
});

/** What a later event adds to a row. */
const later = (table: JournalTable, named: string, event: string, columns: string): CoveredPart => ({
  table,
  columns: [...columns.split(" "), event],
  event,
  named: named.split(" "),
  hasHash: false,
});

const KEY = "job extra cost_code category";
const ENTRY = "job run sequence distribution";
const HOLD =
  "event company project_id document document_id project_number staging_line_id field value rule message remedy began_at";

/**
 * What the audit chain stands for, by the name that events have for it: every column of these tables, but for numbers
 * that nothing refers to, and for what is copied from others (`COPIED`). The order of columns is part of what is
 * hashed, and never changed: a column that a later version adds is a part of its own, for rows written from then on.
 */
export const COVERED = {
  mapping_set: whole("mapping_set", "company version", "company version event sha256 in_force_since files"),
  project: whole("project", "id", "id event company project_id project_number project_name"),
  batch: whole(
    "batch",
    "id",
    "id event batch_id company number created_at claim_day transaction_date tool_version mapping_sha256 jce previous_manifest_sha256",
  ),
  "batch.written": later("batch", "id", "written_event", "id manifest_sha256 written_at"),
  sent_document: whole(
    "sent_document",
    "id",
    "id event batch project document document_id number title accepted_by accepted_at flags_before content",
  ),
  import_line: whole(
    "import_line",
    "batch line_no",
    `batch line_no project kind ${KEY} job_description extra_description extra_is_new cost_code_description cost_code_is_new cents in_file`,
  ),
  line_state: whole("line_state", "batch line_no event", "batch line_no event state posted_cents ambiguous"),
  movement: whole(
    "movement",
    "movement_id",
    `event from_account to_account cents cause batch line_no sent_document staging_line_id mapping_rows project kind ${KEY}`,
  ),
  known_entry: whole(
    "known_entry",
    "company job run sequence",
    `company ${ENTRY} event known_at_batch at_baseline`,
  ),
  posting: whole("posting", "batch line_no job run sequence", `batch line_no ${ENTRY} event cents`),
  "posting.gone": later(
    "posting",
    "batch line_no job run sequence",
    "gone_event",
    `batch line_no ${ENTRY} event`,
  ),
  hold: whole("hold", "hold_id", HOLD),
  "hold.ended": later("hold", "hold_id", "ended_event", `${HOLD} ended_at`),
  baseline: whole(
    "baseline",
    "company project_id",
    "company project_id event project_number job source cents document_id accepted_by accepted_at reason actor recorded_at recorded_day before_batch",
  ),
  release: whole(
    "release",
    "company event",
    "company event project_id document document_id accepted_at content rule reason actor released_at",
  ),
  rejected_record: whole(
    "rejected_record",
    "company file_sha256 record",
    `company file_sha256 record event file_name read_at ${KEY} cents batch line_no`,
  ),
  accepted_difference: whole(
    "accepted_difference",
    "batch line_no event",
    "batch line_no event state exported_cents posted_cents reason actor accepted_at",
  ),
  opening_total: whole(
    "opening_total",
    "company job extra cost_code category kind",
    `company event kind ${KEY} master_cents entries_cents`,
  ),
  tie_out: whole(
    "tie_out",
    "tie_out_id",
    "company event run_id at day last_part parts_sum sha256 content copy highest_run head_event",
  ),
} as const satisfies Readonly<Record<string, CoveredPart>>;

export type CoveredName = keyof typeof COVERED;

/** Columns of covered tables that say what other rows say; verifying makes them again from these. */
export const COPIED = {
  import_line: ["state", "state_event", "posted_cents", "ambiguous", "tied_out_event"],
} as const;

/** Numbers that nothing refers to. */
export const UNREFERRED = {
  movement: ["movement_id"],
  hold: ["hold_id"],
  tie_out: ["tie_out_id"],
} as const;
