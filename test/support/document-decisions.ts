/*
 * What becomes of a document: its state, what somebody does to it, and what the next runs make of that. The table
 * is held by test/scenarios/document-events.test.ts, which really does all of it, and shown in docs/decisions.md.
 */

const SHARED_STATES = [
  "not sent",
  "sent",
  "rejected",
  "retrieved",
  "accepted",
  "held",
  "claimed, not written",
  "exported",
  "partly posted",
  "posted with another amount",
  "posted, changed since",
  "synced",
  "accepted again while exported",
  "changed and accepted again while exported",
] as const;
export const BUDGET_STATES = SHARED_STATES;
export const MODIFICATION_STATES = [
  ...SHARED_STATES,
  "accepted before its budget",
  "waiting behind a held one",
  "synced, with a held one before it",
] as const;
export type DocumentState = (typeof MODIFICATION_STATES)[number];

/** Staging and journal, as the two are in one database. */
export const RESTORED = "the database is restored to a copy from before its export";
export const DOCUMENT_EVENTS = [
  "left alone",
  "accepted again, as it is",
  "accepted again with an amount up",
  "accepted again with an amount down",
  "accepted again with a line on another code",
  "accepted again with one of four lines gone",
  "accepted again with two of four lines gone",
  "changed, and not accepted",
  "deleted",
  "deleted, made anew and accepted",
  "rejected",
  "retrieved",
  "a code is mapped elsewhere",
  "a code is mapped elsewhere, then accepted again",
  "its job is closed in Sage",
  "its job is closed in Sage, then accepted again as it is",
  "its job is closed in Sage, then accepted again with an amount up",
  "a code is taken out of Sage",
  "a code is taken out of Sage, then accepted again as it is",
  "a code is taken out of Sage, then accepted again with its amount up",
  RESTORED,
] as const;
export type DocumentEvent = (typeof DOCUMENT_EVENTS)[number];
/** What an outcome is called: what the next export does with the document, and what follows. */
export interface Decision {
  readonly next: string;
  /** Once every entry is imported and posted: what the reconciliation finds, then what a further export does. */
  readonly later: string;
  readonly budgets: readonly (typeof BUDGET_STATES)[number][];
  readonly modifications: readonly DocumentState[];
}

