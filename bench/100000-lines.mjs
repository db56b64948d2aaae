/**
 * A hundred thousand lines from staging to written batches, posted entries and the tie-out report, on SQLite or on
 * the SQL Server that TIEOUT_TEST_SQLSERVER names: `npm run build && node bench/100000-lines.mjs`. Prints seconds,
 * statements sent and peak memory, beside a bare read and write of the same rows on the same connection. PROJECTS and
 * LINES (of each) say how many; every DIFFERING-th entry is posted with a cent too much; with REPORTS=FOLDER the
 * reports stay there.
 */
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkConfig } from "../dist/src/config/check.js";
import { namesFor } from "../dist/src/db/names.js";
import { openDatabase } from "../dist/src/db/open.js";
import { insertRows } from "../dist/src/db/row-sets.js";
import { openSqlserver } from "../dist/src/db/sqlserver.js";
import { realFiles } from "../dist/src/files.js";
import { migrateJournal } from "../dist/src/journal/migrate.js";
import { silentLog } from "../dist/src/log.js";
import { exportAll } from "../dist/src/run/export.js";
import { reconcileAll } from "../dist/src/run/reconcile.js";
import { reportAll } from "../dist/src/run/report.js";
import { createSageCopy } from "../dist/src/sage/create-copy.js";
import { createStaging } from "../dist/src/staging/create-staging.js";

const PROJECTS = Number(process.env.PROJECTS ?? 100);
const LINES = Number(process.env.LINES ?? 1_000);
const DIFFERING = Number(process.env.DIFFERING ?? 100);
const REPORTS = process.env.REPORTS ?? "reports";
const folder = mkdtempSync(join(tmpdir(), "tieout-bench-"));
const url = process.env.TIEOUT_TEST_SQLSERVER;
const { staging, sage, remove } = url ? await onServer(url) : onFiles();

let statements = 0;
const counted = (queries) => ({
  ...queries,
  query: (statement) => {
    statements++;
    return queries.query(statement);
  },
});
const opened = await openDatabase(staging, { create: true });
const db = {
  ...counted(opened),
  rows: (statement) => {
    statements++;
    return opened.rows(statement);
  },
  // Begin, the look at @@trancount, commit.
  transaction: (work, wasCommitted) => {
    statements += 3;
    return opened.transaction((tx) => work(counted(tx)), wasCommitted);
  },
};
const names = namesFor(opened.engine);
const clock = { now: () => new Date() };
await createStaging(opened, names);
await migrateJournal(opened, names, clock);
await fillStaging();
await fillSage();

const cwd = folder;
mkdirSync(join(folder, "mappings"));
const map = (name, text) => writeFileSync(join(folder, "mappings", name), text);
map("jobs.csv", `project_number,job\n${projects((n) => `${n},${n}`).join("\n")}\n`);
map("extras.csv", "project_number,sub_job,extra,description\n,PH1,PH1,Phase one\n");
map("cost-codes.csv", `project_number,cost_code,sage_cost_code\n${codes((c) => `,${c},${c}`).join("\n")}\n`);
map("categories.csv", "project_number,cost_type,category\n,L,L\n,M,M\n");
const { config, findings } = checkConfig(
  { staging, companies: [{ id: "BENCH", sage, mappings: "mappings", outbox: "outbox", reports: REPORTS }] },
  new Map(),
  cwd,
);
if (!config) throw new Error(JSON.stringify(findings));
const context = {
  config,
  db,
  names,
  clock,
  files: realFiles,
  log: silentLog,
  actor: "bench",
  toolVersion: "bench",
  signal: new AbortController().signal,
};

await measure("bare read", async () => {
  for await (const row of opened.rows(opened.sql.build(names.staging("budget_line_item")).select())) void row;
  return `${PROJECTS * LINES} rows`;
});
await measure("bare write", async () => {
  const text = opened.engine === "sqlite" ? "text" : "nvarchar(100)";
  await opened.query(
    opened.sql.build.raw(`create table bench_write (id ${text}, code ${text}, amount ${text})`),
  );
  const rows = Array.from({ length: PROJECTS * LINES }, (_, n) => ({
    id: `L${n}`,
    code: "01-000",
    amount: "1.00",
  }));
  await opened.transaction((tx) =>
    insertRows(tx, "bench_write", { id: "text", code: "text", amount: "text" }, rows),
  );
  return `${rows.length} rows`;
});
await measure("export", async () => {
  const [company] = (await exportAll(context)).companies;
  if (company.error || company.holds.length > 0) throw new Error(JSON.stringify(company).slice(0, 2_000));
  return `${company.batches.length} batches`;
});
await measure("reconcile", async () => {
  const [company] = (await reconcileAll(context)).companies;
  if (company.error) throw new Error(JSON.stringify(company.error));
  return `${company.lines.awaiting_posting} lines wait`;
});
await postAll();
await measure("reconcile what is posted", async () => {
  const [company] = (await reconcileAll(context)).companies;
  if (company.error) throw new Error(JSON.stringify(company.error));
  return `${company.lines.posted} lines posted, ${company.differences.length} differences`;
});
await measure("report", async () => {
  const [company] = (await reportAll(context)).companies;
  if (company.error) throw new Error(JSON.stringify(company.error));
  return company.files.map((file) => `${(statSync(file).size / 1e6).toFixed(1)} MB`).join(", ");
});
await opened.close();
await remove();
rmSync(folder, { recursive: true });

