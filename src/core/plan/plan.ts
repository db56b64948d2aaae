import { groupBy } from "../group-by.ts";
import type { Hold } from "../holds.ts";
import { compareText, joinKey } from "../key.ts";
import type { StagedDocument, StagedProject } from "../staged.ts";
import { planProject } from "./project.ts";
import { sageLookup } from "./sage-lookup.ts";
import type { Plan, PlanContext, PlanInput, PlannedBatch, PlannedProject, PlanRules } from "./types.ts";

/**
 * What an export would do now: which batches with which lines, what is held and why. Pure: the same input gives
 * the same plan, and an export does what its plan says.
 */
export function makePlan(input: PlanInput): Plan {
  const context = planContext(input);
  const documents = groupBy<StagedDocument>(input.documents, (document) => document.projectId);

  const holds: Hold[] = [];
  const waiting = new Map<string, string>();
  const toSend: PlannedProject[] = [];
  const nothingToSend: PlannedProject[] = [];
  for (const project of distinctProjects(input.projects)) {
    const result = planProject(context, project, documents.get(project.projectId) ?? []);
    holds.push(...result.holds);
    for (const [key, reason] of result.waiting) waiting.set(key, reason);
    toSend.push(...result.toSend);
    nothingToSend.push(...result.nothingToSend);
  }
  return { batches: intoBatches(toSend, input.rules), nothingToSend, holds, waiting };
}

/** A plan's input with what is looked up in it over and over. */
export const planContext = (input: PlanInput): PlanContext => ({
  ...input,
  sage: sageLookup(input.masters),
  subJobNames: new Map(input.subJobs.map((s) => [joinKey(s.projectId, s.subJobCode), s.name])),
  projectsByNumber: groupBy(input.projects, (project) => project.projectNumber.toLowerCase()),
  sentJobs: new Set([...input.ledgers.values()].flatMap((ledger) => [...ledger.jobs])),
});

/** In the order of their numbers; a project that staging repeats is planned once (and held). */
function distinctProjects(projects: readonly StagedProject[]): StagedProject[] {
  return [...new Map(projects.map((project) => [project.projectId, project])).values()].sort(
    (a, b) => compareText(a.projectNumber, b.projectNumber) || compareText(a.projectId, b.projectId),
  );
}

/**
 * A project is never split. Two projects on one job never share a batch: a file has one record per key, and an
 * import line belongs to one project.
 */
function intoBatches(projects: readonly PlannedProject[], rules: PlanRules): PlannedBatch[] {
  const batches: { projects: PlannedProject[]; lines: number; jobs: Set<string> }[] = [];
  for (const project of projects) {
    const current = rules.batch_by === "company" ? batches.at(-1) : undefined;
    if (
      current &&
      !current.jobs.has(project.job) &&
      current.lines + project.lines.length <= rules.max_lines_per_batch
    ) {
      current.projects.push(project);
      current.lines += project.lines.length;
      current.jobs.add(project.job);
    } else {
      batches.push({ projects: [project], lines: project.lines.length, jobs: new Set([project.job]) });
    }
  }
  return batches.map((batch) => ({ projects: batch.projects }));
}
