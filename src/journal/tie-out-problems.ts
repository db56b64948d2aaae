import type { Problem } from "../core/outcome.ts";
import type { Day } from "../core/time.ts";

export const tieOutProblems = {
  tie_out_altered: (company: string, day: Day, sha256: string): Problem => ({
    name: "tie_out_altered",
    message: `The tie-out of ${company} that was stored on ${day} is not what it was: its hash is not ${sha256} any more.`,
    hint: "Somebody changed the journal, or it was damaged: find out who, with `tieout audit verify`. As soon as anything changes, the next reconciliation stores a new one.",
  }),
  tie_out_missing: (company: string, day: Day | null): Problem => ({
    name: "tie_out_missing",
    message: `No tie-out of ${company} is stored${day ? ` up to ${day}` : ""}.`,
    hint: "Every reconciliation stores one; give a day on or after the first.",
  }),
};
