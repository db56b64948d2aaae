// Posts what stands in the import files of an outbox, as if all of it had been imported before: node post.mjs
// SITE-AS-JSON first|rest. `first` is every hundredth job, or every hundredth line where there are not so many; `rest`
// is everything else. The masters' totals follow.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { openDatabase } from "./database.mjs";

const ONE_OF = 100;
const { sage, outbox, town } = JSON.parse(process.argv[2]);
const part = process.argv[3];
const database = await openDatabase(sage);
const today = new Date().toISOString().slice(0, 10);

await database.insert(
  "JCT_CURRENT__TRANSACTION",
  {
    Job: "varchar(15)",
    Extra: "varchar(15)",
    Cost_Code: "varchar(15)",
    Category: "varchar(15)",
    Transaction_Type: "varchar(20)",
    Transaction_Date: "date",
    Accounting_Date: "date",
    Description: "varchar(30)",
    Units: "float",
    Amount: "float",
    Run: "bigint",
    Sequence: "bigint",
    Batch: "varchar(10)",
    Application_of_Origin: "varchar(3)",
    Operator_Stamp: "varchar(10)",
    Date_Stamp: "date",
  },
  entries(),
);
const ESTIMATES =
  "from JCT_CURRENT__TRANSACTION where Transaction_Type in ('Original estimate', 'Approved est changes')";
const ORIGINAL = "case when Transaction_Type = 'Original estimate' then Amount else 0 end";
const CHANGE = "case when Transaction_Type = 'Original estimate' then 0 else Amount end";
for (const statement of [
  "delete from JCM_MASTER__EXTRA",
  `insert into JCM_MASTER__EXTRA (Job, Extra, Description, Status)
    select distinct Job, Extra, 'Extra', 'In progress' ${ESTIMATES} and Extra <> ''`,
  "delete from JCM_MASTER__COST_CODE",
  `insert into JCM_MASTER__COST_CODE (Job, Extra, Cost_Code, Description, Status, Group_Cost_Code, JTD_Aprvd_Estimate_Chgs)
    select Job, Extra, Cost_Code, 'Cost code', 'In progress', 0, sum(${CHANGE}) ${ESTIMATES} group by Job, Extra, Cost_Code`,
  "delete from JCM_MASTER__CATEGORY",
  `insert into JCM_MASTER__CATEGORY (Job, Extra, Cost_Code, Category, Description, Status, Original_Estimate,
      Approved_Estimate_Changes, Total_Estimate)
    select Job, Extra, Cost_Code, Category, 'Category', 'In progress', sum(${ORIGINAL}), sum(${CHANGE}), sum(Amount)
    ${ESTIMATES} group by Job, Extra, Cost_Code, Category`,
])
  await database.run(statement);
await database.close();

function* entries() {
  const byJob = town.projects >= ONE_OF;
  let jobs = 0;
  let lines = 0;
  let sequence = 0;
  for (const { name, text } of importFiles()) {
    const type = name.includes("-original") ? "Original estimate" : "Approved est changes";
    let job = "";
    for (const record of parse(text, { relax_column_count: true })) {
      if (record[0] === "*") {
        job = record[1];
        jobs++;
      }
      if (record[0] !== "C") continue;
      const isFirst = (byJob ? jobs - 1 : lines) % ONE_OF === 0;
      lines++;
      if (isFirst !== (part === "first")) continue;
      const [, costCode, description, category, , , , amount, , , , , extra] = record;
      const codes = [job, extra, costCode, category];
      const posting = [part === "first" ? 1 : 2, ++sequence, "IMPORT", "JC", "CLERK", today];
      yield [...codes, type, today, today, description, 0, Number(amount), ...posting];
    }
  }
}

/** All import files below the outbox, wherever the batches have been moved. */
function* importFiles() {
  const names = readdirSync(outbox, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".jce"),
  );
  for (const name of names.sort()) yield { name, text: readFileSync(join(outbox, name), "latin1") };
}
