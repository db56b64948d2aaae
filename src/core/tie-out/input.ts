import type { Baseline } from "../baseline.ts";
import type { BatchHeader } from "../import-line.ts";
import type { LineFinding } from "../match/match-lines.ts";
import type { SageEntry } from "../sage.ts";
import type { StagedDocument, StagedProject } from "../staged.ts";
import type { Day } from "../time.ts";
import type { AcceptedAmount } from "./accepted-amount.ts";
import type { MasterTotals } from "./master-totals.ts";
import type { Recognition } from "./recognise.ts";
import type { TieOut } from "./schema.ts";

/** All that a tie-out is made from. */
export interface TieOutInput {
  readonly copy: TieOut["copy"];
  readonly notices: readonly string[];
  readonly lines: readonly LineFinding[];
  readonly unexpected: readonly SageEntry[];
  readonly totals: MasterTotals;
  readonly recognitions: readonly Recognition[];
  readonly rejectFiles: TieOut["reject_files"];
  readonly changedSinceExport: readonly StagedDocument[];
  readonly accepted: readonly AcceptedAmount[];
  readonly baselines: readonly Baseline[];
  readonly batches: readonly BatchHeader[];
  readonly projects: readonly StagedProject[];
  readonly documents: readonly StagedDocument[];
  readonly today: Day;
  readonly timeZone: string;
  /** What the last tie-out said: differences that no row of the journal dates are dated by it. */
  readonly previous: TieOut | null;
}
