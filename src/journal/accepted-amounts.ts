import type { EstimateKind } from "../core/key.ts";
import type { AcceptedAmount } from "../core/tie-out/accepted-amount.ts";
import type { Db } from "../db/db.ts";
import { cents, text } from "../db/values.ts";
import type { Names } from "../names.ts";

/**
 * The accepted side of a tie-out, from the journal's movements: staging may have been edited the minute after the
 * claim.
 */
export const readAcceptedAmounts = (db: Db, names: Names, company: string): Promise<AcceptedAmount[]> =>
  db.reading(async () => {
    const { sql } = db;
    const part = ["project_id", "kind", "job", "extra", "cost_code", "category"];
    const sum = (which: string, as: string) =>
      sql.build.raw(
        `sum(case when ${which} then (case when from_account = 'accepted' then cents else -cents end) else 0 end) as ${as}`,
      );
    const statement = sql
      .build(names.journal("movement"))
      .where({ company })
      .where((either) => either.where("from_account", "accepted").orWhere("to_account", "accepted"))
      .groupBy(part)
      .select(part)
      .select(sum("cause = 'baseline'", "baseline"), sum("cause <> 'baseline'", "claimed"));
    const amounts: AcceptedAmount[] = [];
    for await (const row of db.rows(statement))
      amounts.push({
        projectId: text(row, "project_id"),
        kind: text(row, "kind") as EstimateKind,
        key: {
          job: text(row, "job"),
          extra: text(row, "extra"),
          costCode: text(row, "cost_code"),
          category: text(row, "category"),
        },
        baseline: cents(row, "baseline"),
        claimed: cents(row, "claimed"),
      });
    return amounts;
  });
