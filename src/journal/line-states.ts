import type { CompanyContext } from "../context.ts";
import type { Queries, RowValues } from "../db/db.ts";
import { insertCovered } from "./covered.ts";

/**
 * The only writer of what reconciliations found of import lines: a row for each finding that was news. What an import
 * line's own row says is a copy of its last.
 */
export const insertLineStates = (
  context: Pick<CompanyContext, "names" | "company">,
  tx: Queries,
  findings: readonly RowValues[],
): Promise<void> =>
  insertCovered(
    context,
    tx,
    context.names.journal("line_state"),
    { batch: "cents", line_no: "integer", state: "text", posted_cents: "cents", ambiguous: "integer" },
    findings,
  );
