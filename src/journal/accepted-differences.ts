import type { CompanyContext } from "../context.ts";
import type { EstimateKind, SageKey } from "../core/key.ts";
import type { Cents } from "../core/money.ts";
import type { ImportLineState } from "../core/states.ts";
import type { Queries } from "../db/db.ts";
import { cents, integer, text } from "../db/values.ts";
import type { Names } from "../names.ts";
import { readKey } from "./key-columns.ts";

/** A difference between what was exported and what Sage shows that a person closed, as it was then. */
export interface AcceptedDifference {
  readonly batchId: string;
  readonly lineNo: number;
  readonly line: { readonly kind: EstimateKind; readonly key: SageKey };
  readonly state: ImportLineState;
  readonly exportedCents: Cents;
  readonly postedCents: Cents;
  readonly reason: string;
  readonly actor: string;
  readonly acceptedAt: string;
}

/** In the order in which they were accepted. */
export async function readAcceptedDifferences(
  queries: Queries,
  names: Names,
  company: string,
  _among?: { readonly jobs: readonly string[] },
): Promise<AcceptedDifference[]> {
  const rows = await queries.query(
    queries.sql
      .build(`${names.journal("accepted_difference")} as d`)
      .join(`${names.journal("import_line")} as l`, (on) =>
        on.on("l.batch_id", "d.batch_id").andOn("l.line_no", "d.line_no"),
      )
      .where("d.company", company)
      .orderBy(["d.accepted_at", "d.batch_id", "d.line_no"])
      .select("d.*", "l.kind", "l.job", "l.extra", "l.cost_code", "l.category"),
  );
  return rows.map((row) => ({
    batchId: text(row, "batch_id"),
    lineNo: integer(row, "line_no"),
    line: {
      kind: text(row, "kind") as EstimateKind,
      key: readKey(row),
    },
    state: text(row, "state") as ImportLineState,
    exportedCents: cents(row, "exported_cents"),
    postedCents: cents(row, "posted_cents"),
    reason: text(row, "reason"),
    actor: text(row, "actor"),
    acceptedAt: text(row, "accepted_at"),
  }));
}

export async function insertAcceptedDifference(
  { names, company, runId }: CompanyContext,
  tx: Queries,
  difference: Omit<AcceptedDifference, "line">,
): Promise<void> {
  await tx.query(
    tx.sql.build(names.journal("accepted_difference")).insert({
      batch_id: difference.batchId,
      line_no: difference.lineNo,
      company: company.id,
      state: difference.state,
      exported_cents: difference.exportedCents.toString(),
      posted_cents: difference.postedCents.toString(),
      reason: difference.reason.slice(0, 1_000),
      actor: difference.actor,
      run_id: runId,
      accepted_at: difference.acceptedAt,
    }),
  );
}
