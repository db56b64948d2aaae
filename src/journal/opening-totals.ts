import type { CompanyContext } from "../context.ts";
import type { OpeningTotal } from "../core/baseline.ts";
import { type EstimateKind, keyFields } from "../core/key.ts";
import type { Queries } from "../db/db.ts";
import { idSet } from "../db/row-sets.ts";
import { cents, text } from "../db/values.ts";
import type { Names } from "../names.ts";
import { type AmongJobs, isAmong } from "./among.ts";
import { insertCovered } from "./covered.ts";
import { KEY_COLUMNS, readKey } from "./key-columns.ts";

/** What Sage carried when baselines were recorded, of the whole company or of some jobs. */
export async function readOpeningTotals(
  queries: Queries,
  names: Names,
  company: string,
  among?: AmongJobs,
): Promise<OpeningTotal[]> {
  const statement = queries.sql.build(names.journal("opening_total")).where({ company });
  if (among) statement.whereIn("job", idSet(queries, among.jobs));
  const totals = (await queries.query(statement.select())).map((row) => ({
    kind: text(row, "kind") as EstimateKind,
    ...readKey(row),
    masterCents: cents(row, "master_cents"),
    entriesCents: cents(row, "entries_cents"),
  }));
  return totals.filter(isAmong(among));
}

export const insertOpeningTotals = (
  context: CompanyContext,
  tx: Queries,
  totals: readonly OpeningTotal[],
): Promise<void> =>
  insertCovered(
    context,
    tx,
    context.names.journal("opening_total"),
    {
      company: "text",
      kind: "text",
      ...KEY_COLUMNS,
      master_cents: "cents",
      entries_cents: "cents",
    },
    totals.map((one) => ({
      company: context.company.id,
      kind: one.kind,
      ...keyFields(one),
      master_cents: one.masterCents,
      entries_cents: one.entriesCents,
    })),
  );
