import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import winston from "winston";
import { checkConfig } from "../../src/config/check.ts";
import type { Config } from "../../src/config/schema.ts";
import type { Clock } from "../../src/core/time.ts";
import type { Db } from "../../src/db/db.ts";
import { openDatabase } from "../../src/db/open.ts";
import { createSageCopy } from "../../src/demo/sage/create-copy.ts";
import { type SageSimulator, sageSimulator } from "../../src/demo/sage/simulator.ts";
import { realFiles } from "../../src/files.ts";
import { migrateJournal } from "../../src/journal/migrate.ts";
import { type Names, namesFor, type StagingTable } from "../../src/names.ts";
import type { RunContext } from "../../src/run/records.ts";
import { SAGE_TABLES } from "../../src/sage/needs.ts";
import { sageGrants } from "../../src/sage/rights.ts";
import { records } from "../../src/show/records.ts";
import { createStaging } from "../../src/staging/create-staging.ts";
import { stagingGrants } from "../../src/staging/rights.ts";
import { type DatabasePair, sqlitePair } from "./databases.ts";

export const COMPANY = "ACME";

/** A time that only moves when a test moves it. */
export interface TestClock extends Clock {
  set(moment: string): void;
  addDays(days: number): void;
}

export function testClock(start = "2026-03-02T15:00:00Z"): TestClock {
  let now = Date.parse(start);
  return {
    now: () => new Date(now),
    set: (moment) => {
      now = Date.parse(moment);
    },
    addDays: (days) => {
      now += days * 86_400_000;
    },
  };
}

/** A company with staging, journal, mapping files and a Sage with a few masters, all real and all its own. */
export interface World {
  readonly context: RunContext;
  readonly clock: TestClock;
  /** The databases as their owners see them; the program has its own connections. */
  readonly db: Db;
  readonly sageDb: Db;
  readonly sage: SageSimulator;
  readonly outbox: string;
  /** Adds rows to a staging table, as another program would. */
  stage(table: StagingTable, ...rows: Record<string, string | number | null>[]): Promise<void>;
  /** Runs a statement on the staging database as another program would; `?` takes values. */
  statement(sql: string, ...values: (string | number)[]): Promise<void>;
  rows(table: StagingTable): Promise<Record<string, unknown>[]>;
  map(file: "jobs" | "extras" | "cost-codes" | "categories", text: string): void;
  /** The bytes of a batch's files, by name. */
  folder(batchId: string): Map<string, Buffer>;
  /** Imports a batch's files in Sage as its cover sheet says; posts nothing. */
  importBatch(batchId: string): Promise<void>;
  close(): Promise<void>;
}

/** How a site offers staging: where its rows are kept, and what stands in staging for them. */
export interface StagingSite {
  create(db: Db, names: Names, user: string | null): Promise<void>;
  /** Where another program adds and finds a table's rows. */
  table(names: Names, table: StagingTable): string;
}
const plainTables: StagingSite = {
  create: async (db, names) => {
    await createStaging(db, names);
  },
  table: (names, table) => names.staging(table),
};

export async function makeWorld(
  pair: DatabasePair,
  company: Record<string, unknown> = {},
  clock = testClock(),
  site = plainTables,
): Promise<World> {
  if (pair.engine === "sqlite" && site === plainTables) copyDatabases(await databasesOf(clock), pair.folder);
  else await makeDatabases(pair, clock, site);
  const world = await openWorld(pair, company, clock, site);
  const { map } = world;
  map("jobs", "project_number,job\n25-1001,25-1001\n25-1002,25-1002\n");
  map("extras", "project_number,sub_job,extra,description\n,PH1,CO-001,Phase one\n");
  map(
    "cost-codes",
    "project_number,cost_code,sage_cost_code\n,01-510,01-510\n,03-100,03-100\n,16-700,16-700\n",
  );
  map("categories", "project_number,cost_type,category\n,L,LAB\n,M,MAT\n,C,SUB\n");
  return world;
}

