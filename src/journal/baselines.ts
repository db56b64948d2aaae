import type { CompanyContext } from "../context.ts";
import type { Baseline, BaselineSource } from "../core/baseline.ts";
import type { StagedDocument } from "../core/staged.ts";
import type { Queries } from "../db/db.ts";
import { idSet } from "../db/row-sets.ts";
import { cents, integer, text } from "../db/values.ts";
import type { Names } from "../names.ts";
import { type Among, isAmong } from "./among.ts";
import { insertCovered } from "./covered.ts";

export async function readBaselines(
  queries: Queries,
  names: Names,
  company: string,
  among?: Among,
): Promise<Baseline[]> {
  const statement = queries.sql.build(names.journal("baseline")).where({ company }).orderBy("project_id");
  if (among && "jobs" in among) statement.whereIn("job", idSet(queries, among.jobs));
  if (among && "projectIds" in among) statement.whereIn("project_id", idSet(queries, among.projectIds));
  const rows = await queries.query(statement.select());
  return rows
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
    }))
    .filter(isAmong(among));
}

/** Writes down an opening position, with who accepted the budget that it is of, where there is one. */
export async function insertBaseline(
  context: CompanyContext,
  tx: Queries,
  baseline: Omit<Baseline, "actor">,
  budget: Pick<StagedDocument, "documentId" | "acceptedBy" | "acceptedAt"> | null,
): Promise<void> {
  await insertCovered(
    context,
    tx,
    context.names.journal("baseline"),
    {
      company: "text",
      project_id: "text",
      project_number: "text",
      job: "text",
      source: "text",
      cents: "cents",
      document_id: "text",
      accepted_by: "text",
      accepted_at: "text",
      reason: "text",
      actor: "text",
      recorded_at: "text",
      recorded_day: "text",
      before_batch: "integer",
    },
    [
      {
        company: context.company.id,
        project_id: baseline.projectId,
        project_number: baseline.projectNumber,
        job: baseline.job,
        source: baseline.source,
        cents: baseline.cents,
        document_id: budget?.documentId ?? "",
        accepted_by: budget?.acceptedBy ?? "",
        accepted_at: budget?.acceptedAt ?? "",
        reason: baseline.reason.slice(0, 1_000),
        actor: context.actor,
        recorded_at: baseline.recordedAt,
        recorded_day: baseline.recordedDay,
        before_batch: baseline.beforeBatch,
      },
    ],
  );
}
