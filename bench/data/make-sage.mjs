// Makes a copy of Sage's Job Cost as a replication tool does, without an index: node make-sage.mjs SITE-AS-JSON
import { openDatabase } from "./database.mjs";
import { COST_CODES, COST_TYPES, projectsOf, randomFrom } from "./town.mjs";

const { sage, town, foreign } = JSON.parse(process.argv[2]);
const database = await openDatabase(sage);

const CODE = "varchar(15)";
const TEXT = "varchar(30)";
const JOB = { Job: CODE, Description: TEXT, Status: "varchar(20)" };
const STANDARD_COST_CODE = { Cost_Code: CODE, Description: TEXT, Group_Cost_Code: "int" };
const STANDARD_CATEGORY = { Category: CODE, Description: TEXT };
const ENTRY = {
  Job: CODE,
  Extra: CODE,
  Cost_Code: CODE,
  Category: CODE,
  Transaction_Type: "varchar(20)",
  Transaction_Date: "date",
  Accounting_Date: "date",
  Description: TEXT,
  Units: "float",
  Amount: "float",
  Run: "bigint",
  Sequence: "bigint",
  Batch: "varchar(10)",
  Application_of_Origin: "varchar(3)",
  Operator_Stamp: "varchar(10)",
  Date_Stamp: "date",
};
const TABLES = {
  JCM_MASTER__JOB: JOB,
  JCM_MASTER__EXTRA: { Job: CODE, Extra: CODE, Description: TEXT, Status: "varchar(20)" },
  JCM_MASTER__COST_CODE: {
    Job: CODE,
    Extra: CODE,
    Cost_Code: CODE,
    Description: TEXT,
    Status: "varchar(20)",
    Group_Cost_Code: "int",
    JTD_Aprvd_Estimate_Chgs: "float",
  },
  JCM_MASTER__CATEGORY: {
    Job: CODE,
    Extra: CODE,
    Cost_Code: CODE,
    Category: CODE,
    Description: TEXT,
    Status: "varchar(20)",
    Original_Estimate: "float",
    Approved_Estimate_Changes: "float",
    Total_Estimate: "float",
  },
  JCM_MASTER__STANDARD_COST_CODE: STANDARD_COST_CODE,
  JCM_MASTER__STANDARD_CATEGORY: STANDARD_CATEGORY,
  JCT_CURRENT__TRANSACTION: ENTRY,
  JCT_HISTORY__TRANSACTION: ENTRY,
};
for (const [table, columns] of Object.entries(TABLES)) {
  const definitions = Object.entries(columns).map(([name, type]) => `${name} ${type} null`);
  await database.run(`create table ${table} (${definitions.join(", ")})`);
}

const projects = projectsOf(town);
await database.insert(
  "JCM_MASTER__JOB",
  JOB,
  projects.map(({ number }) => [number, `Project ${number}`, "In progress"]),
);
await database.insert(
  "JCM_MASTER__STANDARD_COST_CODE",
  STANDARD_COST_CODE,
  COST_CODES.map((code) => [code, `Cost code ${code}`, 0]),
);
await database.insert(
  "JCM_MASTER__STANDARD_CATEGORY",
  STANDARD_CATEGORY,
  COST_TYPES.map((type) => [type, `Category ${type}`]),
);
// Most of what a job costs is long in history.
const current = Math.floor(foreign / 3);
await database.insert("JCT_CURRENT__TRANSACTION", ENTRY, costs(current, 500_000));
await database.insert("JCT_HISTORY__TRANSACTION", ENTRY, costs(foreign - current, 1));
await database.close();

/** Entries that are no estimates, a hundred to a run. */
function* costs(count, firstRun) {
  const random = randomFrom(town.seed + firstRun);
  for (let n = 0; n < count; n++)
    yield [
      projects[Math.floor(random() * projects.length)].number,
      "",
      COST_CODES[Math.floor(random() * COST_CODES.length)],
      COST_TYPES[n % COST_TYPES.length],
      n % 3 === 0 ? "AP cost" : "JC cost",
      "2026-01-15",
      "2026-01-31",
      "A cost",
      1,
      Math.floor(random() * 1_000_000) / 100,
      firstRun + Math.floor(n / 100),
      1 + (n % 100),
      "COSTS",
      n % 3 === 0 ? "AP" : "JC",
      "CLERK",
      "2026-02-01",
    ];
}
