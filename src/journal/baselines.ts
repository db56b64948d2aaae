import type { CompanyContext } from "../context.ts";
import type { Day } from "../core/time.ts";
import type { Queries } from "../db/db.ts";
import { integer, text } from "../db/values.ts";
import type { Names } from "../names.ts";

/** What a project's job carries already when its budget is first sent: from Sage, from staging, or nothing. */
export const BASELINE_SOURCES = ["sage", "staging", "zero"] as const;
export type BaselineSource = (typeof BASELINE_SOURCES)[number];

/** A project's opening position, decided by a person. Its amounts are movements. */
export interface Baseline {
  readonly projectId: string;
  readonly projectNumber: string;
  readonly job: string;
  readonly source: BaselineSource;
  readonly reason: string;
  readonly actor: string;
  readonly recordedAt: string;
  readonly recordedDay: Day;
  /** The number of the batch that came next: entries that Sage had by then were there before. */
  readonly beforeBatch: number;
}

export async function readBaselines(queries: Queries, names: Names, company: string): Promise<Baseline[]> {
  const rows = await queries.query(
    queries.sql.build(names.journal("baseline")).where({ company }).orderBy("project_id").select(),
  );
  return rows.map((row) => ({
    projectId: text(row, "project_id"),
    projectNumber: text(row, "project_number"),
    job: text(row, "job"),
    source: text(row, "source") as BaselineSource,
    reason: text(row, "reason"),
    actor: text(row, "actor"),
    recordedAt: text(row, "recorded_at"),
    recordedDay: text(row, "recorded_day"),
    beforeBatch: integer(row, "before_batch"),
  }));
}

export async function insertBaseline(
  { names, company, runId, actor }: CompanyContext,
  tx: Queries,
  baseline: Omit<Baseline, "actor"> & { readonly cents: bigint },
): Promise<void> {
  await tx.query(
    tx.sql.build(names.journal("baseline")).insert({
      company: company.id,
      project_id: baseline.projectId,
      project_number: baseline.projectNumber,
      job: baseline.job,
      source: baseline.source,
      cents: baseline.cents.toString(),
      reason: baseline.reason.slice(0, 1_000),
      actor,
      run_id: runId,
      recorded_at: baseline.recordedAt,
      recorded_day: baseline.recordedDay,
      before_batch: baseline.beforeBatch,
    }),
  );
}
