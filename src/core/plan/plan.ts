import { groupBy } from "../group-by.ts";
import type { Hold } from "../holds.ts";
import { compareText, joinKey } from "../key.ts";
import type { StagedDocument, StagedProject } from "../staged.ts";
import { planProject } from "./project.ts";
import { sageLookup } from "./sage-lookup.ts";
import type { PlanContext, PlanInput, PlannedProject, ProjectsPlan } from "./types.ts";

/**
 * What an export would do now with the projects whose documents are given: what of them goes, what is held and why.
 * Pure: the same input gives the same plan, and an export does what its plan says.
 */
export function planProjects(input: PlanInput): ProjectsPlan {
  const context = planContext(input);
  const documents = groupBy<StagedDocument>(input.documents, (document) => document.projectId);

  const holds: Hold[] = [];
  const waiting = new Map<string, string>();
  const toSend: PlannedProject[] = [];
  const nothingToSend: PlannedProject[] = [];
  for (const project of inOrder(input.projects.filter(({ projectId }) => documents.has(projectId)))) {
    const result = planProject(context, project, documents.get(project.projectId) ?? []);
    holds.push(...result.holds);
    for (const [key, reason] of result.waiting) waiting.set(key, reason);
    toSend.push(...result.toSend);
    nothingToSend.push(...result.nothingToSend);
  }
  return { toSend, nothingToSend, holds, waiting };
}

/** A plan's input with what is looked up in it over and over. */
export const planContext = (input: PlanInput): PlanContext => ({
  ...input,
  sage: sageLookup(input.masters),
  subJobNames: new Map(input.subJobs.map((s) => [joinKey(s.projectId, s.subJobCode), s.name])),
  projectsByNumber: groupBy(input.projects, (project) => project.projectNumber.toLowerCase()),
});

/** By number; a project that staging repeats is planned once (and held). */
export const inOrder = (projects: readonly StagedProject[]): StagedProject[] =>
  [...new Map(projects.map((project) => [project.projectId, project])).values()].sort(
    (a, b) => compareText(a.projectNumber, b.projectNumber) || compareText(a.projectId, b.projectId),
  );
