import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Db } from "../../src/db/db.ts";
import { openDatabase } from "../../src/db/open.ts";
import { openSqlite } from "../../src/db/sqlite.ts";
import { namesFor, STAGING_TABLES } from "../../src/names.ts";
import { createStaging, stagingStatements } from "../../src/staging/create-staging.ts";
import { missingStagingIndexes } from "../../src/staging/indexes.ts";
import { eachDatabase } from "../support/databases.ts";
import { isStandIn } from "../support/stand-in.ts";

describe("creating the staging tables", () => {
  let folder: string;
  let db: Db;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tieout-staging-"));
    db = openSqlite(join(folder, "staging.db"));
  });
  afterEach(async () => {
    await db.close();
    rmSync(folder, { recursive: true });
  });

  it("makes the six tables, and a second time changes nothing", async () => {
    const names = namesFor("sqlite");
    const statements = await createStaging(db, names);
    expect(statements.slice(0, STAGING_TABLES.length)).toEqual(stagingStatements("sqlite", names));
    await db.query(db.sql.build("project").insert({ project_id: "p", name: "kept" }));
    expect(await createStaging(db, names)).toEqual(stagingStatements("sqlite", names));
    expect(await db.query(db.sql.build("project").select("name"))).toEqual([{ name: "kept" }]);
    const tables = await db.query(db.sql.build("sqlite_master").select("name").where({ type: "table" }));
    expect(tables.map((row) => row.name)).toEqual([...STAGING_TABLES]);
  });

  it("leaves a view alone that stands for a table", async () => {
    await db.query(db.sql.build.raw("create view project as select 'p' as project_id"));
    await createStaging(db, namesFor("sqlite"));
    expect(await db.query(db.sql.build("project").select("project_id"))).toEqual([{ project_id: "p" }]);
  });

  it("keeps money on SQLite as the text that was written", async () => {
    await createStaging(db, namesFor("sqlite"));
    const original_amount = "9999999999999999.90";
    await db.query(db.sql.build("budget_line_item").insert({ line_item_id: "l", original_amount }));
    expect(await db.query(db.sql.build("budget_line_item").select("original_amount"))).toEqual([
      { original_amount },
    ]);
  });

  it("has SQL Server's types and the schema asked for, each table only if absent", () => {
    const statements = stagingStatements("sqlserver", namesFor("sqlserver", "erp"));
    expect(statements[0]).toBe("if schema_id(N'erp') is null exec(N'create schema [erp]')");
    expect(statements).toHaveLength(7);
    for (const [index, table] of STAGING_TABLES.entries())
      expect(statements[index + 1]).toMatch(
        new RegExp(
          `^if object_id\\(N'\\[erp\\]\\.\\[${table}\\]'\\) is null create table \\[erp\\]\\.\\[${table}\\]`,
        ),
      );
    const lines = statements.find((statement) => statement.includes("table [erp].[budget_line_item]"));
    expect(lines).toContain("original_amount decimal(18,2) null");
    expect(lines).toContain("quantity decimal(18,4) null");
  });
});

eachDatabase("the indexes of staging", (makePair) => {
  let pair: Awaited<ReturnType<typeof makePair>>;
  let db: Db;
  beforeEach(async () => {
    pair = await makePair();
    db = await openDatabase(pair.owner.staging, { create: true });
  });
  afterEach(async () => {
    await db.close();
    await pair.remove();
  });
  const run = (statement: string) =>
    db.query(db.sql.build.raw(pair.engine === "sqlite" ? statement.replaceAll("staging.", "") : statement));
  const names = () => namesFor(pair.engine);
  const missing = async () =>
    (await missingStagingIndexes(db, names())).map(
      ({ table, column }) => `${table.replace("staging.", "")}.${column}`,
    );

  it("are made with the tables, and not a second time", async () => {
    const made = (await createStaging(db, names())).filter((statement) => statement.includes("create index"));
    expect(made).toHaveLength(12);
    expect(await missing()).toEqual([]);
    const again = (await createStaging(db, names())).filter((statement) =>
      statement.includes("create index"),
    );
    expect(again).toEqual([]);
  });

  it("are made where a table is there and lacks them, and its rows stay", async () => {
    for (const statement of stagingStatements(pair.engine, names())) await run(statement);
    await run("insert into staging.budget (budget_id, project_id) values ('b', 'p'), ('b', 'p')");
    expect(await missing()).toHaveLength(12);
    await createStaging(db, names());
    expect(await missing()).toEqual([]);
    expect(await db.query(db.sql.build(names().staging("budget")).select("budget_id"))).toHaveLength(2);
  });

  it("count whatever they are called, if they begin with the column", async () => {
    for (const statement of stagingStatements(pair.engine, names())) await run(statement);
    const before = await missing();
    await run("create unique index theirs on staging.budget (project_id, budget_id)");
    const after = await missing();
    expect(before.filter((index) => !after.includes(index))).toEqual(["budget.project_id"]);
  });

  it("do not count where they hold only some of the rows", async (test) => {
    // The stand-in server does not say of an index that it has a filter.
    if (await isStandIn(db)) test.skip();
    for (const statement of stagingStatements(pair.engine, names())) await run(statement);
    await run("create index partly on staging.budget (project_id) where project_id is not null");
    expect(await missing()).toContain("budget.project_id");
  });
});
