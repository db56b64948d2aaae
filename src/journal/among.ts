/** Which part of a company is asked for: what stands on some jobs, or under some projects. Without one, all of it. */
export type Among = AmongJobs | AmongProjects;
export type AmongJobs = { readonly jobs: readonly string[] };
export type AmongProjects = { readonly projectIds: readonly string[] };

/**
 * Whether a row is among what was asked for. Databases compare by their collation, which may take two ids for one:
 * they narrow, and this decides.
 */
export function isAmong<A extends Among>(
  among: A | undefined,
): (row: A extends AmongJobs ? { readonly job: string } : { readonly projectId: string }) => boolean;
export function isAmong(
  among: Among | undefined,
): (row: { readonly job: string; readonly projectId: string }) => boolean {
  if (!among) return () => true;
  if ("jobs" in among) {
    const jobs = new Set(among.jobs);
    return ({ job }) => jobs.has(job);
  }
  const projects = new Set(among.projectIds);
  return ({ projectId }) => projects.has(projectId);
}
