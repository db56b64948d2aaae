import { formatMoney } from "../../core/money.ts";
import type { Queries, RowSetColumns } from "../../db/db.ts";
import { idSet } from "../../db/row-sets.ts";
import type { Names } from "../../names.ts";
import type { LoadLine, LoadPlan } from "./load-plan.ts";

/** How documents that this load sends stand in staging. */
export interface Sending {
  readonly erp_status: "sent" | "accepted";
  readonly accepted_by: string | null;
  readonly accepted_at: string | null;
}

/** Writes a plan, a fixed number of statements whatever the number of lines. */
export async function writeLoad(
  tx: Queries,
  names: Names,
  plan: LoadPlan,
  context: {
    readonly company: string;
    readonly projectNumber: string;
    readonly projectName: string;
    readonly projectId: string;
    readonly budgetId: string;
    readonly sending: Sending;
  },
): Promise<void> {
  const { company, projectNumber, projectName, projectId, budgetId, sending } = context;
  const table = (name: Parameters<Names["staging"]>[0]) => tx.sql.build(names.staging(name));
  const inProject = { project_id: projectId };
  const inBudget = { budget_id: budgetId };

  if (plan.project === "insert")
    await tx.query(
      table("project").insert({ ...inProject, company, project_number: projectNumber, name: projectName }),
    );
  if (plan.project === "rename")
    await tx.query(table("project").where(inProject).update({ name: projectName }));

  const named = (subJobs: ReadonlyMap<string, string>) =>
    [...subJobs].map(([code, name]) => ({ ...inProject, sub_job_code: code, name }));
  const subJobColumns: RowSetColumns = { project_id: "text", sub_job_code: "text", name: "text" };
  await tx.insert(names.staging("sub_job"), subJobColumns, named(plan.newSubJobs));
  await tx.update(names.staging("sub_job"), {
    scope: inProject,
    keys: { sub_job_code: "text" },
    columns: { name: "text" },
    rows: named(plan.renamedSubJobs),
  });

  if (plan.budget === "insert")
    await tx.query(
      table("budget").insert({
        ...inBudget,
        ...inProject,
        ...sending,
        erp_synced: 0,
        erp_locked: 0,
        estimate_import_blocked: 0,
      }),
    );
  if (plan.budget === "send_again")
    await tx.query(
      table("budget")
        .where(inBudget)
        .update({ ...sending, erp_synced: 0 }),
    );
  if (plan.budget === "accept") await tx.query(table("budget").where(inBudget).update(sending));

  const lineItems = names.staging("budget_line_item");
  const original = (line: LoadLine) => ({ line_item_id: line.id, original_amount: formatMoney(line.cents) });
  await tx.insert(
    lineItems,
    { line_item_id: "text", budget_id: "text", ...LINE_COLUMNS, original_amount: "money" },
    plan.added.map((line) => ({ ...inBudget, ...lineValues(line), ...original(line) })),
  );
  await tx.update(lineItems, {
    scope: inBudget,
    keys: { line_item_id: "text" },
    columns: { original_amount: "money", description: "text", erp_synced: "integer" },
    rows: plan.changed.map((line) => ({ ...original(line), description: line.description, erp_synced: 0 })),
  });
  if (plan.removed.length > 0)
    await tx.query(
      table("budget_line_item").where(inBudget).whereIn("line_item_id", idSet(tx, plan.removed)).delete(),
    );

  if (plan.acceptedModifications.length > 0)
    await tx.query(
      table("budget_modification")
        .where(inProject)
        .whereIn("modification_id", idSet(tx, plan.acceptedModifications))
        .update(sending),
    );
  if (!plan.modification) return;
  const { id, number, lines } = plan.modification;
  await tx.query(
    table("budget_modification").insert({
      modification_id: id,
      ...inProject,
      number,
      title: `Budget modification ${number}`,
      ...sending,
      erp_synced: 0,
      erp_locked: 0,
    }),
  );
  await tx.insert(
    names.staging("budget_modification_line"),
    { modification_line_id: "text", modification_id: "text", ...LINE_COLUMNS, amount: "money" },
    lines.map((line) => ({
      modification_line_id: line.id,
      modification_id: id,
      ...lineValues(line),
      amount: formatMoney(line.cents),
    })),
  );
}

const LINE_COLUMNS: RowSetColumns = {
  sub_job_code: "text",
  cost_code: "text",
  cost_type: "text",
  description: "text",
  erp_synced: "integer",
};

const lineValues = (line: LoadLine) => ({
  sub_job_code: line.subJob === "" ? null : line.subJob,
  cost_code: line.costCode,
  cost_type: line.costType,
  description: line.description,
  erp_synced: 0,
});