/** Staging with an empty journal, and a Sage with the masters that every test knows. */
async function makeDatabases(pair: DatabasePair, clock: Clock, site: StagingSite): Promise<void> {
  const db = await openDatabase(pair.owner.staging, { create: true });
  const names = namesFor(pair.engine);
  await site.create(db, names, pair.user);
  const migrated = await migrateJournal(db, names, clock);
  if (!migrated.ok) throw new Error(migrated.problem.message);

  const sageDb = await openDatabase(pair.owner.sage, { create: true });
  await createSageCopy(sageDb);
  await grantLeastRights(pair, db, sageDb);
  const sage = sageSimulator(sageDb, clock);
  await sage.addJob("25-1001", "Riverside Clinic");
  await sage.addJob("25-1002", "Warehouse Shell");
  for (const [category, description] of [
    ["LAB", "Labor"],
    ["MAT", "Material"],
    ["SUB", "Subcontract"],
  ] as const)
    await sage.addStandardCategory(category, description);
  for (const [code, description] of [
    ["01-510", "Temporary Utilities"],
    ["03-100", "Cast-in-place concrete"],
    ["16-700", "Communications"],
  ] as const)
    await sage.addStandardCostCode(code, description);
  await sageDb.close();
  await db.close();
}

/** Made once for each moment at which a clock begins, and copied from then on: a file to write, not hundreds of statements. */
const MADE = new Map<number, Promise<ReadonlyMap<string, Buffer>>>();
function databasesOf(clock: Clock): Promise<ReadonlyMap<string, Buffer>> {
  const moment = clock.now().getTime();
  const made = MADE.get(moment) ?? readDatabases(testClock(clock.now().toISOString()));
  MADE.set(moment, made);
  return made;
}

async function readDatabases(clock: Clock): Promise<ReadonlyMap<string, Buffer>> {
  const pair = await sqlitePair();
  await makeDatabases(pair, clock, plainTables);
  const files = readdirSync(pair.folder).map(
    (name) => [name, readFileSync(join(pair.folder, name))] as const,
  );
  await pair.remove();
  return new Map(files);
}

function copyDatabases(files: ReadonlyMap<string, Buffer>, folder: string): void {
  for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes, { flag: "wx" });
}

/** A world that is there already: its databases and folders as they stand in the pair's folder. */
export async function openWorld(
  pair: DatabasePair,
  company: Record<string, unknown> = {},
  clock = testClock(),
  site = plainTables,
): Promise<World> {
  const config = testConfig(pair, company);
  const db = await openDatabase(pair.owner.staging);
  const sageDb = await openDatabase(pair.owner.sage);
  const names = namesFor(pair.engine);
  const sage = sageSimulator(sageDb, clock);
  const [own] = config.companies;
  if (!own) throw new Error("the configuration has a company");
  mkdirSync(own.mappings, { recursive: true });
  const programDb = await openDatabase(config.staging);
  const table = (name: StagingTable) => db.sql.build(site.table(names, name));
  const world: World = {
    context: {
      config,
      db: programDb,
      names,
      clock,
      files: realFiles,
      log: winston.createLogger({ silent: true }),
      records,
      actor: "test@machine",
      toolVersion: "0.0.0-test",
      signal: new AbortController().signal,
    },
    clock,
    db,
    sageDb,
    sage,
    outbox: own.outbox,
    map: (file, text) => writeFileSync(join(own.mappings, `${file}.csv`), text),
    stage: async (name, ...rows) => {
      for (const row of rows) await db.query(table(name).insert(row));
    },
    statement: async (sql, ...values) => {
      await db.query(db.sql.build.raw(inSchema(pair, sql), values));
    },
    rows: (name) => db.query(table(name).select()),
    folder: (batchId) => {
      const folder = join(own.outbox, batchId);
      return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
    },
    importBatch: async (batchId) => {
      for (const [name, bytes] of [...world.folder(batchId)].sort())
        if (name.endsWith(".jce")) {
          const report = await sage.importFile({
            fileName: name,
            bytes,
            asApprovedChange: name.endsWith("-2-approved-changes.jce"),
            allowCostCodeCreation: false,
          });
          if (report.stopped || report.rejected.length > 0) throw new Error(JSON.stringify(report));
        }
    },
    close: async () => {
      await programDb.close();
      await sageDb.close();
      await db.close();
    },
  };
  return world;
}

