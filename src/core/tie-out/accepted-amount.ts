import type { EstimateKind, SageKey } from "../key.ts";
import type { Cents } from "../money.ts";

/** What was recorded as accepted for a key of a project: at the baseline, and since then at the claims. */
export interface AcceptedAmount {
  readonly projectId: string;
  readonly kind: EstimateKind;
  readonly key: SageKey;
  readonly baseline: Cents;
  readonly claimed: Cents;
}
