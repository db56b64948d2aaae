import type { Problem } from "../core/outcome.ts";

export const batchProblems = {
  journal_behind_outbox: (company: string, folders: readonly string[]): Problem => ({
    name: "journal_behind_outbox",
    message: `The outbox of ${company} holds batches that the journal does not know: ${folders.join(", ")}. The database was probably restored from an older copy.`,
    hint: "Restore the newest copy of the database. Until then nothing is exported for this company, or numbers would be used twice.",
  }),
  batch_folder_exists: (batchId: string): Problem => ({
    name: "batch_folder_exists",
    message: `The outbox already has a folder ${batchId} that does not match the journal; it was left alone.`,
    hint: `Move the folder ${batchId} out of the outbox; the next run writes it anew from the journal.`,
  }),
};
