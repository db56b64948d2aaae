// The least that a reconciliation could read: all lines, and all entries that are estimates. node read.mjs SITE-AS-JSON
import { openDatabase } from "../data/database.mjs";

const { staging, sage } = JSON.parse(process.argv[2]);
const lines = staging.client === "sqlite" ? "budget_line_item" : "staging.budget_line_item";
await read(
  staging,
  `select line_item_id, budget_id, sub_job_code, cost_code, cost_type, description, original_amount, erp_synced from ${lines}`,
);
const entries = ["JCT_CURRENT__TRANSACTION", "JCT_HISTORY__TRANSACTION"].map(
  (table) =>
    `select Job, Extra, Cost_Code, Category, Transaction_Type, Amount, Run, Sequence, Date_Stamp from ${table}
     where Transaction_Type in ('Original estimate', 'Approved est changes')`,
);
await read(sage, ...entries);

async function read(connection, ...statements) {
  const database = await openDatabase(connection);
  for (const statement of statements) {
    const rows = database.rows(statement);
    if (connection.client === "sqlite") for (const row of rows) void row;
    else for await (const row of rows) void row;
  }
  await database.close();
}
