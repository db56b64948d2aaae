import type { CopyResult } from "./copy.ts";

export interface ErrorResult {
  readonly name: string;
  readonly message: string;
  readonly hint?: string;
}

/** What does not stop a run, but should be known: mapping files refused, tables that Sage's copy lacks. */
export interface CompanyResult {
  readonly company: string;
  /** The folder's mapping files are refused; the last good set, if there is one, stays in force. */
  readonly mappings_refused?: boolean;
  /** Absent where the copy could not be read. */
  readonly copy?: CopyResult;
  readonly notices: readonly string[];
  readonly error: ErrorResult | null;
}
