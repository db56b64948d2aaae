import type { Hold } from "../holds.ts";
import { type EstimateKind, joinKey, type SageKey } from "../key.ts";
import type { MappingSet } from "../mapping-set.ts";
import type { Cents } from "../money.ts";
import type { SageMasters } from "../sage.ts";
import type { DocumentType, StagedDocument, StagedProject, StagedSubJob } from "../staged.ts";
import type { SageLookup } from "./sage-lookup.ts";

/** What a company's configuration says about planning. */
export interface PlanRules {
  readonly unmapped: Readonly<Record<"cost_codes" | "categories" | "jobs" | "extras", "hold" | "same_code">>;
  readonly formats: Readonly<Record<"job" | "cost_code" | "extra", string | null>>;
  readonly create_cost_codes: boolean;
  readonly create_extras: boolean;
  readonly require_accepted_by: boolean;
  /** Percent of the keys sent that a re-send may drop without a person's release. */
  readonly removal_limit: number;
  readonly batch_by: "project" | "company";
  readonly max_lines_per_batch: number;
  readonly jce: {
    /** The most that one import line may carry, either way. */
    readonly max_amount: Cents;
    readonly encoding: string;
    readonly zero_lines: "omit" | "when_new";
  };
}

/** The sum of what was moved out of `accepted` under one staging line and key. */
export interface SentPart {
  readonly kind: EstimateKind;
  /** null where it belongs to no staging line: an opening position. */
  readonly stagingLineId: string | null;
  readonly key: SageKey;
  readonly cents: Cents;
}

/** What the journal knows of a project. */
export interface ProjectLedger {
  /** Kind `original` only: a modification is sent once, as a document. */
  readonly sentOriginals: readonly SentPart[];
  /** The jobs that anything was sent to. */
  readonly jobs: ReadonlySet<string>;
  /** Other companies that anything of the project was sent to. */
  readonly otherCompanies: ReadonlySet<string>;
  /** The content of each document as it was last sent, by `documentKey`. */
  readonly sentContents: ReadonlyMap<string, string>;
  /** Documents with import lines that are not tied out, with the batch they wait for, by `documentKey`. */
  readonly openBatches: ReadonlyMap<string, string>;
  /** What a person has released: an acceptance, by `releaseKey`. */
  readonly releases: ReadonlySet<string>;
  /** Whether the original budget went over, or an opening position was recorded. */
  readonly budgetSent: boolean;
}

export const NOTHING_SENT: ProjectLedger = {
  sentOriginals: [],
  jobs: new Set(),
  otherCompanies: new Set(),
  sentContents: new Map(),
  openBatches: new Map(),
  releases: new Set(),
  budgetSent: false,
};

/** An acceptance as it stands: whoever accepts something else later needs another release. */
export const releaseKey = (
  document: Pick<StagedDocument, "document" | "documentId" | "acceptedAt">,
  content: string,
): string => joinKey(document.document, document.documentId, document.acceptedAt, content);

export const documentKey = (document: { document: DocumentType; documentId: string }): string =>
  joinKey(document.document, document.documentId);

/** Everything a plan is made from, read beforehand: no connection and no clock. */
export interface PlanInput {
  readonly company: string;
  readonly rules: PlanRules;
  /** All of the company's, for those that have the number of another. */
  readonly projects: readonly StagedProject[];
  readonly subJobs: readonly StagedSubJob[];
  /** All of the projects that are planned, with the lines of accepted ones. */
  readonly documents: readonly StagedDocument[];
  /** Ids that staging holds more than once, or in two spellings that differ only in capital letters, lower-cased. */
  readonly repeatedIds: {
    readonly projects: ReadonlySet<string>;
    readonly documents: ReadonlySet<string>;
    readonly lines: ReadonlySet<string>;
  };
  /** null while no good set of mapping files was ever seen. */
  readonly mapping: MappingSet | null;
  /** Why there is no mapping set, for people; empty if there is one. */
  readonly mappingProblem: string;
  readonly masters: SageMasters;
  /** Jobs on which Sage carries an estimate. */
  readonly estimatedJobs: ReadonlySet<string>;
  /** By project id. */
  readonly ledgers: ReadonlyMap<string, ProjectLedger>;
  /** Documents that were found changed while being claimed, by `documentKey`: left out, whole, until the next run. */
  readonly leftOut: ReadonlySet<string>;
  /** Jobs that something was sent to, or that an opening position is on, by any project. */
  readonly sentJobs: ReadonlySet<string>;
}

/** What planning a project needs beside its documents. */
export interface PlanContext extends PlanInput {
  readonly sage: SageLookup;
  /** By project id and sub job code. */
  readonly subJobNames: ReadonlyMap<string, string>;
  /** By project number in lower case. */
  readonly projectsByNumber: ReadonlyMap<string, readonly StagedProject[]>;
}

/**
 * Why an import line's part differs from what was sent before: its staging line is new, has another amount, has
 * other codes, has gone; or has the codes it had, and the mapping leads elsewhere.
 */
export type Cause = "new" | "changed" | "recoded" | "moved_by_mapping" | "gone";

export interface PlannedSource {
  readonly document: StagedDocument;
  readonly stagingLineId: string | null;
  readonly cents: Cents;
  readonly cause: Cause;
  readonly mappingRows: readonly string[];
}

/** An import line to be: what one key gets. */
export interface PlannedLine {
  readonly kind: EstimateKind;
  readonly key: SageKey;
  readonly before: Cents;
  readonly now: Cents;
  /** `now` less `before`. */
  readonly cents: Cents;
  readonly inFile: boolean;
  readonly jobDescription: string;
  readonly extraDescription: string;
  /** Sage's copy lacks the extra: the import will create it. */
  readonly extraIsNew: boolean;
  readonly costCodeDescription: string;
  /** Neither standard in Sage's copy nor on the job and extra: the import will create it, if it may. */
  readonly costCodeIsNew: boolean;
  readonly sources: readonly PlannedSource[];
}

/** A project's documents that travel together, and their lines in file order. */
export interface PlannedProject {
  readonly project: StagedProject;
  readonly job: string;
  readonly documents: readonly StagedDocument[];
  readonly lines: readonly PlannedLine[];
}

export interface PlannedBatch {
  readonly projects: readonly PlannedProject[];
}

/** What becomes of some projects. */
export interface ProjectsPlan {
  /** In the order of their numbers: what is to be sent, to be filled into batches. */
  readonly toSend: readonly PlannedProject[];
  /** Documents whose every difference is 0.00: synced at once, with no batch. */
  readonly nothingToSend: readonly PlannedProject[];
  readonly holds: readonly Hold[];
  /** Accepted documents that wait for another document of their project, with the reason, by `documentKey`. */
  readonly waiting: ReadonlyMap<string, string>;
}
