import type { BaselineSource } from "../core/baseline.ts";
import type { HoldRuleName } from "../core/holds.ts";
import type { EstimateKind } from "../core/key.ts";
import type { Cause } from "../core/plan/types.ts";
import type { DocumentType } from "../core/staged.ts";
import type { BatchState, DifferenceState, ImportLineState } from "../core/states.ts";
import type { RecognitionName } from "../core/tie-out/recognise.ts";
import type { Report, TieOutRecognition } from "../core/tie-out/schema.ts";
import type { CheckName, FindingLevel } from "../doctor/findings.ts";
import type { ManifestFile } from "../outbox/render/manifest.ts";

// What commands give with --json: keys as the contract names them, money as text with two decimals.

export interface ErrorResult {
  readonly name: string;
  readonly message: string;
  readonly hint?: string;
}

export interface HoldResult {
  readonly project_id: string;
  readonly project_number: string;
  readonly document: DocumentType;
  readonly document_id: string;
  readonly staging_line_id: string | null;
  readonly field: string;
  readonly value: string;
  readonly rule: HoldRuleName;
  readonly message: string;
  readonly remedy: string;
}

/** Which state of Sage's copy a run saw. */
export interface CopyResult {
  /** The newest stamp of any entry, as the copy writes it; null if it has no stamps. */
  readonly as_of: string | null;
  /** The highest run of an estimate entry; null if there is none. */
  readonly highest_run: string | null;
}

/** What does not stop a run, but should be known: mapping files refused, tables that Sage's copy lacks. */
export interface CompanyPart {
  readonly company: string;
  /** The folder's mapping files are refused; the last good set, if there is one, stays in force. */
  readonly mappings_refused?: boolean;
  /** Absent where the copy could not be read. */
  readonly copy?: CopyResult;
  readonly notices: readonly string[];
  readonly error: ErrorResult | null;
}

export interface CompanyExport extends CompanyPart {
  readonly batches: readonly {
    readonly batch_id: string;
    /** Claimed by an earlier run that did not get to write it. */
    readonly recovered: boolean;
    readonly files: readonly ManifestFile[];
  }[];
  /** Documents synced at once, since every difference was 0.00. */
  readonly nothing_to_send: readonly string[];
  readonly holds: readonly HoldResult[];
}
export interface ExportResult {
  readonly run_id: string;
  readonly companies: readonly CompanyExport[];
  readonly unassigned: readonly HoldResult[];
}

export interface PlanLineResult {
  readonly kind: EstimateKind;
  readonly job: string;
  readonly extra: string;
  readonly cost_code: string;
  readonly category: string;
  readonly before: string;
  readonly now: string;
  readonly difference: string;
  /** What the staging lines behind it did, each once. */
  readonly why: readonly Cause[];
}
export interface PlanProjectResult {
  readonly project_number: string;
  readonly name: string;
  readonly job: string;
  readonly original: string;
  readonly approved_changes: string;
  readonly documents: readonly {
    readonly document: DocumentType;
    readonly document_id: string;
    readonly number: string;
    readonly accepted_by: string;
    readonly accepted_at: string;
  }[];
  readonly lines: readonly PlanLineResult[];
}
export interface CompanyPlan extends CompanyPart {
  /** What an export would do for this company, as one hash; empty where nothing could be planned. */
  readonly plan_id: string;
  /** The date that the entries of its batches would carry in Sage; null where nothing could be planned. */
  readonly transaction_date: string | null;
  /** Batches that an earlier run claimed and did not get to write: an export writes them first. */
  readonly recovered: readonly string[];
  readonly batches: readonly {
    readonly files: readonly {
      readonly kind: EstimateKind;
      readonly jobs: number;
      /** Extras that Sage will create. */
      readonly extras: number;
      readonly lines: number;
      readonly amount_total: string;
    }[];
    readonly projects: readonly PlanProjectResult[];
  }[];
  readonly nothing_to_send: readonly string[];
  /** Accepted documents that wait for another document, with the reason. */
  readonly waiting: readonly {
    readonly document: DocumentType;
    readonly document_id: string;
    readonly number: string;
    readonly project_number: string;
    readonly reason: string;
  }[];
  /** `began_at` is null where no export has seen the cause yet. */
  readonly holds: readonly (HoldResult & { readonly began_at: string | null })[];
}
export interface PlanResult {
  /** A plan is no run: always null. */
  readonly run_id: null;
  readonly planned_at: string;
  /** The one company that was asked for; null where all were planned. Its export has to be asked for in the same way. */
  readonly company: string | null;
  /** The transaction date that was given; null where it is the day of the export. */
  readonly date: string | null;
  /** The same as long as an export would do the same: `export --only-if` takes it. */
  readonly plan_id: string;
  readonly companies: readonly CompanyPlan[];
  readonly unassigned: readonly HoldResult[];
}

