import type { HoldFacts, HoldRuleName } from "../holds.ts";

/** What a rule has against a document: the facts for its words, and where staging has the cause. */
export interface HoldReason {
  readonly rule: HoldRuleName;
  readonly facts: HoldFacts;
  /** Where the rule has several columns. */
  readonly field?: string | undefined;
  readonly lineId?: string | null;
}
