import type { Knex } from "knex";
import type { Queries } from "../db/db.ts";
import { idSet } from "../db/row-sets.ts";
import type { Names } from "../names.ts";
import type { Among } from "./among.ts";

/**
 * Import lines as `l`, with their batches as `b` and their projects as `p`: all of a company's, or those on some jobs
 * or of some projects. The tables stand in the order in which they are to be looked up, what narrows first: SQLite
 * keeps the order of a cross join, and knows too little of the tables to find it by itself.
 */
export function linesAmong(
  queries: Queries,
  names: Names,
  company: string,
  among?: Among,
): Knex.QueryBuilder {
  const { build } = queries.sql;
  const lines = `${names.journal("import_line")} as l`;
  const batches = `${names.journal("batch")} as b`;
  const projects = `${names.journal("project")} as p`;
  const joined = (query: Knex.QueryBuilder) =>
    query
      .where("b.id", build.ref("l.batch"))
      .where("p.id", build.ref("l.project"))
      .where("b.company", company);
  if (!among)
    return joined(
      build(batches)
        .crossJoin(lines as never)
        .crossJoin(projects as never),
    );
  if ("jobs" in among)
    return joined(
      build(lines)
        .crossJoin(batches as never)
        .crossJoin(projects as never),
    ).whereIn("l.job", idSet(queries, among.jobs));
  return joined(
    build(projects)
      .crossJoin(lines as never)
      .crossJoin(batches as never),
  )
    .where("p.company", company)
    .whereIn("p.project_id", idSet(queries, among.projectIds));
}

/** The same with every movement of theirs as `m`. */
export const movementsAmong = (
  queries: Queries,
  names: Names,
  company: string,
  among?: Among,
): Knex.QueryBuilder =>
  linesAmong(queries, names, company, among)
    .crossJoin(`${names.journal("movement")} as m` as never)
    .where("m.batch", queries.sql.build.ref("l.batch"))
    .where("m.line_no", queries.sql.build.ref("l.line_no"));