export const DECISIONS: Readonly<Record<DocumentEvent, readonly Decision[]>> = {
  "left alone": [
    {
      next: "nothing",
      later: "nothing",
      budgets: ["not sent", "sent", "rejected", "retrieved", "synced"],
      modifications: [
        "not sent",
        "sent",
        "rejected",
        "retrieved",
        "synced",
        "synced, with a held one before it",
      ],
    },
    { next: "sent", later: "synced", budgets: ["accepted"], modifications: ["accepted"] },
    {
      next: "held by unmapped_cost_code",
      later: "held by unmapped_cost_code",
      budgets: ["held"],
      modifications: ["held"],
    },
    {
      next: "written",
      later: "synced",
      budgets: ["claimed, not written"],
      modifications: ["claimed, not written"],
    },
    {
      next: "nothing",
      later: "synced",
      budgets: ["exported", "partly posted"],
      modifications: ["exported", "partly posted"],
    },
    {
      next: "nothing",
      later: "shown as amount_differs",
      budgets: ["posted with another amount"],
      modifications: ["posted with another amount"],
    },
    {
      next: "nothing",
      later: "shown as changed_since_export",
      budgets: ["posted, changed since"],
      modifications: ["posted, changed since"],
    },
    {
      next: "held by previous_batch_open",
      later: "synced at once",
      budgets: ["accepted again while exported"],
      modifications: ["accepted again while exported"],
    },
    {
      next: "held by previous_batch_open",
      later: "sent",
      budgets: ["changed and accepted again while exported"],
      modifications: [],
    },
    {
      next: "held by changed_after_export and previous_batch_open",
      later: "held by changed_after_export",
      budgets: [],
      modifications: ["changed and accepted again while exported"],
    },
    {
      next: "waits",
      later: "waits",
      budgets: [],
      modifications: ["accepted before its budget", "waiting behind a held one"],
    },
  ],
  "accepted again, as it is": [
    {
      next: "sent",
      later: "synced",
      budgets: ["not sent", "sent", "rejected", "retrieved", "accepted", "posted, changed since"],
      modifications: ["not sent", "sent", "rejected", "retrieved", "accepted"],
    },
    {
      next: "held by unmapped_cost_code",
      later: "held by unmapped_cost_code",
      budgets: ["held"],
      modifications: ["held"],
    },
    {
      next: "written, then held by previous_batch_open",
      later: "synced at once",
      budgets: ["claimed, not written"],
      modifications: ["claimed, not written"],
    },
    {
      next: "held by previous_batch_open",
      later: "synced at once",
      budgets: ["exported", "partly posted", "accepted again while exported"],
      modifications: ["exported", "partly posted", "accepted again while exported"],
    },
    {
      next: "held by previous_batch_open",
      later: "shown as amount_differs, then held by previous_batch_open",
      budgets: ["posted with another amount"],
      modifications: ["posted with another amount"],
    },
    {
      next: "synced at once",
      later: "nothing",
      budgets: ["synced"],
      modifications: ["synced", "synced, with a held one before it"],
    },
    {
      next: "held by previous_batch_open",
      later: "sent",
      budgets: ["changed and accepted again while exported"],
      modifications: [],
    },
    {
      next: "held by changed_after_export",
      later: "held by changed_after_export",
      budgets: [],
      modifications: ["posted, changed since"],
    },
    {
      next: "held by changed_after_export and previous_batch_open",
      later: "held by changed_after_export",
      budgets: [],
      modifications: ["changed and accepted again while exported"],
    },
    {
      next: "waits",
      later: "waits",
      budgets: [],
      modifications: ["accepted before its budget", "waiting behind a held one"],
    },
  ],
  "accepted again with an amount up": [
    {
      next: "sent",
      later: "synced",
      budgets: ["not sent", "sent", "rejected", "retrieved", "accepted", "posted, changed since", "synced"],
      modifications: ["not sent", "sent", "rejected", "retrieved", "accepted"],
    },
    {
      next: "held by unmapped_cost_code",
      later: "held by unmapped_cost_code",
      budgets: ["held"],
      modifications: ["held"],
    },
    {
      next: "written, then held by previous_batch_open",
      later: "sent",
      budgets: ["claimed, not written"],
      modifications: [],
    },
    {
      next: "held by previous_batch_open",
      later: "sent",
      budgets: [
        "exported",
        "partly posted",
        "accepted again while exported",
        "changed and accepted again while exported",
      ],
      modifications: [],
    },
    {
      next: "held by previous_batch_open",
      later: "shown as amount_differs, then held by previous_batch_open",
      budgets: ["posted with another amount"],
      modifications: [],
    },
    {
      next: "written, then held by changed_after_export and previous_batch_open",
      later: "held by changed_after_export",
      budgets: [],
      modifications: ["claimed, not written"],
    },
    {
      next: "held by changed_after_export and previous_batch_open",
      later: "held by changed_after_export",
      budgets: [],
      modifications: [
        "exported",
        "partly posted",
        "accepted again while exported",
        "changed and accepted again while exported",
      ],
    },
    {
      next: "held by changed_after_export and previous_batch_open",
      later: "shown as amount_differs, then held by changed_after_export and previous_batch_open",
      budgets: [],
      modifications: ["posted with another amount"],
    },
    {
      next: "held by changed_after_export",
      later: "held by changed_after_export",
      budgets: [],
      modifications: ["posted, changed since", "synced", "synced, with a held one before it"],
    },
    {
      next: "waits",
      later: "waits",
      budgets: [],
      modifications: ["accepted before its budget", "waiting behind a held one"],
    },
  ],
  "accepted again with an amount down": [
    {
      next: "sent",
      later: "synced",
      budgets: ["not sent", "sent", "rejected", "retrieved", "accepted", "posted, changed since", "synced"],
      modifications: ["not sent", "sent", "rejected", "retrieved", "accepted"],
    },
    {
      next: "held by unmapped_cost_code",
      later: "held by unmapped_cost_code",
      budgets: ["held"],
      modifications: ["held"],
    },
    {
      next: "written, then held by previous_batch_open",
      later: "sent",
      budgets: ["claimed, not written"],
      modifications: [],
    },
    {
      next: "held by previous_batch_open",
      later: "sent",
      budgets: [
        "exported",
        "partly posted",
        "accepted again while exported",
        "changed and accepted again while exported",
      ],
      modifications: [],
    },
    {
      next: "held by previous_batch_open",
      later: "shown as amount_differs, then held by previous_batch_open",
      budgets: ["posted with another amount"],
      modifications: [],
    },
    {
      next: "written, then held by changed_after_export and previous_batch_open",
      later: "held by changed_after_export",
      budgets: [],
      modifications: ["claimed, not written"],
    },
    {
      next: "held by changed_after_export and previous_batch_open",
      later: "held by changed_after_export",
      budgets: [],
      modifications: [
        "exported",
        "partly posted",
        "accepted again while exported",
        "changed and accepted again while exported",
      ],
    },
    {
      next: "held by changed_after_export and previous_batch_open",
      later: "shown as amount_differs, then held by changed_after_export and previous_batch_open",
      budgets: [],
      modifications: ["posted with another amount"],
    },
    {
      next: "held by changed_after_export",
      later: "held by changed_after_export",
      budgets: [],
      modifications: ["posted, changed since", "synced", "synced, with a held one before it"],
    },
    {
      next: "waits",
      later: "waits",
      budgets: [],
      modifications: ["accepted before its budget", "waiting behind a held one"],
    },
  ],
  "accepted again with a line on another code": [
    {
      next: "sent",
      later: "synced",
      budgets: ["not sent", "sent", "rejected", "retrieved", "accepted", "posted, changed since", "synced"],
      modifications: ["not sent", "sent", "rejected", "retrieved", "accepted"],
    },
    {
      next: "held by unmapped_cost_code",
      later: "held by unmapped_cost_code",
      budgets: ["held"],
      modifications: ["held"],
    },
    {
      next: "written, then held by previous_batch_open",
      later: "sent",
      budgets: ["claimed, not written"],
      modifications: [],
    },
    {
      next: "held by previous_batch_open",
      later: "sent",
      budgets: [
        "exported",
        "partly posted",
        "accepted again while exported",
        "changed and accepted again while exported",
      ],
      modifications: [],
    },
    {
      next: "held by previous_batch_open",
      later: "shown as amount_differs, then held by previous_batch_open",
      budgets: ["posted with another amount"],
      modifications: [],
    },
    {
      next: "written, then held by changed_after_export and previous_batch_open",
      later: "held by changed_after_export",
      budgets: [],
      modifications: ["claimed, not written"],
    },
    {
      next: "held by changed_after_export and previous_batch_open",
      later: "held by changed_after_export",
      budgets: [],
      modifications: [
        "exported",
        "partly posted",
        "accepted again while exported",
        "changed and accepted again while exported",
      ],
    },
    {
      next: "held by changed_after_export and previous_batch_open",
      later: "shown as amount_differs, then held by changed_after_export and previous_batch_open",
      budgets: [],
      modifications: ["posted with another amount"],
    },
    {
      next: "held by changed_after_export",
      later: "held by changed_after_export",
      budgets: [],
      modifications: ["posted, changed since", "synced", "synced, with a held one before it"],
    },
    {
      next: "waits",
      later: "waits",
      budgets: [],
      modifications: ["accepted before its budget", "waiting behind a held one"],
    },
  ],
  "accepted again with one of four lines gone": [
    {
      next: "sent",
      later: "synced",
      budgets: ["not sent", "sent", "rejected", "retrieved", "accepted", "posted, changed since", "synced"],
      modifications: ["not sent", "sent", "rejected", "retrieved", "accepted"],
    },
    {
      next: "held by unmapped_cost_code",
      later: "held by unmapped_cost_code",
      budgets: ["held"],
      modifications: ["held"],
    },
    {
      next: "written, then held by previous_batch_open",
      later: "sent",
      budgets: ["claimed, not written"],
      modifications: [],
    },
    {
      next: "held by previous_batch_open",
      later: "sent",
      budgets: [
        "exported",
        "partly posted",
        "accepted again while exported",
        "changed and accepted again while exported",
      ],
      modifications: [],
    },
    {
      next: "held by previous_batch_open",
      later: "shown as amount_differs, then held by previous_batch_open",
      budgets: ["posted with another amount"],
      modifications: [],
    },
    {
      next: "written, then held by changed_after_export and previous_batch_open",
      later: "held by changed_after_export",
      budgets: [],
      modifications: ["claimed, not written"],
    },
    {
      next: "held by changed_after_export and previous_batch_open",
      later: "held by changed_after_export",
      budgets: [],
      modifications: [
        "exported",
        "partly posted",
        "accepted again while exported",
        "changed and accepted again while exported",
      ],
    },
    {
      next: "held by changed_after_export and previous_batch_open",
      later: "shown as amount_differs, then held by changed_after_export and previous_batch_open",
      budgets: [],
      modifications: ["posted with another amount"],
    },
    {
      next: "held by changed_after_export",
      later: "held by changed_after_export",
      budgets: [],
      modifications: ["posted, changed since", "synced", "synced, with a held one before it"],
    },
    {
      next: "waits",
      later: "waits",
      budgets: [],
      modifications: ["accepted before its budget", "waiting behind a held one"],
    },
  ],
  "accepted again with two of four lines gone": [
    {
      next: "sent",
      later: "synced",
      budgets: ["not sent", "sent", "rejected", "retrieved", "accepted"],
      modifications: ["not sent", "sent", "rejected", "retrieved", "accepted"],
    },
    {
      next: "held by unmapped_cost_code",
      later: "held by unmapped_cost_code",
      budgets: ["held"],
      modifications: ["held"],
    },
    {
      next: "written, then held by lines_gone and previous_batch_open",
      later: "held by lines_gone",
      budgets: ["claimed, not written"],
      modifications: [],
    },
    {
      next: "held by lines_gone and previous_batch_open",
      later: "held by lines_gone",
      budgets: [
        "exported",
        "partly posted",
        "accepted again while exported",
        "changed and accepted again while exported",
      ],
      modifications: [],
    },
    {
      next: "held by lines_gone and previous_batch_open",
      later: "shown as amount_differs, then held by lines_gone and previous_batch_open",
      budgets: ["posted with another amount"],
      modifications: [],
    },
    {
      next: "held by lines_gone",
      later: "held by lines_gone",
      budgets: ["posted, changed since", "synced"],
      modifications: [],
    },
    {
      next: "written, then held by changed_after_export and previous_batch_open",
      later: "held by changed_after_export",
      budgets: [],
      modifications: ["claimed, not written"],
    },
    {
      next: "held by changed_after_export and previous_batch_open",
      later: "held by changed_after_export",
      budgets: [],
      modifications: [
        "exported",
        "partly posted",
        "accepted again while exported",
        "changed and accepted again while exported",
      ],
    },
    {
      next: "held by changed_after_export and previous_batch_open",
      later: "shown as amount_differs, then held by changed_after_export and previous_batch_open",
      budgets: [],
      modifications: ["posted with another amount"],
    },
    {
      next: "held by changed_after_export",
      later: "held by changed_after_export",
      budgets: [],
      modifications: ["posted, changed since", "synced", "synced, with a held one before it"],
    },
    {
      next: "waits",
      later: "waits",
      budgets: [],
      modifications: ["accepted before its budget", "waiting behind a held one"],
    },
  ],
  "changed, and not accepted": [
    {
      next: "nothing",
      later: "nothing",
      budgets: ["not sent", "sent", "rejected", "retrieved", "synced"],
      modifications: [
        "not sent",
        "sent",
        "rejected",
        "retrieved",
        "synced",
        "synced, with a held one before it",
      ],
    },
    { next: "sent", later: "synced", budgets: ["accepted"], modifications: ["accepted"] },
    {
      next: "held by unmapped_cost_code",
      later: "held by unmapped_cost_code",
      budgets: ["held"],
      modifications: ["held"],
    },
    {
      next: "written",
      later: "shown as changed_since_export",
      budgets: ["claimed, not written"],
      modifications: ["claimed, not written"],
    },
    {
      next: "nothing",
      later: "shown as changed_since_export",
      budgets: ["exported", "partly posted", "posted, changed since"],
      modifications: ["exported", "partly posted", "posted, changed since"],
    },
    {
      next: "nothing",
      later: "shown as amount_differs, then shown as changed_since_export",
      budgets: ["posted with another amount"],
      modifications: ["posted with another amount"],
    },
    {
      next: "held by previous_batch_open",
      later: "sent",
      budgets: ["accepted again while exported", "changed and accepted again while exported"],
      modifications: [],
    },
    {
      next: "held by changed_after_export and previous_batch_open",
      later: "held by changed_after_export",
      budgets: [],
      modifications: ["accepted again while exported", "changed and accepted again while exported"],
    },
    {
      next: "waits",
      later: "waits",
      budgets: [],
      modifications: ["accepted before its budget", "waiting behind a held one"],
    },
  ],
  deleted: [
    {
      next: "nothing",
      later: "nothing",
      budgets: ["not sent", "sent", "rejected", "retrieved", "accepted", "held"],
      modifications: [
        "not sent",
        "sent",
        "rejected",
        "retrieved",
        "accepted",
        "held",
        "accepted before its budget",
        "waiting behind a held one",
      ],
    },
    {
      next: "written, then reported as gone",
      later: "reported as gone",
      budgets: ["claimed, not written"],
      modifications: ["claimed, not written"],
    },
    {
      next: "reported as gone",
      later: "reported as gone",
      budgets: [
        "exported",
        "partly posted",
        "posted, changed since",
        "synced",
        "accepted again while exported",
        "changed and accepted again while exported",
      ],
      modifications: [
        "exported",
        "partly posted",
        "posted, changed since",
        "synced",
        "accepted again while exported",
        "changed and accepted again while exported",
        "synced, with a held one before it",
      ],
    },
    {
      next: "reported as gone",
      later: "shown as amount_differs, then reported as gone",
      budgets: ["posted with another amount"],
      modifications: ["posted with another amount"],
    },
  ],
  "deleted, made anew and accepted": [
    {
      next: "sent",
      later: "synced",
      budgets: ["not sent", "sent", "rejected", "retrieved", "accepted", "posted, changed since"],
      modifications: [
        "not sent",
        "sent",
        "rejected",
        "retrieved",
        "accepted",
        "exported",
        "partly posted",
        "posted, changed since",
        "synced",
        "accepted again while exported",
        "changed and accepted again while exported",
      ],
    },
    {
      next: "held by unmapped_cost_code",
      later: "held by unmapped_cost_code",
      budgets: ["held"],
      modifications: ["held"],
    },
    {
      next: "written, then held by previous_batch_open",
      later: "synced at once",
      budgets: ["claimed, not written"],
      modifications: [],
    },
    {
      next: "held by previous_batch_open",
      later: "synced at once",
      budgets: ["exported", "partly posted", "accepted again while exported"],
      modifications: [],
    },
    {
      next: "held by previous_batch_open",
      later: "shown as amount_differs, then held by previous_batch_open",
      budgets: ["posted with another amount"],
      modifications: [],
    },
    { next: "synced at once", later: "nothing", budgets: ["synced"], modifications: [] },
    {
      next: "held by previous_batch_open",
      later: "sent",
      budgets: ["changed and accepted again while exported"],
      modifications: [],
    },
    { next: "written, then sent", later: "synced", budgets: [], modifications: ["claimed, not written"] },
    {
      next: "sent",
      later: "shown as unexpected",
      budgets: [],
      modifications: ["posted with another amount"],
    },
    {
      next: "waits",
      later: "waits",
      budgets: [],
      modifications: [
        "accepted before its budget",
        "waiting behind a held one",
        "synced, with a held one before it",
      ],
    },
  ],
  rejected: [
    {
      next: "nothing",
      later: "nothing",
      budgets: [
        "not sent",
        "sent",
        "rejected",
        "retrieved",
        "accepted",
        "held",
        "exported",
        "partly posted",
        "posted, changed since",
        "synced",
        "accepted again while exported",
        "changed and accepted again while exported",
      ],
      modifications: [
        "not sent",
        "sent",
        "rejected",
        "retrieved",
        "accepted",
        "held",
        "exported",
        "partly posted",
        "posted, changed since",
        "synced",
        "accepted again while exported",
        "changed and accepted again while exported",
        "accepted before its budget",
        "waiting behind a held one",
        "synced, with a held one before it",
      ],
    },
    {
      next: "written",
      later: "nothing",
      budgets: ["claimed, not written"],
      modifications: ["claimed, not written"],
    },
    {
      next: "nothing",
      later: "shown as amount_differs",
      budgets: ["posted with another amount"],
      modifications: ["posted with another amount"],
    },
  ],
  retrieved: [
    {
      next: "nothing",
      later: "nothing",
      budgets: [
        "not sent",
        "sent",
        "rejected",
        "retrieved",
        "accepted",
        "held",
        "exported",
        "partly posted",
        "posted, changed since",
        "synced",
        "accepted again while exported",
        "changed and accepted again while exported",
      ],
      modifications: [
        "not sent",
        "sent",
        "rejected",
        "retrieved",
        "accepted",
        "held",
        "exported",
        "partly posted",
        "posted, changed since",
        "synced",
        "accepted again while exported",
        "changed and accepted again while exported",
        "accepted before its budget",
        "waiting behind a held one",
        "synced, with a held one before it",
      ],
    },
    {
      next: "written",
      later: "nothing",
      budgets: ["claimed, not written"],
      modifications: ["claimed, not written"],
    },
    {
      next: "nothing",
      later: "shown as amount_differs",
      budgets: ["posted with another amount"],
      modifications: ["posted with another amount"],
    },
  ],
  "a code is mapped elsewhere": [
    {
      next: "nothing",
      later: "nothing",
      budgets: ["not sent", "sent", "rejected", "retrieved", "synced"],
      modifications: [
        "not sent",
        "sent",
        "rejected",
        "retrieved",
        "synced",
        "synced, with a held one before it",
      ],
    },
    { next: "sent", later: "synced", budgets: ["accepted"], modifications: ["accepted"] },
    {
      next: "held by unmapped_cost_code",
      later: "held by unmapped_cost_code",
      budgets: ["held"],
      modifications: ["held"],
    },
    {
      next: "written",
      later: "synced",
      budgets: ["claimed, not written"],
      modifications: ["claimed, not written"],
    },
    {
      next: "nothing",
      later: "synced",
      budgets: ["exported", "partly posted"],
      modifications: ["exported", "partly posted"],
    },
    {
      next: "nothing",
      later: "shown as amount_differs",
      budgets: ["posted with another amount"],
      modifications: ["posted with another amount"],
    },
    {
      next: "nothing",
      later: "shown as changed_since_export",
      budgets: ["posted, changed since"],
      modifications: ["posted, changed since"],
    },
    {
      next: "held by previous_batch_open",
      later: "sent",
      budgets: ["accepted again while exported", "changed and accepted again while exported"],
      modifications: [],
    },
    {
      next: "held by previous_batch_open",
      later: "synced at once",
      budgets: [],
      modifications: ["accepted again while exported"],
    },
    {
      next: "held by changed_after_export and previous_batch_open",
      later: "held by changed_after_export",
      budgets: [],
      modifications: ["changed and accepted again while exported"],
    },
    {
      next: "waits",
      later: "waits",
      budgets: [],
      modifications: ["accepted before its budget", "waiting behind a held one"],
    },
  ],
  "a code is mapped elsewhere, then accepted again": [
    {
      next: "sent",
      later: "synced",
      budgets: ["not sent", "sent", "rejected", "retrieved", "accepted", "posted, changed since", "synced"],
      modifications: ["not sent", "sent", "rejected", "retrieved", "accepted"],
    },
    {
      next: "held by unmapped_cost_code",
      later: "held by unmapped_cost_code",
      budgets: ["held"],
      modifications: ["held"],
    },
    {
      next: "written, then held by previous_batch_open",
      later: "sent",
      budgets: ["claimed, not written"],
      modifications: [],
    },
    {
      next: "held by previous_batch_open",
      later: "sent",
      budgets: [
        "exported",
        "partly posted",
        "accepted again while exported",
        "changed and accepted again while exported",
      ],
      modifications: [],
    },
    {
      next: "held by previous_batch_open",
      later: "shown as amount_differs, then held by previous_batch_open",
      budgets: ["posted with another amount"],
      modifications: ["posted with another amount"],
    },
    {
      next: "written, then held by previous_batch_open",
      later: "synced at once",
      budgets: [],
      modifications: ["claimed, not written"],
    },
    {
      next: "held by previous_batch_open",
      later: "synced at once",
      budgets: [],
      modifications: ["exported", "partly posted", "accepted again while exported"],
    },
    {
      next: "held by changed_after_export",
      later: "held by changed_after_export",
      budgets: [],
      modifications: ["posted, changed since"],
    },
    {
      next: "synced at once",
      later: "nothing",
      budgets: [],
      modifications: ["synced", "synced, with a held one before it"],
    },
    {
      next: "held by changed_after_export and previous_batch_open",
      later: "held by changed_after_export",
      budgets: [],
      modifications: ["changed and accepted again while exported"],
    },
    {
      next: "waits",
      later: "waits",
      budgets: [],
      modifications: ["accepted before its budget", "waiting behind a held one"],
    },
  ],
  "its job is closed in Sage": [
    {
      next: "nothing",
      later: "nothing",
      budgets: ["not sent", "sent", "rejected", "retrieved", "synced"],
      modifications: [
        "not sent",
        "sent",
        "rejected",
        "retrieved",
        "synced",
        "synced, with a held one before it",
      ],
    },
    {
      next: "held by job_closed",
      later: "held by job_closed",
      budgets: ["accepted"],
      modifications: ["accepted", "accepted before its budget", "waiting behind a held one"],
    },
    {
      next: "held by job_closed and unmapped_cost_code",
      later: "held by job_closed and unmapped_cost_code",
      budgets: ["held"],
      modifications: ["held"],
    },
    {
      next: "written",
      later: "nothing",
      budgets: ["claimed, not written"],
      modifications: ["claimed, not written"],
    },
    {
      next: "nothing",
      later: "synced",
      budgets: ["exported", "partly posted"],
      modifications: ["exported", "partly posted"],
    },
    {
      next: "nothing",
      later: "shown as amount_differs",
      budgets: ["posted with another amount"],
      modifications: ["posted with another amount"],
    },
    {
      next: "nothing",
      later: "shown as changed_since_export",
      budgets: ["posted, changed since"],
      modifications: ["posted, changed since"],
    },
    {
      next: "held by previous_batch_open",
      later: "synced at once",
      budgets: ["accepted again while exported"],
      modifications: ["accepted again while exported"],
    },
    {
      next: "held by job_closed and previous_batch_open",
      later: "held by job_closed",
      budgets: ["changed and accepted again while exported"],
      modifications: [],
    },
    {
      next: "held by changed_after_export and previous_batch_open",
      later: "held by changed_after_export",
      budgets: [],
      modifications: ["changed and accepted again while exported"],
    },
  ],
  "its job is closed in Sage, then accepted again as it is": [
    {
      next: "held by job_closed",
      later: "held by job_closed",
      budgets: ["not sent", "sent", "rejected", "retrieved", "accepted", "posted, changed since"],
      modifications: [
        "not sent",
        "sent",
        "rejected",
        "retrieved",
        "accepted",
        "accepted before its budget",
        "waiting behind a held one",
      ],
    },
    {
      next: "held by job_closed and unmapped_cost_code",
      later: "held by job_closed and unmapped_cost_code",
      budgets: ["held"],
      modifications: ["held"],
    },
    {
      next: "written, then held by previous_batch_open",
      later: "held by previous_batch_open",
      budgets: ["claimed, not written"],
      modifications: ["claimed, not written"],
    },
    {
      next: "held by previous_batch_open",
      later: "synced at once",
      budgets: ["exported", "partly posted", "accepted again while exported"],
      modifications: ["exported", "partly posted", "accepted again while exported"],
    },
    {
      next: "held by previous_batch_open",
      later: "shown as amount_differs, then held by previous_batch_open",
      budgets: ["posted with another amount"],
      modifications: ["posted with another amount"],
    },
    {
      next: "synced at once",
      later: "nothing",
      budgets: ["synced"],
      modifications: ["synced", "synced, with a held one before it"],
    },
    {
      next: "held by job_closed and previous_batch_open",
      later: "held by job_closed",
      budgets: ["changed and accepted again while exported"],
      modifications: [],
    },
    {
      next: "held by changed_after_export",
      later: "held by changed_after_export",
      budgets: [],
      modifications: ["posted, changed since"],
    },
    {
      next: "held by changed_after_export and previous_batch_open",
      later: "held by changed_after_export",
      budgets: [],
      modifications: ["changed and accepted again while exported"],
    },
  ],
  "its job is closed in Sage, then accepted again with an amount up": [
    {
      next: "held by job_closed",
      later: "held by job_closed",
      budgets: ["not sent", "sent", "rejected", "retrieved", "accepted", "posted, changed since", "synced"],
      modifications: [
        "not sent",
        "sent",
        "rejected",
        "retrieved",
        "accepted",
        "accepted before its budget",
        "waiting behind a held one",
      ],
    },
    {
      next: "held by job_closed and unmapped_cost_code",
      later: "held by job_closed and unmapped_cost_code",
      budgets: ["held"],
      modifications: ["held"],
    },
    {
      next: "written, then held by job_closed and previous_batch_open",
      later: "held by job_closed and previous_batch_open",
      budgets: ["claimed, not written"],
      modifications: [],
    },
    {
      next: "held by job_closed and previous_batch_open",
      later: "held by job_closed",
      budgets: [
        "exported",
        "partly posted",
        "accepted again while exported",
        "changed and accepted again while exported",
      ],
      modifications: [],
    },
    {
      next: "held by job_closed and previous_batch_open",
      later: "shown as amount_differs, then held by job_closed and previous_batch_open",
      budgets: ["posted with another amount"],
      modifications: [],
    },
    {
      next: "written, then held by changed_after_export and previous_batch_open",
      later: "held by changed_after_export and previous_batch_open",
      budgets: [],
      modifications: ["claimed, not written"],
    },
    {
      next: "held by changed_after_export and previous_batch_open",
      later: "held by changed_after_export",
      budgets: [],
      modifications: [
        "exported",
        "partly posted",
        "accepted again while exported",
        "changed and accepted again while exported",
      ],
    },
    {
      next: "held by changed_after_export and previous_batch_open",
      later: "shown as amount_differs, then held by changed_after_export and previous_batch_open",
      budgets: [],
      modifications: ["posted with another amount"],
    },
    {
      next: "held by changed_after_export",
      later: "held by changed_after_export",
      budgets: [],
      modifications: ["posted, changed since", "synced", "synced, with a held one before it"],
    },
  ],
  "a code is taken out of Sage": [
    {
      next: "nothing",
      later: "nothing",
      budgets: ["not sent", "sent", "rejected", "retrieved", "exported", "partly posted", "synced"],
      modifications: [
        "not sent",
        "sent",
        "rejected",
        "retrieved",
        "exported",
        "partly posted",
        "synced",
        "synced, with a held one before it",
      ],
    },
    {
      next: "held by cost_code_not_in_sage",
      later: "held by cost_code_not_in_sage",
      budgets: ["accepted"],
      modifications: ["accepted", "accepted before its budget", "waiting behind a held one"],
    },
    {
      next: "held by cost_code_not_in_sage and unmapped_cost_code",
      later: "held by cost_code_not_in_sage and unmapped_cost_code",
      budgets: ["held"],
      modifications: ["held"],
    },
    {
      next: "written",
      later: "nothing",
      budgets: ["claimed, not written"],
      modifications: ["claimed, not written"],
    },
    {
      next: "nothing",
      later: "shown as amount_differs",
      budgets: ["posted with another amount"],
      modifications: ["posted with another amount"],
    },
    {
      next: "nothing",
      later: "shown as changed_since_export",
      budgets: ["posted, changed since"],
      modifications: ["posted, changed since"],
    },
    {
      next: "held by previous_batch_open",
      later: "held by previous_batch_open",
      budgets: ["accepted again while exported", "changed and accepted again while exported"],
      modifications: ["accepted again while exported"],
    },
    {
      next: "held by changed_after_export and previous_batch_open",
      later: "held by changed_after_export and previous_batch_open",
      budgets: [],
      modifications: ["changed and accepted again while exported"],
    },
  ],
  "a code is taken out of Sage, then accepted again as it is": [
    {
      next: "held by cost_code_not_in_sage",
      later: "held by cost_code_not_in_sage",
      budgets: ["not sent", "sent", "rejected", "retrieved", "accepted"],
      modifications: [
        "not sent",
        "sent",
        "rejected",
        "retrieved",
        "accepted",
        "accepted before its budget",
        "waiting behind a held one",
      ],
    },
    {
      next: "held by cost_code_not_in_sage and unmapped_cost_code",
      later: "held by cost_code_not_in_sage and unmapped_cost_code",
      budgets: ["held"],
      modifications: ["held"],
    },
    {
      next: "written, then held by previous_batch_open",
      later: "held by previous_batch_open",
      budgets: ["claimed, not written"],
      modifications: ["claimed, not written"],
    },
    {
      next: "held by previous_batch_open",
      later: "held by previous_batch_open",
      budgets: [
        "exported",
        "partly posted",
        "accepted again while exported",
        "changed and accepted again while exported",
      ],
      modifications: ["exported", "partly posted", "accepted again while exported"],
    },
    {
      next: "held by previous_batch_open",
      later: "shown as amount_differs, then held by previous_batch_open",
      budgets: ["posted with another amount"],
      modifications: ["posted with another amount"],
    },
    { next: "sent", later: "synced", budgets: ["posted, changed since"], modifications: [] },
    {
      next: "synced at once",
      later: "nothing",
      budgets: ["synced"],
      modifications: ["synced", "synced, with a held one before it"],
    },
    {
      next: "held by changed_after_export",
      later: "held by changed_after_export",
      budgets: [],
      modifications: ["posted, changed since"],
    },
    {
      next: "held by changed_after_export and previous_batch_open",
      later: "held by changed_after_export and previous_batch_open",
      budgets: [],
      modifications: ["changed and accepted again while exported"],
    },
  ],
  "a code is taken out of Sage, then accepted again with its amount up": [
    {
      next: "held by cost_code_not_in_sage",
      later: "held by cost_code_not_in_sage",
      budgets: ["not sent", "sent", "rejected", "retrieved", "accepted", "posted, changed since", "synced"],
      modifications: [
        "not sent",
        "sent",
        "rejected",
        "retrieved",
        "accepted",
        "accepted before its budget",
        "waiting behind a held one",
      ],
    },
    {
      next: "held by cost_code_not_in_sage and unmapped_cost_code",
      later: "held by cost_code_not_in_sage and unmapped_cost_code",
      budgets: ["held"],
      modifications: ["held"],
    },
    {
      next: "written, then held by cost_code_not_in_sage and previous_batch_open",
      later: "held by cost_code_not_in_sage and previous_batch_open",
      budgets: ["claimed, not written"],
      modifications: [],
    },
    {
      next: "held by cost_code_not_in_sage and previous_batch_open",
      later: "held by cost_code_not_in_sage and previous_batch_open",
      budgets: [
        "exported",
        "partly posted",
        "accepted again while exported",
        "changed and accepted again while exported",
      ],
      modifications: [],
    },
    {
      next: "held by cost_code_not_in_sage and previous_batch_open",
      later: "shown as amount_differs, then held by cost_code_not_in_sage and previous_batch_open",
      budgets: ["posted with another amount"],
      modifications: [],
    },
    {
      next: "written, then held by changed_after_export and previous_batch_open",
      later: "held by changed_after_export and previous_batch_open",
      budgets: [],
      modifications: ["claimed, not written"],
    },
    {
      next: "held by changed_after_export and previous_batch_open",
      later: "held by changed_after_export and previous_batch_open",
      budgets: [],
      modifications: [
        "exported",
        "partly posted",
        "accepted again while exported",
        "changed and accepted again while exported",
      ],
    },
    {
      next: "held by changed_after_export and previous_batch_open",
      later: "shown as amount_differs, then held by changed_after_export and previous_batch_open",
      budgets: [],
      modifications: ["posted with another amount"],
    },
    {
      next: "held by changed_after_export",
      later: "held by changed_after_export",
      budgets: [],
      modifications: ["posted, changed since", "synced", "synced, with a held one before it"],
    },
  ],
  [RESTORED]: [
    {
      next: "stopped by journal_behind_outbox",
      later: "stopped by journal_behind_outbox",
      budgets: BUDGET_STATES,
      modifications: MODIFICATION_STATES,
    },
  ],
};

