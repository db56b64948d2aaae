import type { CompanyConfig } from "../../config/schema.ts";
import type { Hold } from "../../core/holds.ts";
import { fillBatches } from "../../core/plan/fill-batches.ts";
import { planProjects } from "../../core/plan/plan.ts";
import type { PlannedProject, PlanRules } from "../../core/plan/types.ts";
import type { Day } from "../../core/time.ts";
import { type PlanDigest, planDigest } from "./plan-id.ts";
import type { ProjectGroup, Survey } from "./survey.ts";

/** A planned project with the group that it was planned in. */
export interface GroupedProject extends PlannedProject {
  readonly group: ProjectGroup;
}

/** What a pass over all projects gives, in the order in which it is done. */
export type PlanStep =
  | {
      readonly step: "planned";
      readonly group: ProjectGroup;
      readonly holds: readonly Hold[];
      readonly waiting: ReadonlyMap<string, string>;
    }
  | { readonly step: "nothing_to_send"; readonly project: GroupedProject }
  | { readonly step: "batch"; readonly projects: readonly GroupedProject[] };

/** Plans all that a survey found, some projects at a time; batches fill up with projects across groups. */
export async function* planGroups(survey: Survey, rules: PlanRules): AsyncGenerator<PlanStep, undefined> {
  const filler = fillBatches<GroupedProject>(rules);
  for await (const group of survey.groups()) {
    const { toSend, nothingToSend, holds, waiting } = planProjects(group.input);
    yield { step: "planned", group, holds, waiting };
    for (const project of nothingToSend) yield { step: "nothing_to_send", project: { ...project, group } };
    for (const project of toSend) {
      const full = filler.add({ ...project, group });
      if (full) yield { step: "batch", projects: full };
    }
  }
  const last = filler.rest();
  if (last) yield { step: "batch", projects: last };
}

/** What an export would do for one company, as one hash. */
export async function digestOfPlan(
  { company }: { readonly company: CompanyConfig },
  survey: Survey,
  recovered: readonly string[],
  transactionDate: Day,
): Promise<string> {
  const mappingSha256 = survey.shared.mapping?.sha256 ?? "";
  const digest = planDigest(company.id, recovered, { mappingSha256, transactionDate });
  for await (const step of planGroups(survey, company)) digestStep(digest, step);
  return digest.digest();
}

export function digestStep(digest: PlanDigest, step: PlanStep): void {
  if (step.step === "batch") digest.addBatch(step.projects);
  if (step.step === "nothing_to_send") digest.addNothingToSend(step.project);
}
