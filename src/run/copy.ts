import type { Context } from "../context.ts";
import { readTieOutRoot } from "../journal/tie-outs.ts";
import type { CopyState } from "../sage/look.ts";
import type { CopyLook } from "../sage/read-copy.ts";

/** Which state of Sage's copy a run saw. */
export interface CopyResult {
  /** The newest stamp of any entry, as the copy writes it; null if it has no stamps. */
  readonly as_of: string | null;
  /** The highest run of an estimate entry; null if there is none. */
  readonly highest_run: string | null;
}

export const copyResult = ({ asOf, highestRun }: CopyState): CopyResult => ({
  as_of: asOf,
  highest_run: highestRun?.toString() ?? null,
});

/** The highest run of any entry that the copy has ever shown to a reconciliation; null if there was none. */
export async function readHighestRun(context: Context, company: string): Promise<bigint | null> {
  const root = await readTieOutRoot(context, company);
  return root.ok ? (root.value?.highestRun ?? null) : null;
}

/**
 * What should be known of a copy: what it lacks, and whether it shows an older state than it did before. Then what
 * it does not show any more may be there in Sage; what the lines' states say of that heals when it has caught up.
 */
export function copyNotices(
  { lacking, highestRun }: Pick<CopyLook, "lacking" | "highestRun">,
  seenBefore: bigint | null,
): string[] {
  const isOlder = seenBefore !== null && (highestRun === null || highestRun < seenBefore);
  return isOlder
    ? [
        `Sage's copy shows an older state than before: its highest run is ${highestRun ?? "none"}, and run ${seenBefore} was seen. Entries that it no longer shows count as gone until it has caught up; ask whether it was restored.`,
        ...lacking,
      ]
    : [...lacking];
}
