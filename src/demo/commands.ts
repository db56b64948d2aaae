import { type CompanyExport, exportAll } from "../run/export/export.ts";
import { type BatchSummary, lookAtBatches } from "../run/look/batches.ts";
import { lookAtStatus, type StatusResult } from "../run/look/status.ts";
import { type CompanyReconcile, reconcileAll } from "../run/reconcile/reconcile.ts";
import type { DemoSite, ProjectNumber } from "./site.ts";
import type { Story } from "./story.ts";

// The runs and looks of the commands, for the demo's one company.

export async function exportAcme({ context }: DemoSite): Promise<CompanyExport> {
  return only((await exportAll(context)).companies);
}

export async function reconcileAcme({ context }: DemoSite): Promise<CompanyReconcile> {
  return only((await reconcileAll(context)).companies);
}

export function only<Part extends { readonly error: { readonly message: string } | null }>(
  companies: readonly Part[],
): Part {
  const [acme] = companies;
  if (!acme) throw new Error("the demo's company is not there");
  if (acme.error) throw new Error(acme.error.message);
  return acme;
}

export type ProjectStatus = StatusResult["projects"][number];

export async function statusOf({ context }: DemoSite): Promise<ReadonlyMap<string, ProjectStatus>> {
  const status = await lookAtStatus(context);
  if (!status.ok) throw new Error(status.problem.message);
  return new Map(status.value.projects.map((project) => [project.project_number, project]));
}

export async function batchesOf(
  { context }: DemoSite,
  project: ProjectNumber,
): Promise<readonly BatchSummary[]> {
  const [acme] = (await lookAtBatches(context)).companies;
  return (acme?.batches ?? []).filter(({ projects }) => projects.includes(project));
}

/** The project's newest batch. */
export async function batchOf(site: DemoSite, project: ProjectNumber): Promise<string> {
  const batch = (await batchesOf(site, project)).at(-1);
  if (!batch) throw new Error(`there is no batch of ${project}`);
  return batch.batch_id;
}

/** How many lines of a project's budget and modifications carry their own synced flag, and how many there are. */
export async function lineFlags(
  { context: { db, names } }: DemoSite,
  { documents }: ProjectStatus,
): Promise<{ readonly synced: number; readonly lines: number }> {
  let [synced, lines] = [0, 0];
  for (const { document, document_id } of documents) {
    const [table, column] =
      document === "budget"
        ? (["budget_line_item", "budget_id"] as const)
        : (["budget_modification_line", "modification_id"] as const);
    const flags = await db.query(
      db.sql
        .build(names.staging(table))
        .where({ [column]: document_id })
        .select("erp_synced"),
    );
    lines += flags.length;
    synced += flags.filter(({ erp_synced }) => Number(erp_synced) === 1).length;
  }
  return { synced, lines };
}

/** Status and flags of every document of some projects. */
export function tellFlags(story: Story, projects: readonly ProjectStatus[]): void {
  story.table(
    [
      { title: "Project", value: (row) => row.project },
      { title: "Document", value: (row) => row.document },
      { title: "erp_status", value: (row) => row.status },
      { title: "synced", value: (row) => row.synced, align: "right" },
      { title: "locked", value: (row) => row.locked, align: "right" },
      { title: "Unlock?", value: (row) => row.unlock },
    ],
    projects.flatMap((project) =>
      project.documents.map((one, i) => ({
        project: i === 0 ? project.project_number : "",
        document: `${one.document} ${one.number}`.trim(),
        status: one.erp_status,
        synced: one.erp_synced ? "1" : "0",
        locked: one.erp_locked ? "1" : "0",
        unlock: i > 0 ? "" : project.can_unlock ? "yes" : "no",
      })),
    ),
  );
}
