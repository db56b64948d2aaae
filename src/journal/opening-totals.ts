import type { CompanyContext } from "../context.ts";
import type { OpeningTotal } from "../core/baseline.ts";
import type { EstimateKind } from "../core/key.ts";
import type { Queries } from "../db/db.ts";
import { insertRows } from "../db/row-sets.ts";
import { cents, text } from "../db/values.ts";
import type { Names } from "../names.ts";

export async function readOpeningTotals(
  queries: Queries,
  names: Names,
  company: string,
): Promise<OpeningTotal[]> {
  const rows = await queries.query(
    queries.sql.build(names.journal("opening_total")).where({ company }).select(),
  );
  return rows.map((row) => ({
    kind: text(row, "kind") as EstimateKind,
    job: text(row, "job"),
    extra: text(row, "extra"),
    costCode: text(row, "cost_code"),
    category: text(row, "category"),
    masterCents: cents(row, "master_cents"),
    entriesCents: cents(row, "entries_cents"),
  }));
}

export const insertOpeningTotals = (
  { names, company, runId }: CompanyContext,
  tx: Queries,
  totals: readonly OpeningTotal[],
): Promise<unknown> =>
  insertRows(
    tx,
    names.journal("opening_total"),
    {
      company: "text",
      run_id: "text",
      kind: "text",
      job: "text",
      extra: "text",
      cost_code: "text",
      category: "text",
      master_cents: "cents",
      entries_cents: "cents",
    },
    totals.map((one) => ({
      company: company.id,
      run_id: runId,
      kind: one.kind,
      job: one.job,
      extra: one.extra,
      cost_code: one.costCode,
      category: one.category,
      master_cents: one.masterCents,
      entries_cents: one.entriesCents,
    })),
  );
