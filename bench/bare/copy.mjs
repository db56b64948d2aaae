// The least that an export could do: reads the lines in order and writes them as import records.
// node copy.mjs SITE-AS-JSON FILE
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { openDatabase } from "../data/database.mjs";

const WRITE_AT = 1_000_000;
const { staging } = JSON.parse(process.argv[2]);
const database = await openDatabase(staging);
const file = openSync(process.argv[3], "w");
let text = "";

const table = staging.client === "sqlite" ? "budget_line_item" : "staging.budget_line_item";
const rows = database.rows(`select * from ${table} order by line_item_id`);
// Where rows come at once, waiting for each would cost more than reading it.
if (staging.client === "sqlite") for (const row of rows) take(row);
else for await (const row of rows) take(row);
writeSync(file, text, null, "latin1");
fsyncSync(file);
closeSync(file);
await database.close();

function take(row) {
  text += `C,"${row.cost_code}","${row.description}","${row.cost_type}",01312026,0.00,"",${row.original_amount},,,,,"${row.sub_job_code ?? ""}"\r\n`;
  if (text.length < WRITE_AT) return;
  writeSync(file, text, null, "latin1");
  text = "";
}