export interface DifferenceResult {
  readonly batch_id: string | null;
  readonly line_no: number | null;
  /** The company's day since when it is so. */
  readonly since: string;
  readonly kind: EstimateKind;
  readonly job: string;
  readonly extra: string;
  readonly cost_code: string;
  readonly category: string;
  readonly exported: string;
  readonly posted: string;
  readonly state: DifferenceState;
  readonly ambiguous: boolean;
  /** What several differences together look like: see `recognitions`. */
  readonly recognised: RecognitionName | null;
}
export interface CompanyReconcile extends CompanyPart {
  readonly lines: Readonly<Record<ImportLineState, number>>;
  readonly unexpected: number;
  readonly synced: readonly string[];
  readonly differences: readonly DifferenceResult[];
  readonly recognitions: readonly TieOutRecognition[];
  /** The files in the rejects folder. */
  readonly rejects: readonly {
    readonly name: string;
    readonly records: number;
    /** The batch whose lines it names; null if it fits none, or could not be read. */
    readonly batch_id: string | null;
    readonly problems: readonly ErrorResult[];
  }[];
}
export interface ReconcileResult {
  readonly run_id: string;
  readonly companies: readonly CompanyReconcile[];
}

export interface StatusResult {
  readonly projects: readonly {
    readonly company: string;
    readonly project_id: string;
    readonly project_number: string;
    readonly name: string;
    readonly can_send: boolean;
    readonly can_retrieve: boolean;
    readonly can_unlock: boolean;
    readonly can_add_line_item: boolean;
    readonly can_create_modification: boolean;
    readonly can_import_estimate: boolean;
    readonly reason: string;
    readonly documents: readonly {
      readonly document: DocumentType;
      readonly document_id: string;
      readonly number: string;
      readonly title: string;
      readonly erp_status: string;
      readonly erp_synced: boolean;
      readonly erp_locked: boolean;
      readonly accepted_by: string;
      readonly accepted_at: string;
    }[];
  }[];
}

export interface HoldsResult {
  readonly companies: readonly {
    readonly company: string;
    /** When the holds were last looked at; null if no export ever ran. */
    readonly as_of: string | null;
    readonly holds: readonly (HoldResult & { readonly began_at: string })[];
  }[];
  readonly unassigned: readonly HoldResult[];
}

export interface BatchSummary {
  readonly batch_id: string;
  readonly state: BatchState;
  readonly created_at: string;
  readonly transaction_date: string;
  readonly projects: readonly string[];
  /** Import lines, those that came to 0.00 included. */
  readonly lines: number;
  readonly original: string;
  readonly approved_changes: string;
  readonly tied_out: number;
  readonly states: Readonly<Partial<Record<ImportLineState, number>>>;
}
export interface BatchesResult {
  readonly companies: readonly { readonly company: string; readonly batches: readonly BatchSummary[] }[];
}
export interface BatchResult extends BatchSummary {
  readonly company: string;
  readonly folder: string;
  readonly written_at: string | null;
  readonly manifest_sha256: string | null;
  readonly import_lines: readonly {
    readonly line_no: number;
    readonly kind: EstimateKind;
    readonly project_number: string;
    readonly job: string;
    readonly extra: string;
    readonly cost_code: string;
    readonly category: string;
    readonly amount: string;
    readonly in_file: boolean;
    readonly state: ImportLineState;
    readonly posted: string;
    readonly ambiguous: boolean;
    readonly tied_out_at: string | null;
    readonly sources: readonly {
      readonly document: DocumentType;
      readonly document_id: string;
      readonly staging_line_id: string | null;
      readonly amount: string;
      readonly cause: string;
    }[];
    readonly postings: readonly {
      readonly run: string;
      readonly sequence: string;
      readonly amount: string;
    }[];
  }[];
}

export interface DoctorResult {
  readonly findings: readonly {
    readonly check: CheckName;
    /** null where it is no company's. */
    readonly company: string | null;
    readonly level: FindingLevel;
    readonly what: string;
    readonly why: string;
    readonly mend: string;
  }[];
  readonly checks: readonly {
    readonly check: CheckName;
    readonly company: string | null;
    readonly result: "ok" | "findings" | "not_checked";
    readonly detail: string | null;
  }[];
}

