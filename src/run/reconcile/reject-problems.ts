import type { Problem } from "../../core/outcome.ts";

const DROP_AGAIN =
  "Save Sage's reject file as it is, under a name that ends in .jce, and take this one out of the folder.";

/** What can be wrong with the files that accountants drop in the rejects folder. */
export const rejectProblems = {
  rejects_folder_unreadable: (folder: string, reason: string): Problem => ({
    name: "rejects_folder_unreadable",
    message: `The rejects folder ${folder} cannot be read: ${reason}.`,
    hint: "Check the folder and its rights. Everything else of the reconciliation was done.",
  }),
  reject_unreadable: (file: string, reason: string): Problem => ({
    name: "reject_unreadable",
    message: `${file} cannot be read as a reject file: ${reason}`,
    hint: `${DROP_AGAIN} It is tried again at the next reconciliation.`,
  }),
  reject_not_jce: (file: string): Problem => ({
    name: "reject_not_jce",
    message: `${file} is not read: reject files end in .jce.`,
    hint: DROP_AGAIN,
  }),
  reject_empty: (file: string): Problem => ({
    name: "reject_empty",
    message: `${file} names no rejected line: it has no C record.`,
    hint: "Check that it is the file Sage wrote the rejected records to, and take it out of the folder.",
  }),
  reject_fits_no_batch: (file: string, records: number): Problem => ({
    name: "reject_fits_no_batch",
    message: `${file} fits no batch: none of its ${records} C records has the code and amount of a line that waits to be posted.`,
    hint: "See whether it is another company's, or a file that was corrected already; then take it out of the folder.",
  }),
  reject_fits_in_part: (
    file: string,
    { batchId, unplaced }: { batchId: string; unplaced: readonly number[] },
  ): Problem => ({
    name: "reject_fits_in_part",
    message: `${file} was taken for rejects of ${batchId}, but its ${unplaced.length === 1 ? "line" : "lines"} ${unplaced.join(", ")} ${unplaced.length === 1 ? "fits" : "fit"} no line of it that waits to be posted.`,
    hint: "See whether records were altered or come from another import; Sage writes one reject file for each import.",
  }),
  reject_ambiguous: (file: string, batchId: string): Problem => ({
    name: "reject_ambiguous",
    message: `${file} fits more than one import file; it was taken for rejects of ${batchId}, the oldest of them.`,
    hint: "See in Sage which import it belongs to. What was posted is told by the entries alone, whatever the reject file says.",
  }),
};
