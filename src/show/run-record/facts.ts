import type { ProjectLedger } from "../../core/plan/types.ts";
import type { StagedDocument, StagedProject } from "../../core/staged.ts";
import type { TieOut } from "../../core/tie-out/schema.ts";
import type { CopyResult } from "../../run/results.ts";

/**
 * What a run saw that the journal does not keep. It is filled in as the run goes on, so that the record of one that
 * fails tells it as well.
 */
export interface RunFacts {
  /** The state of Sage's copy. */
  copy: CopyResult | null;
  /** What an export had before it when it decided. */
  pulled: {
    readonly projects: readonly StagedProject[];
    /** The accepted ones. */
    readonly documents: readonly StagedDocument[];
    readonly ledgers: ReadonlyMap<string, ProjectLedger>;
  } | null;
  /** By `documentKey`, from the last plan that was made. */
  held: ReadonlySet<string>;
  waiting: ReadonlySet<string>;
  /** What a reconciliation that came to its end found. */
  tieOut: TieOut | null;
}

export const noFacts = (): RunFacts => ({
  copy: null,
  pulled: null,
  held: new Set(),
  waiting: new Set(),
  tieOut: null,
});
