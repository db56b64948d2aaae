import { type DifferenceState, IMPORT_LINE_STATES, type ImportLineState } from "./states.ts";

/** An import line's state in a word or two. */
export const LINE_STATE_WORDS: Readonly<Record<ImportLineState, string>> = {
  awaiting_posting: "waiting for posting",
  overdue: "overdue",
  posted: "posted",
  amount_differs: "amount differs",
  posted_twice: "posted twice",
  rejected_in_sage: "rejected in Sage",
  no_longer_posted: "no longer posted",
  accepted_difference: "difference accepted",
};

/** What a difference means, and what is to be done about it. */
export const DIFFERENCE_MEANINGS: Readonly<Record<DifferenceState, string>> = {
  awaiting_posting: "Waiting for posting: no entry is posted in Sage yet.",
  overdue:
    "Overdue: exported long ago, and still not posted in Sage. Find out whether the file was imported, then post the entries.",
  posted: "Posted: the entries in Sage agree with what was exported.",
  amount_differs:
    "Amount differs: what is posted in Sage is not what was exported. Post what is missing, or correct the entries in Sage; the line resolves by itself.",
  posted_twice:
    "Posted twice: Sage has the same amount more than once; the file was probably imported again. Reverse the repeated entries in Sage.",
  rejected_in_sage:
    "Rejected in Sage: the line is in a file of rejected records and has not been posted since. Correct it, import it as a file of its own, and post it.",
  no_longer_posted:
    "No longer posted: the entries agreed before, and have been reversed or removed in Sage since. Find out why, and post them again if they belong there.",
  accepted_difference: "Difference accepted: a person closed the line with a reason; nothing is left to do.",
  unexpected:
    "Unexpected: an estimate entry is posted in Sage that nothing exported explains. Find out who entered it and why.",
  changed_since_export:
    "Changed since export: the budget in the project system no longer says what was exported, so it is not marked as synced.",
  master_total_differs:
    "Total differs: the category's total in Sage is not what its entries add up to. Recalculate the job's totals in Sage, or find out who changed them.",
};

/** `3 posted, 1 overdue`: the states there are, in their usual order. */
export const stateCounts = (states: Readonly<Partial<Record<ImportLineState, number>>>): string =>
  IMPORT_LINE_STATES.flatMap((state) => {
    const n = states[state] ?? 0;
    return n > 0 ? [`${n.toLocaleString("en-US")} ${LINE_STATE_WORDS[state]}`] : [];
  }).join(", ");
