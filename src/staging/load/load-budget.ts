import { type Cents, parseMoney, sumCents } from "../../core/money.ts";
import { fail, type Outcome, ok, type Problem } from "../../core/outcome.ts";
import { type Clock, toTimestamp } from "../../core/time.ts";
import type { Db, Engine, Queries, Row } from "../../db/db.ts";
import { bit, text, textOrNull, trimmed } from "../../db/values.ts";
import type { Names } from "../../names.ts";
import { budgetIdOf, type LoadLine, planLoad, projectIdOf, type StagedProjectState } from "./load-plan.ts";
import { stageProblems } from "./problems.ts";
import type { ExportRow } from "./procore-export.ts";
import { type Sending, writeLoad } from "./write-load.ts";

export interface BudgetInput {
  readonly company: string;
  readonly projectNumber: string;
  readonly projectName: string;
  /** As `readProcoreExport` gives them: no key twice. */
  readonly rows: readonly ExportRow[];
  /** Whether what is sent counts as accepted by accounting at once. */
  readonly accept: boolean;
  readonly acceptedBy: string;
}

export interface LoadResult {
  readonly projectId: string;
  readonly budgetId: string;
  readonly linesAdded: number;
  readonly linesChanged: number;
  readonly linesRemoved: number;
  /** All original amounts of the file. */
  readonly budgetTotal: Cents;
  /** The modification this load added, if the modifications column asked for one. */
  readonly modification: { readonly number: string; readonly lines: number; readonly total: Cents } | null;
  /** The budget's status now. */
  readonly status: string;
  /** Staging held all of this already: nothing was written. */
  readonly unchanged: boolean;
}

/**
 * Writes a budget into the staging tables in one transaction, as if Procore had sent it: project, sub jobs,
 * budget, lines, and a modification for what the modifications column holds beyond those staged before.
 * The same file again writes nothing, but `accept` still accepts what was only sent.
 * Fails, with nothing written, where texts do not fit their columns, another program staged the project, or
 * the file changes a budget that waits for posting.
 */
export async function loadBudget(
  db: Db,
  names: Names,
  input: BudgetInput,
  clock: Clock,
): Promise<Outcome<LoadResult>> {
  const company = input.company.trim();
  const projectNumber = input.projectNumber.trim();
  const projectName = input.projectName.trim();
  const acceptedBy = input.acceptedBy.trim();
  const misfit = checkTexts(db.engine, { company, projectNumber, projectName, acceptedBy }, input.rows);
  if (misfit) return fail(misfit);

  const projectId = projectIdOf(company, projectNumber);
  const budgetId = budgetIdOf(projectId);
  return db.transaction(async (tx) => {
    const staged = await readProject(tx, names, { company, projectNumber, projectId, budgetId });
    if (!staged.ok) return staged;
    const planned = planLoad(staged.value, { ...input, projectId, projectNumber, projectName });
    if (!planned.ok) return planned;
    const plan = planned.value;

    const sending: Sending = input.accept
      ? { erp_status: "accepted", accepted_by: acceptedBy || null, accepted_at: toTimestamp(clock.now()) }
      : { erp_status: "sent", accepted_by: null, accepted_at: null };
    await writeLoad(tx, names, plan, { company, projectNumber, projectName, projectId, budgetId, sending });

    const { added, changed, removed, modification } = plan;
    return ok({
      projectId,
      budgetId,
      linesAdded: added.length,
      linesChanged: changed.length,
      linesRemoved: removed.length,
      budgetTotal: sumCents(input.rows.map((row) => row.original)),
      modification: modification && {
        number: modification.number,
        lines: modification.lines.length,
        total: sumCents(modification.lines.map((line) => line.cents)),
      },
      status: plan.budget ? sending.erp_status : (staged.value.budget?.status ?? ""),
      unchanged:
        !plan.project &&
        !plan.budget &&
        !modification &&
        plan.newSubJobs.size + plan.renamedSubJobs.size + plan.acceptedModifications.length === 0,
    });
  });
}

