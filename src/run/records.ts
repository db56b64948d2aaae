import type { CompanyConfig } from "../config/schema.ts";
import type { CompanyContext, Context } from "../context.ts";
import type { Cents } from "../core/money.ts";
import type { Problem } from "../core/outcome.ts";
import type { DocumentType } from "../core/staged.ts";
import type { TieOutDifference } from "../core/tie-out/schema.ts";
import type { TieOutSums } from "../core/tie-out/sums.ts";
import type { CompanyResult } from "./company-result.ts";
import type { CopyResult } from "./copy.ts";

/** What a run saw that the journal does not keep, as far as it came. */
export interface Sight {
  readonly copy?: CopyResult;
  /** The accepted documents that an export had before it when it decided, in the order of their projects. */
  readonly pulled?: readonly PulledDocument[];
  /** By `documentKey`, from the last plan that was made. */
  readonly held?: ReadonlySet<string>;
  readonly waiting?: ReadonlySet<string>;
  /** What a reconciliation that came to its end found: all differences but lines that wait in time, and all sums. */
  readonly tieOut?: { readonly differences: readonly TieOutDifference[]; readonly sums: TieOutSums };
}

/** An accepted document as an export found it. */
export interface PulledDocument {
  readonly document: DocumentType;
  readonly documentId: string;
  readonly number: string;
  readonly projectNumber: string;
  /** What its lines come to; null if one of them is no amount. */
  readonly cents: Cents | null;
  /** Of a budget: what was sent of its project's originals before. */
  readonly sentBefore: Cents;
}

/** Tells what a run has just seen: what it tells last of anything counts. */
export type Tell = (sight: Sight) => void;

/** A run of a company: it may have lost its lease, or never had one. */
export type OwnRun = Omit<CompanyContext, "lease">;

/** A run that has ended. */
export interface EndedRun {
  readonly run: OwnRun;
  readonly command: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly result: Pick<CompanyResult, "error" | "notices">;
  readonly sight: Sight;
}

/**
 * What people find of a run outside the journal. Each gives what stood in its way: the run stands whether or not it
 * can be written.
 */
export interface Records {
  /** The run's own record. Asked for under the run's lease, so that the journal tells of nothing later. */
  run(ended: EndedRun): Promise<Problem | null>;
  /** The report on a company's last reconciliation. */
  report(context: Context, company: CompanyConfig): Promise<Problem | null>;
}

/** What a command works with that is a run, and leaves a record. */
export interface RunContext extends Context {
  readonly records: Records;
}