export interface BaselineResult {
  readonly company: string;
  readonly project_id: string;
  readonly project_number: string;
  readonly job: string;
  /** null where the project has no budget in staging. */
  readonly budget_status: string | null;
  /** Every key that staging's budget or Sage's original estimate has something on. */
  readonly lines: readonly {
    readonly extra: string;
    readonly cost_code: string;
    readonly category: string;
    readonly staging: string;
    readonly sage: string;
    readonly difference: string;
  }[];
  readonly totals: { readonly staging: string; readonly sage: string; readonly difference: string };
  /** What the next acceptance of this budget would send, by the source of the opening position. */
  readonly next_export: Readonly<Record<BaselineSource, string>>;
  /** Messages of budget lines that have no place in Sage yet. */
  readonly unresolved: readonly string[];
  readonly recorded: {
    readonly source: BaselineSource;
    readonly reason: string;
    readonly recorded_at: string;
    readonly actor: string;
  } | null;
  readonly notices: readonly string[];
}

export interface ReleaseResult {
  readonly company: string;
  readonly project_number: string;
  readonly document: DocumentType;
  readonly document_id: string;
  readonly rule: HoldRuleName;
  /** What it was held for. */
  readonly message: string;
  readonly reason: string;
  readonly released_at: string;
  readonly actor: string;
  readonly notices: readonly string[];
}

export interface CompanyReport extends CompanyPart {
  readonly report: Report | null;
  /** Page, workbook and JSON, where the company has a folder of reports. */
  readonly files: readonly string[];
}
export interface ReportResult {
  readonly companies: readonly CompanyReport[];
}

export interface AcceptResult {
  readonly company: string;
  readonly batch_id: string;
  readonly line_no: number;
  readonly project_number: string;
  readonly kind: EstimateKind;
  readonly job: string;
  readonly extra: string;
  readonly cost_code: string;
  readonly category: string;
  readonly exported: string;
  readonly posted: string;
  /** What the line's state was. */
  readonly state: ImportLineState;
  readonly reason: string;
  readonly accepted_at: string;
  readonly actor: string;
  /** Documents that became synced by it. */
  readonly synced: readonly string[];
  readonly notices: readonly string[];
}

export interface TracedImportLine {
  readonly batch_id: string;
  readonly batch_state: BatchState;
  readonly transaction_date: string;
  readonly line_no: number;
  /** Of the whole import line; other staging lines may be part of it. */
  readonly amount: string;
  /** null where the line came to 0.00 and is in no file. `c_record` counts the file's C records from 1. */
  readonly file: { readonly name: string; readonly c_record: number; readonly sha256: string } | null;
  readonly state: ImportLineState;
  readonly state_since: string;
  readonly posted: string;
  readonly tied_out_at: string | null;
  readonly postings: readonly {
    readonly job: string;
    readonly run: string;
    readonly sequence: string;
    readonly amount: string;
  }[];
}

export interface TraceResult {
  readonly line_id: string;
  /** As staging has it now: none if it has gone, two if a budget and a modification have a line of this id. */
  readonly staging: readonly {
    readonly document: DocumentType;
    readonly document_id: string;
    readonly sub_job_code: string;
    readonly cost_code: string;
    readonly cost_type: string;
    readonly description: string;
    readonly amount: string;
    readonly erp_synced: boolean;
  }[];
  readonly movements: readonly {
    readonly moved_at: string;
    readonly run_id: string;
    readonly from: string;
    readonly to: string;
    readonly amount: string;
    readonly kind: EstimateKind;
    readonly job: string;
    readonly extra: string;
    readonly cost_code: string;
    readonly category: string;
    readonly cause: string;
    readonly document: DocumentType;
    readonly document_id: string;
    readonly accepted_by: string;
    readonly accepted_at: string;
    readonly mapping_rows: readonly string[];
    readonly batch_id: string | null;
    readonly line_no: number | null;
  }[];
  readonly import_lines: readonly TracedImportLine[];
  readonly holds: readonly (HoldResult & { readonly began_at: string; readonly ended_at: string | null })[];
}

export interface CompanyAudit {
  readonly company: string;
  readonly result: "good" | "broken";
  readonly events: number;
  readonly last_at: string | null;
  /** The hash of the last event: to be kept where the journal's operators cannot change it. */
  readonly head: string | null;
  /** Heads that were given, or found in manifests, reports and runs' records. */
  readonly heads_known: number;
  /** The newest event that a head vouches for; whether later ones were cut off cannot be told. */
  readonly proven_to: { readonly sequence: string; readonly by: string } | null;
  /** What is wrong, at most the first 100. */
  readonly findings: readonly {
    /** The number of the event it is about; null where it is about none that is there. */
    readonly sequence: string | null;
    readonly name: string;
    readonly message: string;
    readonly hint: string;
  }[];
  readonly findings_total: number;
}
export interface AuditResult {
  readonly companies: readonly CompanyAudit[];
}
