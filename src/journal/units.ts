import type { Queries } from "../db/db.ts";
import { idSet } from "../db/row-sets.ts";
import { integer, text } from "../db/values.ts";
import type { Names } from "../names.ts";

/** Projects and jobs: whatever was sent of one of the projects went to one of the jobs, and nothing else did. */
export interface Closed {
  readonly jobs: ReadonlySet<string>;
  readonly projectIds: ReadonlySet<string>;
}

/** Adds to some jobs the projects that were sent to them or have an opening position there, their other jobs, and so on. */
export async function closeOver(
  queries: Queries,
  names: Names,
  company: string,
  start: { readonly jobs: readonly string[]; readonly projectIds: readonly string[] },
): Promise<Closed> {
  const jobs = new Set<string>(start.jobs);
  const projectIds = new Set<string>(start.projectIds);
  let newJobs = start.jobs;
  let newProjects = start.projectIds;
  while (newJobs.length + newProjects.length > 0) {
    const ofJobs = newJobs.length > 0 ? await pairs(queries, names, company, "job", newJobs) : [];
    const ofProjects =
      newProjects.length > 0 ? await pairs(queries, names, company, "project_id", newProjects) : [];
    const found = [...ofJobs, ...ofProjects];
    newJobs = [...new Set(found.map(({ job }) => job))].filter((job) => !jobs.has(job));
    newProjects = [...new Set(found.map(({ projectId }) => projectId))].filter((id) => !projectIds.has(id));
    for (const job of newJobs) jobs.add(job);
    for (const id of newProjects) projectIds.add(id);
  }
  return { jobs, projectIds };
}

async function pairs(
  queries: Queries,
  names: Names,
  company: string,
  by: "job" | "project_id",
  values: readonly string[],
): Promise<{ readonly job: string; readonly projectId: string }[]> {
  const { build } = queries.sql;
  const found: { readonly job: string; readonly projectId: string }[] = [];
  const wanted = new Set(values);
  for (const table of [`${names.journal("import_line")} as l`, `${names.journal("baseline")} as b`])
    for (const row of await queries.query(
      build(table).where({ company }).whereIn(by, idSet(queries, values)).distinct("job", "project_id"),
    )) {
      const pair = { job: text(row, "job"), projectId: text(row, "project_id") };
      if (wanted.has(by === "job" ? pair.job : pair.projectId)) found.push(pair);
    }
  return found;
}

/** How many import lines some jobs have; one that has none is not there. */
export async function countLines(
  queries: Queries,
  names: Names,
  company: string,
  jobs: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await queries.query(
    queries.sql
      .build(`${names.journal("import_line")} as l`)
      .where({ company })
      .whereIn("job", idSet(queries, jobs))
      .groupBy("job")
      .select("job")
      .count("* as lines"),
  );
  return new Map(rows.map((row) => [text(row, "job"), integer(row, "lines")]));
}
