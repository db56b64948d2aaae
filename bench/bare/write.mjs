// The least that a journal could write of the lines: each as one row, in one transaction on SQLite, in sets of rows on
// SQL Server. node write.mjs SITE-AS-JSON
import { openDatabase } from "../data/database.mjs";
import { linesOf, projectsOf } from "../data/town.mjs";

const { staging, town } = JSON.parse(process.argv[2]);
const database = await openDatabase(staging);
const COLUMNS = {
  line_item_id: "varchar(36)",
  budget_id: "varchar(36)",
  cost_code: "varchar(50)",
  cost_type: "varchar(50)",
  description: "varchar(200)",
  amount: "varchar(20)",
};
const definitions = Object.entries(COLUMNS).map(([name, type]) => `${name} ${type}`);
await database.run(`create table bench_write (${definitions.join(", ")})`);
await database.insert("bench_write", COLUMNS, rows());
await database.run("drop table bench_write");
await database.close();

function* rows() {
  for (const project of projectsOf(town))
    for (const { lineId, costCode, costType, description, amount } of linesOf(project))
      yield [lineId, project.budgetId, costCode, costType, description, amount];
}
