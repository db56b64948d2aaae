import type { Baseline } from "../baseline.ts";
import type { LineFinding } from "../match/match-lines.ts";
import type { SageEntry } from "../sage.ts";
import type { StagedDocument, StagedProject } from "../staged.ts";
import type { Day } from "../time.ts";
import type { AcceptedAmount } from "./accepted-amount.ts";
import type { MasterTotals } from "./master-totals.ts";
import type { Recognition } from "./recognise.ts";
import type { TieOutDifference } from "./schema.ts";

/** All that is known of some projects and the jobs that they were sent to; no other project shares one of these jobs. */
export interface UnitInput {
  readonly lines: readonly LineFinding[];
  readonly unexpected: readonly SageEntry[];
  readonly totals: MasterTotals;
  /** Of single lines. */
  readonly recognitions: readonly Recognition[];
  readonly changedSinceExport: readonly StagedDocument[];
  readonly accepted: readonly AcceptedAmount[];
  readonly baselines: readonly Baseline[];
  readonly projects: readonly StagedProject[];
  readonly documents: readonly StagedDocument[];
  readonly today: Day;
  readonly timeZone: string;
  /** What was said before: differences that no row of the journal dates are dated by it. */
  readonly previous: readonly TieOutDifference[];
}