/** What `tieout db grants` prints, run by the owner: the program has no other right. */
export async function grantLeastRights(pair: DatabasePair, db: Db, sageDb: Db): Promise<void> {
  if (pair.user === null) return;
  for (const statement of stagingGrants(namesFor(pair.engine), pair.user))
    await db.query(db.sql.build.raw(statement));
  await grantReadingSage(pair, sageDb);
}

export async function grantReadingSage(pair: DatabasePair, sageDb: Db): Promise<void> {
  if (pair.user === null) return;
  for (const statement of sageGrants("dbo", SAGE_TABLES, pair.user))
    await sageDb.query(sageDb.sql.build.raw(statement));
}

/** The configuration as a file would give it, with folders of the pair's own. */
export function testConfig(pair: DatabasePair, company: Record<string, unknown> = {}): Config {
  const { config, findings } = checkConfig(
    {
      timezone: "America/New_York",
      staging: pair.staging,
      companies: [
        {
          id: COMPANY,
          sage: pair.sage,
          mappings: "mappings",
          outbox: "outbox",
          rejects: "rejects",
          reports: "reports",
          ...company,
        },
      ],
    },
    new Map(),
    pair.folder,
  );
  if (!config) throw new Error(JSON.stringify(findings));
  return config;
}

/** Staging tables carry a schema on SQL Server: tests write `staging.` and it goes where there is none. */
const inSchema = (pair: DatabasePair, sql: string): string =>
  pair.engine === "sqlite" ? sql.replaceAll("staging.", "") : sql;

/** A project with an accepted budget. Lines are `[id, sub job, cost code, cost type, amount]`. */
export async function stageBudget(
  world: World,
  projectNumber: string,
  lines: readonly (readonly [string, string | null, string, string, string])[],
  status = "accepted",
): Promise<void> {
  const project_id = `P-${projectNumber}`;
  const budget_id = `B-${projectNumber}`;
  await world.stage("project", {
    project_id,
    company: COMPANY,
    project_number: projectNumber,
    name: `Project ${projectNumber}`,
  });
  await world.stage("budget", {
    budget_id,
    project_id,
    erp_status: status,
    accepted_by: "Ann Approver",
    accepted_at: "2026-03-02T14:00:00",
    erp_synced: 0,
    erp_locked: 0,
    estimate_import_blocked: 0,
  });
  for (const [id, sub_job_code, cost_code, cost_type, original_amount] of lines)
    await world.stage("budget_line_item", {
      line_item_id: id,
      budget_id,
      sub_job_code,
      cost_code,
      cost_type,
      description: `Line ${id}`,
      uom: null,
      quantity: null,
      original_amount,
      erp_synced: 0,
    });
}

/** A modification of a project staged with `stageBudget`. Lines as there; amounts signed. */
export async function stageModification(
  world: World,
  projectNumber: string,
  number: string,
  lines: readonly (readonly [string, string | null, string, string, string])[],
  status = "accepted",
): Promise<void> {
  const modification_id = `M-${projectNumber}-${number}`;
  await world.stage("budget_modification", {
    modification_id,
    project_id: `P-${projectNumber}`,
    number,
    title: `Modification ${number}`,
    erp_status: status,
    accepted_by: "Ann Approver",
    accepted_at: `2026-03-02T14:${number.padStart(2, "0")}:00`,
    erp_synced: 0,
    erp_locked: 0,
  });
  for (const [id, sub_job_code, cost_code, cost_type, amount] of lines)
    await world.stage("budget_modification_line", {
      modification_line_id: id,
      modification_id,
      sub_job_code,
      cost_code,
      cost_type,
      description: `Line ${id}`,
      amount,
      erp_synced: 0,
    });
}
