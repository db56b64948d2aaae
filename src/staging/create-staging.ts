import type { Db, Engine } from "../db/db.ts";
import { type Names, STAGING_TABLES, type StagingTable } from "../names.ts";
import { missingStagingIndexes } from "./indexes.ts";

const HEADER = {
  erp_status: "varchar(20)",
  accepted_by: "nvarchar(100)",
  accepted_at: "datetime2",
  erp_synced: "bit",
  erp_locked: "bit",
} as const;
const KEY = {
  sub_job_code: "varchar(50)",
  cost_code: "varchar(50)",
  cost_type: "varchar(50)",
  description: "nvarchar(200)",
} as const;

/** The staging tables by SQL Server's types. No keys and no constraints: staging holds what others write. */
const COLUMNS: Readonly<Record<StagingTable, Readonly<Record<string, string>>>> = {
  project: {
    project_id: "varchar(36)",
    company: "varchar(20)",
    project_number: "varchar(50)",
    name: "nvarchar(200)",
  },
  sub_job: { project_id: "varchar(36)", sub_job_code: "varchar(50)", name: "nvarchar(200)" },
  budget: {
    budget_id: "varchar(36)",
    project_id: "varchar(36)",
    ...HEADER,
    estimate_import_blocked: "bit",
  },
  budget_line_item: {
    line_item_id: "varchar(36)",
    budget_id: "varchar(36)",
    ...KEY,
    uom: "varchar(20)",
    quantity: "decimal(18,4)",
    original_amount: "decimal(18,2)",
    erp_synced: "bit",
  },
  budget_modification: {
    modification_id: "varchar(36)",
    project_id: "varchar(36)",
    number: "varchar(20)",
    title: "nvarchar(200)",
    ...HEADER,
  },
  budget_modification_line: {
    modification_line_id: "varchar(36)",
    modification_id: "varchar(36)",
    ...KEY,
    amount: "decimal(18,2)",
    erp_synced: "bit",
  },
};

/** The statements that make the six staging tables where they are absent, to be run in order or printed. */
export function stagingStatements(engine: Engine, names: Names): string[] {
  const tables = STAGING_TABLES.map((table) => stagingTableStatement(engine, names, table));
  if (engine === "sqlite") return tables;
  const schema = names.staging("project").slice(0, -".project".length);
  return [`if schema_id(N'${schema}') is null exec(N'create schema [${schema}]')`, ...tables];
}

/** The statement that makes one staging table where it is absent. */
export function stagingTableStatement(engine: Engine, names: Names, table: StagingTable): string {
  const columns = Object.keys(COLUMNS[table])
    .map(
      (column) =>
        `  ${column} ${stagingColumnType(engine, table, column)}${engine === "sqlite" ? "" : " null"}`,
    )
    .join(",\n");
  if (engine === "sqlite") return `create table if not exists "${names.staging(table)}" (\n${columns}\n)`;
  const name = names
    .staging(table)
    .split(".")
    .map((part) => `[${part}]`)
    .join(".");
  return `if object_id(N'${name}') is null create table ${name} (\n${columns}\n)`;
}

/** A column's type by the contract (§1): SQL Server's own, on SQLite integers for bits and text for the rest. */
export function stagingColumnType(engine: Engine, table: StagingTable, column: string): string {
  const type = COLUMNS[table][column];
  if (type === undefined) throw new Error(`staging has no column ${table}.${column}`);
  if (engine === "sqlserver") return type;
  return type === "bit" ? "integer" : "text";
}

/**
 * Creates the staging tables that are absent, and the indexes that a run uses where a table lacks them. Rows and
 * columns of what is there stay as they are, and a view is left alone. Gives the statements that were run.
 */
export async function createStaging(db: Db, names: Names): Promise<string[]> {
  const run = (statements: readonly string[]) =>
    db.transaction(async (tx) => {
      for (const statement of statements) await tx.query(tx.sql.build.raw(statement));
    });
  const tables = stagingStatements(db.engine, names);
  await run(tables);
  // What is missing can only be told when the tables are there.
  const indexes = (await missingStagingIndexes(db, names)).map(({ statement }) => statement);
  await run(indexes);
  return [...tables, ...indexes];
}
