/** A budget or a budget modification: what is accepted, exported and synced as a whole. */
export type DocumentType = "budget" | "modification";

/** `unknown` stands for a value the contract does not name: it is reported and not pulled. */
export const ERP_STATUSES = [
  "not_sent",
  "sent",
  "accepted",
  "rejected",
  "retrieved",
  "exported",
  "synced",
] as const;
export type ErpStatus = (typeof ERP_STATUSES)[number];

/** The four columns of staging that are ever written, as read from a header. */
export interface HeaderFlags {
  /** As stored, blanks and capital letters included. */
  readonly erpStatus: string;
  readonly erpSynced: boolean;
  readonly erpLocked: boolean;
  /** Budgets only; false for modifications. */
  readonly estimateImportBlocked: boolean;
}

export interface StagedProject {
  readonly projectId: string;
  readonly company: string;
  readonly projectNumber: string;
  readonly name: string;
}

export interface StagedSubJob {
  readonly projectId: string;
  readonly subJobCode: string;
  readonly name: string;
}

/** A line of a budget or a modification, codes trimmed, the amount as the text that staging holds. */
export interface StagedLine {
  readonly lineId: string;
  /** The id exactly as staging holds it, to address the row when its flag is written. */
  readonly rawId: string;
  /** Empty where the line belongs to no sub job. */
  readonly subJob: string;
  readonly costCode: string;
  readonly costType: string;
  readonly description: string;
  readonly amount: string | null;
  readonly erpSynced: boolean;
}

export interface StagedDocument {
  readonly document: DocumentType;
  readonly documentId: string;
  /** The id exactly as the header holds it. */
  readonly rawId: string;
  /** The ways in which rows write this document's id: blanks around it may differ between header and lines. */
  readonly spellings: readonly string[];
  readonly projectId: string;
  /** `null` for a value the contract does not name. */
  readonly status: ErpStatus | null;
  readonly flags: HeaderFlags;
  readonly acceptedBy: string;
  /** As staging holds it; empty if null. */
  readonly acceptedAt: string;
  /** Modifications only; empty for budgets. */
  readonly number: string;
  readonly title: string;
  readonly lines: readonly StagedLine[];
}
