import type { CompanyContext } from "../context.ts";
import type { OpeningTotal } from "../core/baseline.ts";
import { type EstimateKind, keyFields } from "../core/key.ts";
import type { Queries } from "../db/db.ts";
import { cents, text } from "../db/values.ts";
import type { Names } from "../names.ts";
import { KEY_COLUMNS, readKey } from "./key-columns.ts";

export async function readOpeningTotals(
  queries: Queries,
  names: Names,
  company: string,
  _among?: { readonly jobs: readonly string[] },
): Promise<OpeningTotal[]> {
  const rows = await queries.query(
    queries.sql.build(names.journal("opening_total")).where({ company }).select(),
  );
  return rows.map((row) => ({
    kind: text(row, "kind") as EstimateKind,
    ...readKey(row),
    masterCents: cents(row, "master_cents"),
    entriesCents: cents(row, "entries_cents"),
  }));
}

export const insertOpeningTotals = (
  { names, company, runId }: CompanyContext,
  tx: Queries,
  totals: readonly OpeningTotal[],
): Promise<unknown> =>
  tx.insert(
    names.journal("opening_total"),
    {
      company: "text",
      run_id: "text",
      kind: "text",
      ...KEY_COLUMNS,
      master_cents: "cents",
      entries_cents: "cents",
    },
    totals.map((one) => ({
      company: company.id,
      run_id: runId,
      kind: one.kind,
      ...keyFields(one),
      master_cents: one.masterCents,
      entries_cents: one.entriesCents,
    })),
  );
