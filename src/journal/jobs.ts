import type { CompanyContext } from "../context.ts";
import type { Day } from "../core/time.ts";
import type { Queries } from "../db/db.ts";
import { idSet } from "../db/row-sets.ts";
import { text, textOrNull } from "../db/values.ts";
import type { Names } from "../names.ts";

/** A job that something was sent to, or that an opening position is on, as it was settled last. All of it is derived. */
export interface SettledJob {
  readonly job: string;
  /** What the copy said of it then; null where something has been written since that its result depends on. */
  readonly digest: string | null;
  /** The rules and settings that it was settled with. */
  readonly settledWith: string;
  /** The day on which a line of it becomes overdue if nothing else happens; null if none does. */
  readonly dueDay: Day | null;
}

/** Every job of a company, by name. */
export async function readJobs(
  queries: Queries,
  names: Names,
  company: string,
): Promise<ReadonlyMap<string, SettledJob>> {
  const rows = await queries.query(queries.sql.build(names.journal("job")).where({ company }).select());
  return new Map(
    rows.map((row) => [
      text(row, "job"),
      {
        job: text(row, "job"),
        digest: textOrNull(row, "digest"),
        settledWith: text(row, "settled_with"),
        dueDay: textOrNull(row, "due_day"),
      },
    ]),
  );
}

type Writer = Pick<CompanyContext, "names" | "company">;

/**
 * Notes that something was written that the result of jobs depends on: the next reconciliation settles them. To be
 * called in the same transaction.
 */
export async function touchJobs(
  { names, company }: Writer,
  tx: Queries,
  jobs: Iterable<string>,
): Promise<void> {
  const all = [...new Set(jobs)];
  if (all.length === 0) return;
  const table = names.journal("job");
  const own = () => tx.sql.build(table).where({ company: company.id }).whereIn("job", idSet(tx, all));
  const known = new Set((await tx.query(own().select("job"))).map((row) => text(row, "job")));
  await tx.query(own().update({ digest: null }));
  await tx.insert(
    table,
    { company: "text", job: "text", settled_with: "text" },
    all.filter((job) => !known.has(job)).map((job) => ({ company: company.id, job, settled_with: "" })),
  );
}

/** Notes what jobs were settled from: last in the transaction that settles them. */
export async function settleJobs(
  { names, company }: Writer,
  tx: Queries,
  jobs: readonly (Omit<SettledJob, "digest"> & { readonly digest: string })[],
): Promise<void> {
  await tx.update(names.journal("job"), {
    scope: { company: company.id },
    keys: { job: "text" },
    columns: { digest: "text", settled_with: "text", due_day: "text" },
    rows: jobs.map((one) => ({
      job: one.job,
      digest: one.digest,
      settled_with: one.settledWith,
      due_day: one.dueDay,
    })),
  });
}
