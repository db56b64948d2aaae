import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openDatabase } from "./data/database.mjs";
import { COST_CODES, COST_TYPES, projectsOf, SUB_JOBS } from "./data/town.mjs";
import { runNode } from "./measure/run.mjs";

const beside = (file) => fileURLToPath(new URL(file, import.meta.url));
const COMPANY = "BENCH";

/**
 * A site of its own: databases, mapping files, configuration, journal. Nothing was exported at it.
 * `tieout` and `script` run whole processes there, and give what `runNode` gives.
 */
export async function makeSite(options, batchBy, count) {
  const folder = mkdtempSync(join(tmpdir(), "tieout-bench-"));
  const databases =
    options.client === "sqlite"
      ? sqliteFiles(folder)
      : await serverDatabases(new URL(process.env.TIEOUT_TEST_SQLSERVER));
  const { staging, sage } = databases;
  const outbox = join(folder, "outbox");
  for (const name of ["mappings", "outbox", "reports"]) mkdirSync(join(folder, name));
  const { seed, lines, projects, largest, foreign, indexes } = options;
  const town = { seed, lines, projects, largest };
  writeMappings(join(folder, "mappings"), projectsOf(town));
  const config = join(folder, "tieout.yaml");
  // The days of entries are stamped here, by the same zone.
  const company = { id: COMPANY, sage, mappings: "mappings", outbox: "outbox", batch_by: batchBy };
  if (options.reports) company.reports = "reports";
  // What is JSON is YAML.
  writeFileSync(config, JSON.stringify({ timezone: "UTC", staging, companies: [company] }, null, 2));

  const about = JSON.stringify({ staging, sage, outbox, company: COMPANY, town, foreign, indexes });
  const { client, timeoutMs } = options;
  const run = (args) => runNode(args, { folder, client, timeoutMs, count });
  const site = {
    folder,
    config,
    firstProject: projectsOf(town)[0].number,
    command: (...args) => [beside("../dist/src/cli/main.js"), ...args, "--config", config],
    tieout: (...args) => run(site.command(...args)),
    script: (file, ...args) => run([beside(file), about, ...args]),
    journalBytes: () => journalBytes(staging),
    budgetsNot: (status) => budgetsNot(staging, status),
    remove: async () => {
      await databases.remove();
      rmSync(folder, { recursive: true });
    },
  };
  // Never counted, nor ended for taking long: it is made, not measured.
  const make = async (args) => {
    const { ended, files } = await runNode(args, { folder, timeoutMs: 3_600_000 });
    if (ended !== 0) throw new StepFailed(args.slice(0, 3).join(" "), ended, files);
  };
  await make(site.command("db", "create-staging"));
  await make([beside("data/make-staging.mjs"), about]);
  await make([beside("data/make-sage.mjs"), about]);
  await make(site.command("db", "migrate"));
  return site;
}

/** A process ended otherwise than it should; the message has the end of what it said. */
export class StepFailed extends Error {
  constructor(what, ended, files) {
    super(`${what} ended with ${ended}\n${tail(files.err)}${tail(files.out)}`);
  }
}

const tail = (file) => readFileSync(file, "utf8").slice(-4_000);

function writeMappings(folder, projects) {
  const write = (name, header, rows) =>
    writeFileSync(join(folder, name), `${[header, ...rows].join("\n")}\n`);
  write(
    "jobs.csv",
    "project_number,job",
    projects.map(({ number }) => `${number},${number}`),
  );
  write(
    "extras.csv",
    "project_number,sub_job,extra,description",
    SUB_JOBS.map(({ code, extra, name }) => `,${code},${extra},${name}`),
  );
  write(
    "cost-codes.csv",
    "project_number,cost_code,sage_cost_code",
    COST_CODES.map((code) => `,${code},${code}`),
  );
  write(
    "categories.csv",
    "project_number,cost_type,category",
    COST_TYPES.map((type) => `,${type},${type}`),
  );
}

const sqliteFiles = (folder) => ({
  staging: { client: "sqlite", filename: join(folder, "staging.db") },
  sage: { client: "sqlite", filename: join(folder, "sage.db") },
  remove: async () => undefined,
});

async function serverDatabases({ hostname, port, username, password, pathname }) {
  const login = {
    client: "sqlserver",
    server: hostname,
    port: Number(port || 1433),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    encrypt: false,
    trust_server_certificate: true,
    statement_timeout: 600,
  };
  const suffix = randomBytes(4).toString("hex");
  const [staging, sage] = [`tieout_bench_staging_${suffix}`, `tieout_bench_sage_${suffix}`];
  const onServer = async (statement) => {
    const master = await openDatabase({ ...login, database: pathname.slice(1) || "master" });
    for (const database of [staging, sage]) await master.run(`${statement} ${database}`);
    await master.close();
  };
  await onServer("create database");
  return {
    staging: { ...login, database: staging, schema: "staging" },
    sage: { ...login, database: sage, schema: "dbo" },
    remove: () => onServer("drop database"),
  };
}

async function budgetsNot(staging, status) {
  const database = await openDatabase(staging);
  const table = staging.client === "sqlite" ? "budget" : "staging.budget";
  try {
    for await (const { others } of database.rows(
      `select count(*) as others from ${table} where erp_status <> '${status}'`,
    ))
      return Number(others);
  } finally {
    await database.close();
  }
}

/** What the staging database holds, which grows by the journal alone; null where it does not tell. */
async function journalBytes(staging) {
  const database = await openDatabase(staging);
  const statement =
    staging.client === "sqlite"
      ? `select (select page_count from pragma_page_count()) - (select freelist_count from pragma_freelist_count()) as pages,
           (select page_size from pragma_page_size()) as size`
      : "select sum(used_page_count) as pages, 8192 as size from sys.dm_db_partition_stats";
  try {
    for await (const { pages, size } of database.rows(statement)) return Number(pages) * Number(size);
    return null;
  } catch {
    return null;
  } finally {
    await database.close();
  }
}
