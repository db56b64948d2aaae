import type { Knex } from "knex";
import type { Queries } from "../db/db.ts";
import type { Names } from "../names.ts";

/**
 * Joins the event that stands for a row: as `e`, or as another name. From the left, so that a row is read also where
 * somebody took its event away; `audit verify` tells of that.
 * @param of the column with the event's number, e.g. `b.event`
 * @param company the column with the company whose chain it is on, e.g. `b.company`
 */
export const withEvent = (
  query: Knex.QueryBuilder,
  names: Names,
  of: string,
  company: string,
  as = "e",
): Knex.QueryBuilder =>
  query.leftJoin(`${names.journal("audit_event")} as ${as}`, (on) =>
    on.on(`${as}.company`, company).andOn(`${as}.sequence`, of),
  );

/**
 * A table's rows that a run wrote, by the events that it told, as `e`. Numbers of events are a company's own: of a
 * table without a company the caller still has to say whose rows are meant.
 * @param table with its alias
 * @param of the column with the event's number
 */
export const writtenByRun = (
  queries: Queries,
  names: Names,
  run: { readonly company: string; readonly runId: string },
  table: string,
  of: string,
): Knex.QueryBuilder =>
  queries.sql
    .build(`${names.journal("audit_event")} as e`)
    .where({ "e.company": run.company, "e.run_id": run.runId })
    .crossJoin(table as never)
    .where(of, queries.sql.build.ref("e.sequence"));
