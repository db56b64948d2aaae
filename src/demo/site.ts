import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { loadConfig } from "../config/load.ts";
import { fail, type Outcome, ok } from "../core/outcome.ts";
import type { Db } from "../db/db.ts";
import { openDatabase } from "../db/open.ts";
import { openSqlite } from "../db/sqlite.ts";
import { realFiles } from "../files.ts";
import { migrateJournal } from "../journal/migrate.ts";
import { silentLog } from "../log.ts";
import { namesFor } from "../names.ts";
import type { RunContext } from "../run/records.ts";
import { records } from "../show/records.ts";
import { createStaging } from "../staging/create-staging.ts";
import { packageFolder, TOOL_VERSION } from "../version.ts";
import { type StoryClock, storyClock } from "./clock.ts";
import { demoProblems } from "./problems.ts";
import { createSageCopy } from "./sage/create-copy.ts";
import { type SageSimulator, sageSimulator } from "./sage/simulator.ts";

/** Says that a folder is a demo's own, and may be made anew. */
const MARK = ".tieout-demo";

const CONFIG = `# The demo's own configuration: a company with everything on embedded databases.
timezone: America/New_York
staging: { client: sqlite, filename: ./staging.db }
companies:
  - id: ACME
    sage: { client: sqlite, filename: ./sage.db }
    mappings: ./mappings/ACME
    outbox: ./outbox/ACME
    rejects: ./rejects/ACME
    reports: ./reports/ACME
    formats: { job: "##-####", cost_code: "##-###" }
`;

export interface DemoSite {
  readonly folder: string;
  readonly context: RunContext & { readonly clock: StoryClock };
  readonly sage: SageSimulator;
  /** Sage's copy, to look into. */
  readonly sageDb: Db;
  close(): Promise<void>;
}

/** The budgets of the demo: projects and amounts are made up. */
export const DEMO_PROJECTS = [
  { number: "25-1001", name: "Riverside Clinic", file: "budget-25-1001-riverside-clinic.csv" },
  { number: "25-1002", name: "Warehouse Shell", file: "budget-25-1002-warehouse-shell.csv" },
  { number: "25-1003", name: "Elementary School", file: "budget-25-1003-elementary-school.csv" },
  { number: "25-1004", name: "Fire Station", file: "budget-25-1004-fire-station.csv" },
  { number: "25-1005", name: "Library Annex", file: "budget-25-1005-library-annex.csv" },
  { number: "25-1006", name: "Parking Deck", file: "budget-25-1006-parking-deck.csv" },
] as const;
export type DemoProject = (typeof DEMO_PROJECTS)[number];
export type ProjectNumber = DemoProject["number"];

export const sampleFile = (name: string): string => join(packageFolder, "samples", name);

/** The story begins this many days ago, and ends now. */
const STORY_DAYS = 12;

/** Makes a site in a folder: configuration, mapping files, staging, journal, and a Sage with its masters. */
export async function makeDemoSite(folder: string): Promise<Outcome<DemoSite>> {
  const existing = await readdir(folder).catch((): string[] => []);
  if (existing.length > 0) {
    if (!existing.includes(MARK)) return fail(demoProblems.demo_folder_taken(folder));
    await rm(folder, { recursive: true });
  }
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, MARK),
    "This folder was made by `tieout demo`, which replaces it on its next run.\n",
  );
  await writeFile(join(folder, "tieout.yaml"), CONFIG);
  for (const name of ["outbox", "rejects", "reports"])
    await mkdir(join(folder, name, "ACME"), { recursive: true });
  await cp(join(packageFolder, "mappings", "ACME"), join(folder, "mappings", "ACME"), { recursive: true });

  const loaded = await loadConfig(join(folder, "tieout.yaml"), {});
  if (!loaded.ok) return loaded;
  const { config } = loaded.value;
  const clock = storyClock(STORY_DAYS);
  const db = await openDatabase(config.staging, { create: true });
  const names = namesFor("sqlite");
  await createStaging(db, names);
  const migrated = await migrateJournal(db, names, clock);
  if (!migrated.ok) return migrated;

  const sageDb = openSqlite(join(folder, "sage.db"));
  await createSageCopy(sageDb);
  const sage = sageSimulator(sageDb, clock, { timeZone: config.timezone });
  await fillSage(sage);
  return ok({
    folder,
    sage,
    sageDb,
    context: {
      config,
      db,
      names,
      clock,
      files: realFiles,
      log: silentLog,
      records,
      actor: "demo",
      toolVersion: TOOL_VERSION,
      signal: new AbortController().signal,
    },
    close: async () => {
      await sageDb.close();
      await db.close();
    },
  });
}

/** Jobs, standard categories, and Procore's default cost codes as standard cost codes. */
async function fillSage(sage: SageSimulator): Promise<void> {
  for (const { number, name } of DEMO_PROJECTS) await sage.addJob(number, name);
  for (const [category, description] of [
    ["LAB", "Labor"],
    ["MAT", "Material"],
    ["SUB", "Subcontract"],
    ["EQP", "Equipment"],
    ["OTH", "Other"],
    ["OVH", "Overhead"],
  ] as const)
    await sage.addStandardCategory(category, description);
  const codes = parse(await readFile(sampleFile("procore-cost-codes.csv")), { columns: true }) as {
    cost_code: string;
    description: string;
  }[];
  for (const { cost_code, description } of codes)
    await sage.addStandardCostCode(cost_code, description.slice(0, 30));
}