function checkTexts(
  engine: Engine,
  fields: Readonly<Record<"company" | "projectNumber" | "projectName" | "acceptedBy", string>>,
  rows: readonly ExportRow[],
): Problem | null {
  const { company, projectNumber, projectName, acceptedBy } = fields;
  if (company === "") return stageProblems.stage_field_empty("company");
  if (projectNumber === "") return stageProblems.stage_field_empty("project number");
  if (projectName === "") return stageProblems.stage_field_empty("project name");
  for (const [field, value, limit] of [
    ["company", company, 20],
    ["project number", projectNumber, 50],
    ["project name", projectName, 200],
    ["name of who accepts", acceptedBy, 100],
  ] as const)
    if (value.length > limit) return stageProblems.stage_too_long(field, value, limit);
  if (engine === "sqlite") return null;
  // varchar turns what its code page lacks into "?", without a word.
  const codes: [string, string][] = [
    ["company", company],
    ["project number", projectNumber],
    ...rows.flatMap(({ row, subJob, costCode, costType }) =>
      [subJob, costCode, costType].map((code): [string, string] => [`row ${row}`, code]),
    ),
  ];
  const altered = codes.find(([, code]) => /[^ -~]/.test(code));
  return altered ? stageProblems.stage_code_letters(...altered) : null;
}

async function readProject(
  tx: Queries,
  names: Names,
  ids: { company: string; projectNumber: string; projectId: string; budgetId: string },
): Promise<Outcome<StagedProjectState>> {
  const { sql } = tx;
  const { projectId, budgetId } = ids;
  const sameButForCase = (row: Row, column: string, value: string) =>
    trimmed(row, column).toLowerCase() === value.toLowerCase();

  const projects = await tx.query(
    sql.build(names.staging("project")).select("project_id", "company", "project_number", "name"),
  );
  const other = projects.find(
    (row) =>
      text(row, "project_id") !== projectId &&
      sameButForCase(row, "company", ids.company) &&
      sameButForCase(row, "project_number", ids.projectNumber),
  );
  if (other)
    return fail(
      stageProblems.stage_other_project(
        trimmed(other, "company"),
        trimmed(other, "project_number"),
        text(other, "project_id"),
      ),
    );
  const project = projects.find((row) => text(row, "project_id") === projectId);

  const budgets = await tx.query(
    sql.build
      .select("budget_id", "erp_status", "erp_locked")
      .from(sql.locked(names.staging("budget")))
      .where({ project_id: projectId }),
  );
  const otherBudget = budgets.find((row) => text(row, "budget_id") !== budgetId);
  if (otherBudget)
    return fail(stageProblems.stage_other_budget(ids.projectNumber, text(otherBudget, "budget_id")));

  const subJobs = await tx.query(
    sql.build(names.staging("sub_job")).select("sub_job_code", "name").where({ project_id: projectId }),
  );
  const lines = await tx.query(
    sql
      .build(names.staging("budget_line_item"))
      .select("line_item_id", "description", sql.text("original_amount"))
      .where({ budget_id: budgetId }),
  );
  const modifications = await tx.query(
    sql.build
      .select("modification_id", "number", "erp_status", "erp_locked")
      .from(sql.locked(names.staging("budget_modification")))
      .where({ project_id: projectId }),
  );
  const modificationLines = await tx.query(
    sql
      .build(names.staging("budget_modification_line"))
      .select("modification_line_id", "sub_job_code", "cost_code", "cost_type", "description")
      .select(sql.text("amount"))
      .whereIn(
        "modification_id",
        sql
          .build(names.staging("budget_modification"))
          .select("modification_id")
          .where({ project_id: projectId }),
      ),
  );

  const moved: Omit<LoadLine, "id">[] = [];
  for (const row of modificationLines) {
    const amount = parseMoney(textOrNull(row, "amount"));
    if (!amount.ok)
      return fail(stageProblems.stage_staged_amount(text(row, "modification_line_id"), text(row, "amount")));
    moved.push({
      subJob: trimmed(row, "sub_job_code"),
      costCode: trimmed(row, "cost_code"),
      costType: trimmed(row, "cost_type"),
      description: text(row, "description"),
      cents: amount.cents,
    });
  }
  const header = (row: Row) => ({ status: text(row, "erp_status"), locked: bit(row, "erp_locked") });
  return ok({
    projectName: project ? text(project, "name") : null,
    subJobs: new Map(subJobs.map((row) => [text(row, "sub_job_code"), text(row, "name")])),
    budget: budgets[0] ? header(budgets[0]) : null,
    lines: new Map(
      lines.map((row) => {
        const amount = parseMoney(textOrNull(row, "original_amount"));
        const cents = amount.ok ? amount.cents : null;
        return [text(row, "line_item_id"), { description: text(row, "description"), cents }];
      }),
    ),
    modifications: modifications.map((row) => ({
      ...header(row),
      id: text(row, "modification_id"),
      number: trimmed(row, "number"),
    })),
    modificationLines: moved,
  });
}
