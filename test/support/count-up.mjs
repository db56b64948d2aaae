/** A process of its own that raises a number in a SQLite file, reading it first: `node count-up.mjs FILE TIMES`. */
import { openSqlite } from "../../dist/src/db/sqlite.js";

const [, , filename, times] = process.argv;
const db = openSqlite(filename);
for (let time = 0; time < Number(times); time++)
  await db.transaction(async (tx) => {
    const [row] = await tx.query(tx.sql.build("counter").select("n"));
    await tx.query(tx.sql.build("counter").update({ n: Number(row.n) + 1 }));
  });
await db.close();
