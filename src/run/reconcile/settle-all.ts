import type { CompanyContext } from "../../context.ts";
import { inGroups } from "../../core/in-groups.ts";
import { type Outcome, ok, type Problem } from "../../core/outcome.ts";
import { countLines } from "../../journal/import-lines.ts";
import { closeOver } from "../../journal/units.ts";
import { type CopyAtRest, type CopyLook, copyAtRest, pausing } from "../../sage/read-copy.ts";
import type { SageSource } from "../../sage/tables.ts";
import type { StagingOutline } from "../../staging/read-staging.ts";
import { runProblems } from "../problems.ts";
import { settleUnits } from "./settle.ts";
import { readUnits, type Unit } from "./units.ts";
import type { Work } from "./work.ts";

/** Lines in memory at a time, unless the projects of one job have more. */
const LINES_AT_A_TIME = 2_500;
/** Lines settled in one transaction, unless one unit has more: others wait for it, and each commit waits for the disk. */
const LINES_IN_A_TRANSACTION = 2_000;
/** A unit without lines is some work too. */
const weightOf = ({ found }: Unit): number => found.lines.length + 10;
/** Projects that nothing was sent of, looked at at a time. */
const PROJECTS_AT_A_TIME = 200;

/**
 * Reads all that there is to do, some jobs with their projects at a time: first what was sent, from a copy at rest,
 * then projects that nothing was sent of. Each job and project comes once.
 */
export async function* unitsToDo(
  context: Pick<CompanyContext, "db" | "names" | "company" | "clock" | "timeZone">,
  work: Pick<Work, "jobs" | "projectIds">,
  own: Pick<StagingOutline, "projects" | "documents">,
  copy: CopyAtRest | null,
  rejectedAt: ReadonlyMap<string, string>,
): AsyncGenerator<readonly Unit[], undefined> {
  const { db, names, company } = context;
  const done = { jobs: new Set<string>(), projectIds: new Set<string>() };
  const lines = await countLines(db, names, company.id, work.jobs);
  for (const group of inGroups(work.jobs, LINES_AT_A_TIME, (job) => lines.get(job) ?? 0)) {
    const jobs = group.filter((job) => !done.jobs.has(job));
    if (jobs.length === 0) continue;
    const closed = await closeOver(db, names, company.id, { jobs, projectIds: [] });
    for (const job of closed.jobs) done.jobs.add(job);
    for (const projectId of closed.projectIds) done.projectIds.add(projectId);
    yield await readUnits(context, closed, own, copy, rejectedAt);
  }
  const others = work.projectIds.filter((projectId) => !done.projectIds.has(projectId));
  for (const projectIds of inGroups(others, PROJECTS_AT_A_TIME))
    yield await readUnits(
      context,
      { jobs: new Set(), projectIds: new Set(projectIds) },
      own,
      null,
      rejectedAt,
    );
}

/** The jobs that there is something to do about: those to be settled, and those of projects that have changed. */
export async function jobsToDo(
  { db, names, company }: Pick<CompanyContext, "db" | "names" | "company">,
  { jobs, projectIds }: Pick<Work, "jobs" | "projectIds">,
): Promise<readonly string[]> {
  const closed = await closeOver(db, names, company.id, { jobs, projectIds });
  return [...closed.jobs].sort();
}

export interface SettledAll {
  /** Ids of the documents made synced. */
  readonly synced: readonly string[];
  /** Jobs that something was found of although nothing spoke for it. */
  readonly lied: readonly Problem[];
}

/** Settles all that there is to do; asked to stop, it leaves the rest to the next run. */
export async function settleAll(
  context: CompanyContext,
  work: Work,
  own: Pick<StagingOutline, "projects" | "documents">,
  look: CopyLook,
  sage: SageSource,
  rejectedAt: ReadonlyMap<string, string>,
): Promise<Outcome<SettledAll>> {
  const { signal } = context;
  const jobs = await jobsToDo(context, work);
  let copy: CopyAtRest | null = null;
  if (jobs.length > 0) {
    const setAside = await copyAtRest(sage, look, jobs, pausing(signal));
    if (!setAside.ok) return setAside;
    copy = setAside.value;
  }
  const digests = copy?.digests ?? look.digests;
  const synced: string[] = [];
  const lied: Problem[] = [];
  try {
    const todo = { jobs, projectIds: work.projectIds };
    for await (const units of unitsToDo(context, todo, own, copy, rejectedAt))
      for (const group of inGroups(units, LINES_IN_A_TRANSACTION, weightOf)) {
        if (signal.aborted) return ok({ synced, lied });
        const settled = await settleUnits(context, group, work, digests);
        for (const [index, unit] of group.entries()) {
          const one = settled[index];
          if (!one) continue;
          synced.push(...one.synced);
          const isNew = one.isNews || one.changedLines > 0;
          if (isNew && unit.jobs.length > 0 && !work.isSuspected(unit))
            lied.push(runProblems.digest_lied(unit.jobs.join(", "), one.changedLines));
        }
      }
  } finally {
    await copy?.close();
  }
  return ok({ synced, lied });
}