/** The cells of an event: for each kind and state of a document the outcomes in words. */
export const decisionsOn = (event: DocumentEvent): (readonly [cell: string, outcome: string])[] =>
  DECISIONS[event].flatMap(({ next, later, budgets, modifications }) => [
    ...budgets.map((state) => [`budget, ${state}`, `${next} | ${later}`] as const),
    ...modifications.map((state) => [`modification, ${state}`, `${next} | ${later}`] as const),
  ]);

/** docs/decisions.md: the table as a page. */
export function decisionsPage(): string {
  const cells = (states: readonly string[], all: readonly string[]) =>
    states.length === 0 ? "" : states.length === all.length ? "all" : states.join("; ");
  const sections = DOCUMENT_EVENTS.map((event) => {
    const rows = DECISIONS[event].map(
      ({ next, later, budgets, modifications }) =>
        `| ${next} | ${later} | ${cells(budgets, BUDGET_STATES)} | ${cells(modifications, MODIFICATION_STATES)} |`,
    );
    return [
      `## ${event[0]?.toUpperCase()}${event.slice(1)}`,
      "",
      "| next export | once all is posted | budgets that were | modifications that were |",
      "|---|---|---|---|",
      ...rows,
    ].join("\n");
  });
  return `${INTRODUCTION}\n${sections.join("\n\n")}\n`;
}

const INTRODUCTION = `# What becomes of a document

A document is a budget or a modification. It stands in some state, and somebody does something to it: a heading each.
The tables say what the next export does, and what follows when every entry in the outbox is imported and posted: what
the reconciliation finds, then what a further export does. A test does all of it and holds this page to what it saw.

| outcome | meaning |
|---|---|
| sent | in a batch of its own: of a budget the difference to what was sent before, of a modification all of it, once |
| written | the batch that an earlier run had claimed is now in the outbox, with what was claimed |
| synced at once | nothing differs: no batch, the document is free |
| synced | every entry was seen posted, equal to the cent |
| waits | for the budget, or for a modification that goes first |
| held by … | by that rule of [accountants.md](accountants.md#what-holds-mean), until its cause is gone |
| shown as … | a difference in the tie-out, by its state |
| reported as gone | a notice of the run; nothing is undone |
| stopped by … | the whole company, by that problem of [errors.md](errors.md) |
| nothing | the document is not this program's to move |

"Accepted again" is the first acceptance for a document that was not accepted before. A modification that is made anew
is another modification: unlike a budget it is sent again.
`;
