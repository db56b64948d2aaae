import type { OpeningTotal } from "../baseline.ts";
import { ESTIMATE_KINDS, type EstimateKind, keyId, kindKey, type SageKey } from "../key.ts";
import type { LineFinding } from "../match/match-lines.ts";
import type { Cents } from "../money.ts";
import type { SageEntry, SageMasters } from "../sage.ts";

/** Sage's own total of a key and kind beside what its entries say it should be. */
export interface MasterTotal {
  readonly kind: EstimateKind;
  readonly key: SageKey;
  /** `JCM_MASTER__CATEGORY`. */
  readonly total: Cents;
  /** What was there before, and every entry since. */
  readonly expected: Cents;
}

export interface MasterTotals {
  /** By `kindKey`: every key of ours whose total the copy tells. */
  readonly byKey: ReadonlyMap<string, MasterTotal>;
  readonly differing: readonly MasterTotal[];
  /** Totals that should have moved with entries. */
  readonly toMove: number;
  /** Those of them that stand where they stood before the first entry. */
  readonly unmoved: number;
}

/**
 * Whether not one total of a company has moved with its entries: then the copy's totals are not kept up, and prove
 * nothing.
 */
export const areStale = ({ toMove, unmoved }: Pick<MasterTotals, "toMove" | "unmoved">): boolean =>
  toMove > 0 && unmoved === toMove;

/**
 * Compares `JCM_MASTER__CATEGORY` with the posted entries, key by key, for every key that a batch ever had a line
 * on (contract §7). Sage adds each posted entry to its total, so the total less what was there before this system
 * is the sum of the entries since. What was there before is known where a baseline was recorded; a job without one
 * carried no estimate. A key of which the copy tells no total is left out. Pure.
 */
export function compareMasterTotals(
  lines: readonly LineFinding[],
  entries: readonly SageEntry[],
  { categories }: Pick<SageMasters, "categories">,
  openings: readonly OpeningTotal[],
): MasterTotals {
  const posted = new Map<string, Cents>();
  for (const entry of entries) {
    const id = kindKey(entry.kind, entry);
    posted.set(id, (posted.get(id) ?? 0n) + entry.cents);
  }
  // What the total had beyond the entries that the copy showed: entries of long ago that were purged.
  const beyond = new Map(openings.map((one) => [kindKey(one.kind, one), one.masterCents - one.entriesCents]));

  const byKey = new Map<string, MasterTotal>();
  for (const key of new Map(lines.map(({ tracked: { line } }) => [keyId(line.key), line.key])).values()) {
    const category = categories.get(keyId(key));
    for (const kind of category ? ESTIMATE_KINDS : []) {
      const total = category?.totals[kind] ?? null;
      const id = kindKey(kind, key);
      if (total !== null)
        byKey.set(id, { kind, key, total, expected: (posted.get(id) ?? 0n) + (beyond.get(id) ?? 0n) });
    }
  }
  const differing = [...byKey.values()].filter(({ total, expected }) => total !== expected);
  const beforeAll = (id: string): Cents => beyond.get(id) ?? 0n;
  const toMove = [...byKey].filter(([id, { expected }]) => expected !== beforeAll(id));
  const unmoved = toMove.filter(([id, { total }]) => total === beforeAll(id));
  return { byKey, differing, toMove: toMove.length, unmoved: unmoved.length };
}
