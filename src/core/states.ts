import type { ErpStatus } from "./staged.ts";

/**
 * Where money stands. What is accepted and not claimed needs no movement: it is waiting or held. `baseline` is what
 * counts as sent before anything was; `left_out` what came to no difference.
 */
export type Account = "accepted" | "baseline" | "claimed" | "posted" | "left_out";

/** What happens to a document, and by which command. */
export type DocumentEvent = "claimed" | "tied_out" | "nothing_to_send";

interface DocumentTransition {
  readonly by: "export" | "reconcile";
  readonly from: ErpStatus;
  readonly to: ErpStatus;
  /** The header's flags afterwards. */
  readonly synced: boolean;
  readonly locked: boolean;
  /** What becomes of the project's budget header. */
  readonly budget:
    | "locked and estimate import blocked"
    | "unlocked once no document of the project is exported";
  /** What becomes of the lines' `erp_synced`. */
  readonly lines: "0 where something is sent" | "all 1";
  /** Money moves from and to. */
  readonly movement: readonly [Account, Account];
}

/**
 * Every transition of a document that this program causes. Each write to staging is conditional on `from`.
 * All other statuses are set by the project system.
 */
export const DOCUMENT_TRANSITIONS: Readonly<Record<DocumentEvent, DocumentTransition>> = {
  claimed: {
    by: "export",
    from: "accepted",
    to: "exported",
    synced: false,
    locked: true,
    budget: "locked and estimate import blocked",
    lines: "0 where something is sent",
    movement: ["accepted", "claimed"],
  },
  tied_out: {
    by: "reconcile",
    from: "exported",
    to: "synced",
    synced: true,
    locked: false,
    budget: "unlocked once no document of the project is exported",
    lines: "all 1",
    movement: ["claimed", "posted"],
  },
  nothing_to_send: {
    by: "export",
    from: "accepted",
    to: "synced",
    synced: true,
    locked: false,
    budget: "unlocked once no document of the project is exported",
    lines: "all 1",
    movement: ["accepted", "left_out"],
  },
};

/** A batch: in the journal and the flags (`claimed`), then in the outbox as well (`written`). */
export type BatchState = "claimed" | "written";

/** What is known of an import line from Sage's entries. Any state may follow any other: the entries decide. */
export const IMPORT_LINE_STATES = [
  "awaiting_posting",
  "overdue",
  "posted",
  "amount_differs",
  "posted_twice",
  "rejected_in_sage",
  "no_longer_posted",
  "accepted_difference",
] as const;
export type ImportLineState = (typeof IMPORT_LINE_STATES)[number];

/** What a difference between the two sides can be: a state of an import line, or what no line stands for. */
export type DifferenceState =
  | ImportLineState
  | "unexpected"
  | "changed_since_export"
  | "master_total_differs";
