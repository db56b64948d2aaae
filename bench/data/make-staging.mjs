// Fills the staging tables that `tieout db create-staging` has made: node make-staging.mjs SITE-AS-JSON
import { openDatabase } from "./database.mjs";
import { linesOf, projectsOf, SUB_JOBS } from "./town.mjs";

const { staging, company, indexes, town } = JSON.parse(process.argv[2]);
const database = await openDatabase(staging);
const table = (name) => (staging.client === "sqlite" ? name : `staging.${name}`);

if (!indexes)
  for (const { name, tableName } of await indexesOf())
    await database.run(
      staging.client === "sqlite" ? `drop index ${name}` : `drop index ${name} on ${table(tableName)}`,
    );

const projects = projectsOf(town);
await database.insert(
  table("project"),
  { project_id: "varchar(36)", company: "varchar(20)", project_number: "varchar(50)", name: "nvarchar(200)" },
  projects.map(({ projectId, number }) => [projectId, company, number, `Project ${number}`]),
);
await database.insert(
  table("sub_job"),
  { project_id: "varchar(36)", sub_job_code: "varchar(50)", name: "nvarchar(200)" },
  projects.flatMap(({ projectId }) => SUB_JOBS.map(({ code, name }) => [projectId, code, name])),
);
await database.insert(
  table("budget"),
  {
    budget_id: "varchar(36)",
    project_id: "varchar(36)",
    erp_status: "varchar(20)",
    accepted_by: "nvarchar(100)",
    accepted_at: "varchar(30)",
    erp_synced: "int",
    erp_locked: "int",
    estimate_import_blocked: "int",
  },
  projects.map(({ budgetId, projectId }, n) => [
    budgetId,
    projectId,
    "accepted",
    "Pat Manager",
    `2026-01-${String(1 + (n % 28)).padStart(2, "0")}T12:00:00`,
    0,
    0,
    0,
  ]),
);
await database.insert(
  table("budget_line_item"),
  {
    line_item_id: "varchar(36)",
    budget_id: "varchar(36)",
    sub_job_code: "varchar(50)",
    cost_code: "varchar(50)",
    cost_type: "varchar(50)",
    description: "nvarchar(200)",
    uom: "varchar(20)",
    quantity: "varchar(20)",
    original_amount: "varchar(20)",
    erp_synced: "int",
  },
  allLines(),
);
await database.close();

function* allLines() {
  for (const project of projects)
    for (const line of linesOf(project))
      yield [
        line.lineId,
        project.budgetId,
        line.subJob?.code ?? null,
        line.costCode,
        line.costType,
        line.description,
        "LS",
        "1.0000",
        line.amount,
        0,
      ];
}

async function indexesOf() {
  const found = [];
  const statement =
    staging.client === "sqlite"
      ? "select name, tbl_name as tableName from sqlite_master where type = 'index' and sql is not null"
      : `select i.name as name, t.name as tableName from sys.indexes i join sys.tables t on t.object_id = i.object_id
         join sys.schemas s on s.schema_id = t.schema_id where s.name = 'staging' and i.name is not null`;
  for await (const row of database.rows(statement)) found.push(row);
  return found;
}
