import type { Problem } from "../core/outcome.ts";
import type { Day } from "../core/time.ts";

export const journalProblems = {
  journal_missing: (): Problem => ({
    name: "journal_missing",
    message: "The staging database has no journal yet.",
    hint: "Run `tieout db migrate` once.",
  }),
  journal_old_layout: (removal: readonly string[]): Problem => ({
    name: "journal_old_layout",
    message: "The journal was made by a version of tieout from before its first release.",
    hint: `It cannot be upgraded. Keep a copy of the database, end what it has under way, and move the batches out of the outbox. Then remove it, and run \`tieout db migrate\`: ${removal.join("; ")};`,
  }),
  journal_older: (found: number, needed: number): Problem => ({
    name: "journal_older",
    message: `The journal has version ${found}, this program works with version ${needed}.`,
    hint: "Run `tieout db migrate` once.",
  }),
  journal_in_use: (company: string, holder: string): Problem => ({
    name: "journal_in_use",
    message: `A run for ${company} is under way (${holder}); the journal is not upgraded under it.`,
    hint: "Stop the daemon or wait for the run to end, then run `tieout db migrate` again.",
  }),
  journal_newer: (found: number, known: number): Problem => ({
    name: "journal_newer",
    message: `The journal has version ${found}, this program knows only version ${known}.`,
    hint: "Install the newer version of tieout that upgraded the journal.",
  }),
  tie_out_altered: (company: string, day: Day, sha256: string): Problem => ({
    name: "tie_out_altered",
    message: `The tie-out of ${company} that was stored on ${day} is not what it was: its hash is not ${sha256} any more.`,
    hint: "Somebody changed the journal, or it was damaged: find out who, with `tieout audit verify`. Then `tieout reconcile --full` makes today's tie-out anew.",
  }),
  tie_out_missing: (company: string, day: Day | null): Problem => ({
    name: "tie_out_missing",
    message: `No tie-out of ${company} is stored${day ? ` up to ${day}` : ""}.`,
    hint: "Every reconciliation stores one; give a day on or after the first.",
  }),
};