async function measure(what, work) {
  statements = 0;
  const started = performance.now();
  const result = await work();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const peak = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(`${what}: ${result}, ${seconds} s, ${statements} statements, peak ${peak} MiB`);
}

function projects(each) {
  return Array.from({ length: PROJECTS }, (_, n) => each(`P-${String(n).padStart(4, "0")}`));
}
function codes(each) {
  return Array.from({ length: Math.ceil(LINES / 2) }, (_, n) => each(`${String(n).padStart(5, "0")}`));
}

async function fillStaging() {
  const add = (table, columns, rows) =>
    insertRows(
      opened,
      names.staging(table),
      Object.fromEntries(columns.map((c) => [c, c.endsWith("amount") ? "money" : "text"])),
      rows,
    );
  await add(
    "project",
    ["project_id", "company", "project_number", "name"],
    projects((n) => ({ project_id: n, company: "BENCH", project_number: n, name: n })),
  );
  await add(
    "budget",
    [
      "budget_id",
      "project_id",
      "erp_status",
      "accepted_by",
      "accepted_at",
      "erp_synced",
      "erp_locked",
      "estimate_import_blocked",
    ],
    projects((n) => ({
      budget_id: `B-${n}`,
      project_id: n,
      erp_status: "accepted",
      accepted_by: "bench",
      accepted_at: "2026-03-02T12:00:00",
      erp_synced: "0",
      erp_locked: "0",
      estimate_import_blocked: "0",
    })),
  );
  const lines = projects((n) =>
    codes((code) => code).flatMap((code) =>
      ["L", "M"].map((type) => ({
        line_item_id: `${n}-${code}-${type}`,
        budget_id: `B-${n}`,
        cost_code: code,
        cost_type: type,
        description: "a line",
        original_amount: "1234.56",
        erp_synced: "0",
      })),
    ),
  ).flat();
  await add(
    "budget_line_item",
    ["line_item_id", "budget_id", "cost_code", "cost_type", "description", "original_amount", "erp_synced"],
    lines,
  );
}

async function fillSage() {
  const copy = await openDatabase(sage, { create: true });
  await createSageCopy(copy);
  const add = (table, columns, rows) =>
    insertRows(copy, table, Object.fromEntries(columns.map((c) => [c, "text"])), rows);
  await add(
    "JCM_MASTER__JOB",
    ["Job", "Description", "Status"],
    projects((n) => ({ Job: n, Description: n, Status: "In progress" })),
  );
  await add(
    "JCM_MASTER__STANDARD_CATEGORY",
    ["Category", "Description"],
    ["L", "M"].map((c) => ({ Category: c, Description: c })),
  );
  await add(
    "JCM_MASTER__STANDARD_COST_CODE",
    ["Cost_Code", "Description"],
    ["01-000", ...codes((c) => c)].map((c) => ({ Cost_Code: c, Description: c })),
  );
  await copy.close();
}

/** As if every file had been imported and posted, in one run. */
async function postAll() {
  const copy = await openDatabase(sage);
  const lines = await opened.query(opened.sql.build(names.journal("import_line")).select());
  const rows = lines.map((line, n) => ({
    Job: line.job,
    Extra: line.extra,
    Cost_Code: line.cost_code,
    Category: line.category,
    Transaction_Type: "Original estimate",
    Amount: String((Number(line.cents) + (n % DIFFERING === 0 ? 1 : 0)) / 100),
    Run: "1",
    Sequence: String(n + 1),
  }));
  const columns = Object.fromEntries(Object.keys(rows[0] ?? {}).map((column) => [column, "text"]));
  await insertRows(copy, "JCT_CURRENT__TRANSACTION", columns, rows);
  await copy.close();
}

function onFiles() {
  return {
    staging: { client: "sqlite", filename: join(folder, "staging.db") },
    sage: { client: "sqlite", filename: join(folder, "sage.db") },
    remove: async () => undefined,
  };
}

async function onServer(address) {
  const { hostname, port, username, password, pathname } = new URL(address);
  const login = {
    client: "sqlserver",
    server: hostname,
    port: Number(port || 1433),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    encrypt: false,
    trust_server_certificate: true,
    connect_timeout: 15,
    statement_timeout: 600,
  };
  const suffix = randomBytes(4).toString("hex");
  const databases = [`tieout_bench_staging_${suffix}`, `tieout_bench_sage_${suffix}`];
  const onMaster = async (statement) => {
    const master = await openSqlserver({ ...login, database: pathname.slice(1) || "master" });
    for (const database of databases) await master.query(master.sql.build.raw(`${statement} ${database}`));
    await master.close();
  };
  await onMaster("create database");
  return {
    staging: { ...login, database: databases[0], schema: "staging" },
    sage: { ...login, database: databases[1], schema: "dbo" },
    remove: () => onMaster("drop database"),
  };
}
