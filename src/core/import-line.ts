import { type EstimateKind, joinKey, type SageKey } from "./key.ts";
import type { Cents } from "./money.ts";
import type { SageEntry } from "./sage.ts";
import type { DocumentType } from "./staged.ts";
import type { BatchState, ImportLineState } from "./states.ts";
import type { Day } from "./time.ts";

/** How a company's `.jce` files are written (contract §5, switchable under `jce:`). */
export interface JceOptions {
  readonly comment: boolean;
  readonly quote_record_ids: boolean;
  /** The field of a `C` record that carries the extra; fields count from 1. */
  readonly extra_field: number;
  readonly encoding: string;
  /** Whether imports may create cost codes; batches from before that was noted do not say. */
  readonly create_cost_codes?: boolean;
}

/** The part of an import line that one staging line (or a baseline, or what a gone line had sent) brought. */
export interface LineSource {
  readonly document: DocumentType;
  readonly documentId: string;
  /** A modification's number; empty for a budget. */
  readonly number: string;
  /** null where no staging line stands behind it. */
  readonly stagingLineId: string | null;
  readonly cents: Cents;
  readonly cause: string;
  readonly acceptedBy: string;
  readonly acceptedAt: string;
  /** The mapping rows it came by, e.g. `jobs.csv:2`, `cost-codes.csv:14`, `categories.csv:3`. */
  readonly mappingRows: readonly string[];
}

/** One `C` record to be, or a key that came to 0.00 and is recorded only. */
export interface ImportLine {
  /** Counts from 1 within the batch. */
  readonly lineNo: number;
  readonly kind: EstimateKind;
  readonly projectId: string;
  readonly projectNumber: string;
  readonly projectName: string;
  readonly key: SageKey;
  readonly jobDescription: string;
  readonly extraDescription: string;
  /** Sage's copy lacked the extra: an `E` record goes before its lines. */
  readonly extraIsNew: boolean;
  readonly costCodeDescription: string;
  /** Neither standard in Sage's copy nor on the job and extra: the import creates it if the box for it is ticked. */
  readonly costCodeIsNew: boolean;
  readonly cents: Cents;
  /** Whether it is written to the file; a key that came to 0.00 is not. */
  readonly inFile: boolean;
  readonly sources: readonly LineSource[];
}

/** All that a batch's folder is rendered from: the journal's rows of the batch, and nothing else. */
export interface BatchRecord {
  readonly batchId: string;
  readonly company: string;
  /** UTC, to the second. */
  readonly createdAt: string;
  readonly transactionDate: Day;
  readonly toolVersion: string;
  readonly mappingSha256: string;
  readonly previousManifestSha256: string | null;
  readonly auditHead: string;
  readonly jce: JceOptions;
  /** In line order: kind (original first), then key. */
  readonly lines: readonly ImportLine[];
}

/** A batch's header row. */
export interface BatchHeader {
  readonly batchId: string;
  readonly company: string;
  readonly number: number;
  readonly state: BatchState;
  readonly createdAt: string;
  /** The day it was claimed, in the company's time zone. */
  readonly claimDay: string;
  readonly transactionDate: string;
  readonly mappingSha256: string;
  /** The hash of the event that told of the claim. */
  readonly auditHead: string;
  readonly manifestSha256: string | null;
  readonly writtenAt: string | null;
}

/** What is known of an import line beyond what was written. */
export interface LineStatus {
  readonly state: ImportLineState;
  readonly stateSince: string;
  readonly postedCents: bigint;
  readonly ambiguous: boolean;
  readonly tiedOutAt: string | null;
}

/** An import line with its batch and what was known of it before. */
export interface TrackedLine {
  readonly batch: BatchHeader;
  readonly line: ImportLine;
  readonly status: LineStatus;
  /** `entryNames` of the entries that were behind it. */
  readonly entries: string;
}

export const lineId = ({ batch, line }: TrackedLine): string => lineIdOf(batch.batchId, line.lineNo);
export const lineIdOf = (batchId: string, lineNo: number): string => joinKey(batchId, String(lineNo));

/** Entries of one job by run and sequence, in one text that is the same in whatever order they are given. */
export const entryNames = (entries: readonly Pick<SageEntry, "run" | "sequence">[]): string =>
  [...new Set(entries.map(({ run, sequence }) => `${run}/${sequence}`))].sort().join(" ");
