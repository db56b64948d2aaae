import { groupBy } from "../../core/group-by.ts";
import { joinKey } from "../../core/key.ts";
import type { HoldResult } from "../../run/hold-result.ts";

/** A hold, with since when it is so where that is known. */
export type ShownHold = HoldResult & { readonly began_at?: string | null };

/** What holds one document, every cause once. */
export interface HeldDocument<H extends ShownHold = ShownHold> {
  readonly first: H;
  /** When the oldest of its causes began; null where no export has seen one. */
  readonly since: string | null;
  readonly causes: readonly HoldCause<H>[];
}

export interface HoldCause<H extends ShownHold = ShownHold> {
  readonly first: H;
  /** The staging lines it is found in; none where it is about the document itself. */
  readonly lines: readonly string[];
}

/** Held documents by project, in the order of the holds. */
export const heldByProject = <H extends ShownHold>(holds: readonly H[]): HeldDocument<H>[][] =>
  [...groupBy(holds, (hold) => joinKey(hold.project_number, hold.project_id)).values()].map((ofProject) =>
    [...groupBy(ofProject, (hold) => joinKey(hold.document, hold.document_id)).values()].flatMap(
      heldDocument,
    ),
  );

function heldDocument<H extends ShownHold>(holds: readonly H[]): HeldDocument<H>[] {
  const since = holds.flatMap(({ began_at }) => began_at ?? []).sort()[0] ?? null;
  // The message is part of the cause: one value may be refused in several places.
  const causes = groupBy(holds, (hold) =>
    joinKey(hold.rule, hold.field, hold.value, hold.message, hold.remedy),
  );
  return holds.slice(0, 1).map((first) => ({
    first,
    since,
    causes: [...causes.values()].flatMap((same) =>
      same.slice(0, 1).map((cause) => ({
        first: cause,
        lines: same.flatMap((hold) => hold.staging_line_id ?? []),
      })),
    ),
  }));
}
