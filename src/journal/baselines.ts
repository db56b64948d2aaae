import type { CompanyContext } from "../context.ts";
import type { Baseline, BaselineSource } from "../core/baseline.ts";
import type { Queries } from "../db/db.ts";
import { cents, integer, text } from "../db/values.ts";
import type { Names } from "../names.ts";

export async function readBaselines(
  queries: Queries,
  names: Names,
  company: string,
  among?: { readonly jobs: readonly string[] },
): Promise<Baseline[]> {
  const rows = await queries.query(
    queries.sql.build(names.journal("baseline")).where({ company }).orderBy("project_id").select(),
  );
  return rows
    .filter((row) => !among || among.jobs.includes(text(row, "job")))
    .map((row) => ({
      projectId: text(row, "project_id"),
      projectNumber: text(row, "project_number"),
      job: text(row, "job"),
      source: text(row, "source") as BaselineSource,
      cents: cents(row, "cents"),
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
  baseline: Omit<Baseline, "actor">,
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
