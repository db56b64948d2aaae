import type { Queries } from "../db/db.ts";
import { text } from "../db/values.ts";
import type { Names } from "../names.ts";
import { isAmong } from "./among.ts";
import { readBaselines } from "./baselines.ts";
import { linesAmong } from "./lines-among.ts";

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
  const among = by === "job" ? { jobs: values } : { projectIds: values };
  const rows = await queries.query(
    linesAmong(queries, names, company, among).distinct("l.job", "p.project_id"),
  );
  const ofLines = rows.map((row) => ({ job: text(row, "job"), projectId: text(row, "project_id") }));
  return [...ofLines.filter(isAmong(among)), ...(await readBaselines(queries, names, company, among))];
}
