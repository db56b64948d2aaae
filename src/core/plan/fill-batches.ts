import type { PlannedProject, PlanRules } from "./types.ts";

/** Fills batches with projects as they come. */
export interface BatchFiller<P> {
  /** Takes a project, and gives the batch that is full thereby: it may be without the project. */
  add(project: P): readonly P[] | null;
  /** The batch that is begun; null if there is none. */
  rest(): readonly P[] | null;
}

/**
 * A project is never split. Two projects on one job never share a batch: a file has one record per key, and an
 * import line belongs to one project.
 */
export function fillBatches<P extends Pick<PlannedProject, "job" | "lines">>(
  rules: Pick<PlanRules, "batch_by" | "max_lines_per_batch">,
): BatchFiller<P> {
  let projects: P[] = [];
  let lines = 0;
  const jobs = new Set<string>();
  const take = (): readonly P[] | null => {
    const batch = projects;
    [projects, lines] = [[], 0];
    jobs.clear();
    return batch.length > 0 ? batch : null;
  };
  return {
    add(project) {
      const fits =
        rules.batch_by === "company" &&
        !jobs.has(project.job) &&
        lines + project.lines.length <= rules.max_lines_per_batch;
      const full = fits ? null : take();
      projects.push(project);
      lines += project.lines.length;
      jobs.add(project.job);
      return full;
    },
    rest: take,
  };
}
