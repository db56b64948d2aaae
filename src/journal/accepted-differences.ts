import type { CompanyContext } from "../context.ts";
import type { EstimateKind, SageKey } from "../core/key.ts";
import type { Cents } from "../core/money.ts";
import type { ImportLineState } from "../core/states.ts";
import type { Queries } from "../db/db.ts";
import { cents, integer, text } from "../db/values.ts";
import type { Names } from "../names.ts";
import { type Among, isAmong } from "./among.ts";
import { batchRefs } from "./batch-refs.ts";
import { insertCovered } from "./covered.ts";
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

/** In the order in which they were accepted: all of a company's, or those of some jobs or projects. */
export async function readAcceptedDifferences(
  queries: Queries,
  names: Names,
  company: string,
  among?: Among,
): Promise<AcceptedDifference[]> {
  const isWanted = isAmong(among);
  // Few lines have one: they are found from here, and not from the company's lines.
  const rows = await queries.query(
    queries.sql
      .build(`${names.journal("accepted_difference")} as d`)
      .join(`${names.journal("import_line")} as l`, (on) =>
        on.on("l.batch", "d.batch").andOn("l.line_no", "d.line_no"),
      )
      .join(`${names.journal("batch")} as b`, "b.id", "d.batch")
      .join(`${names.journal("project")} as p`, "p.id", "l.project")
      .where("b.company", company)
      .orderBy(["d.accepted_at", "b.batch_id", "d.line_no"])
      .select("d.*", "b.batch_id", "p.project_id", "l.kind", "l.job", "l.extra", "l.cost_code", "l.category"),
  );
  return rows
    .filter((row) => isWanted({ job: text(row, "job"), projectId: text(row, "project_id") }))
    .map((row) => ({
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
  context: CompanyContext,
  tx: Queries,
  difference: Omit<AcceptedDifference, "line">,
): Promise<void> {
  const { names } = context;
  const refOf = await batchRefs(tx, names, [difference.batchId]);
  await insertCovered(
    context,
    tx,
    names.journal("accepted_difference"),
    {
      batch: "cents",
      line_no: "integer",
      state: "text",
      exported_cents: "cents",
      posted_cents: "cents",
      reason: "text",
      actor: "text",
      accepted_at: "text",
    },
    [
      {
        batch: refOf(difference.batchId),
        line_no: difference.lineNo,
        state: difference.state,
        exported_cents: difference.exportedCents,
        posted_cents: difference.postedCents,
        reason: difference.reason.slice(0, 1_000),
        actor: difference.actor,
        accepted_at: difference.acceptedAt,
      },
    ],
  );
}
