import type { CompanyContext } from "../context.ts";
import { fail, type Outcome, ok } from "../core/outcome.ts";
import { unknownBatches } from "../journal/batches.ts";
import { batchProblems } from "./problems.ts";

/**
 * Checks that the outbox holds no batch that the journal does not know: if it does, the database is older than
 * the outbox and would use numbers twice.
 */
export async function checkOutbox({
  db,
  names,
  files,
  company,
}: Pick<CompanyContext, "db" | "names" | "files" | "company">): Promise<Outcome<void>> {
  const isBatchId = new RegExp(`^${company.id}-\\d{6,}$`);
  // Listed before the journal is read: a batch is in the journal before its folder is there.
  const folders = (await files.list(company.outbox)).filter((name) => isBatchId.test(name));
  const unknown = await unknownBatches(db, names, folders);
  return unknown.length > 0 ? fail(batchProblems.journal_behind_outbox(company.id, unknown)) : ok(undefined);
}
