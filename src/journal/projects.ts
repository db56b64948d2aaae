import type { CompanyContext } from "../context.ts";
import type { StagedProject } from "../core/staged.ts";
import type { Queries } from "../db/db.ts";
import { idSet } from "../db/row-sets.ts";
import { cents, text } from "../db/values.ts";
import { insertNumbered } from "./covered.ts";

/** A project as it is called when something of it is taken. */
export type ProjectName = Pick<StagedProject, "projectId" | "projectNumber" | "name">;

/** The projects that are there by their ids, each as it was last called, with the journal's own number of it. */
async function projectsById(
  { names, company }: Pick<CompanyContext, "names" | "company">,
  tx: Queries,
  projectIds: readonly string[],
): Promise<ReadonlyMap<string, ProjectName & { readonly id: bigint }>> {
  const statement = tx.sql
    .build(names.journal("project"))
    .where({ company: company.id })
    .whereIn("project_id", idSet(tx, projectIds))
    .orderBy("id")
    .select();
  const rows = projectIds.length === 0 ? [] : await tx.query(statement);
  return new Map(
    rows.map((row) => [
      text(row, "project_id"),
      {
        id: cents(row, "id"),
        projectId: text(row, "project_id"),
        projectNumber: text(row, "project_number"),
        name: text(row, "project_name"),
      },
    ]),
  );
}

/** Writes down projects that are not known by this number and name yet. */
export async function insertProjects(
  context: Pick<CompanyContext, "names" | "company">,
  tx: Queries,
  projects: readonly ProjectName[],
): Promise<void> {
  const wanted = new Map(projects.map((project) => [project.projectId, project]));
  const known = await projectsById(context, tx, [...wanted.keys()]);
  const isNew = ({ projectId, projectNumber, name }: ProjectName) => {
    const before = known.get(projectId);
    return before?.projectNumber !== projectNumber || before.name !== name;
  };
  await insertNumbered(
    context,
    tx,
    context.names.journal("project"),
    { company: "text", project_id: "text", project_number: "text", project_name: "text" },
    [...wanted.values()].filter(isNew).map((project) => ({
      company: context.company.id,
      project_id: project.projectId,
      project_number: project.projectNumber,
      project_name: project.name,
    })),
    "project_id",
  );
}

/** The journal's own number of a project that `insertProjects` has written down. */
export const projectRefs = async (
  context: Pick<CompanyContext, "names" | "company">,
  tx: Queries,
  projectIds: readonly string[],
): Promise<(projectId: string) => bigint> => {
  const known = await projectsById(context, tx, [...new Set(projectIds)]);
  return (projectId) => {
    const project = known.get(projectId);
    if (!project) throw new Error(`project ${projectId} is not in the journal`);
    return project.id;
  };
};
