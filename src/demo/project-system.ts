import { readFile } from "node:fs/promises";
import type { Cents } from "../core/money.ts";
import type { Outcome } from "../core/outcome.ts";
import { type LoadResult, loadBudget } from "../staging/load/load-budget.ts";
import { budgetIdOf, projectIdOf } from "../staging/load/load-plan.ts";
import { type ExportRow, readProcoreExport } from "../staging/load/procore-export.ts";
import { DEMO_PROJECTS, type DemoProject, type DemoSite, type ProjectNumber, sampleFile } from "./site.ts";

// What project managers and approvers do in the project system, as far as staging shows it.

export const APPROVER = "Dana Whitfield";

export const demoProject = (number: ProjectNumber): DemoProject => {
  const found = DEMO_PROJECTS.find((project) => project.number === number);
  if (!found) throw new Error(`the demo has no project ${number}`);
  return found;
};

/** A budget as its project manager has it, from the sample's file. */
export async function budgetOf(number: ProjectNumber): Promise<readonly ExportRow[]> {
  const { file } = demoProject(number);
  const parsed = readProcoreExport(file, await readFile(sampleFile(file)), { ignoreApprovedCos: false });
  if (!parsed.ok) throw new Error(parsed.problems.map((problem) => problem.message).join("\n"));
  return parsed.rows;
}

/** Sends a budget with its modifications; an approver accepts it at once, or has not looked at it yet. */
export const sendBudget = (
  { context }: DemoSite,
  number: ProjectNumber,
  rows: readonly ExportRow[],
  { accept }: { readonly accept: boolean },
): Promise<Outcome<LoadResult>> =>
  loadBudget(
    context.db,
    context.names,
    {
      company: "ACME",
      projectNumber: number,
      projectName: demoProject(number).name,
      rows,
      accept,
      acceptedBy: accept ? APPROVER : "",
    },
    context.clock,
  );

/** An approver sends a budget back: its project manager may change it again. */
export async function rejectBudget({ context }: DemoSite, number: ProjectNumber): Promise<void> {
  const budget_id = budgetIdOf(projectIdOf("ACME", number));
  const { db, names } = context;
  await db.query(
    db.sql.build(names.staging("budget")).where({ budget_id }).update({ erp_status: "rejected" }),
  );
}

/** The rows with other amounts, by cost code and cost type (`16-700.C`); `null` takes a row out. */
export const changeBudget = (
  rows: readonly ExportRow[],
  changes: Readonly<Record<string, Cents | null>>,
): ExportRow[] =>
  rows.flatMap((row) => {
    const original = changes[`${row.costCode}.${row.costType}`];
    return original === null ? [] : [{ ...row, original: original ?? row.original }];
  });
