import Database from "better-sqlite3";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Db } from "../../src/db/db.ts";
import { openDatabase } from "../../src/db/open.ts";
import { integer } from "../../src/db/values.ts";
import { type DatabasePair, eachDatabase } from "../support/databases.ts";

/** More than a cursor reads ahead, and more than one turn of it. */
const ROWS = 5_500;

eachDatabase("a cursor", (makePair) => {
  let pair: DatabasePair;
  let db: Db;
  beforeAll(async () => {
    pair = await makePair();
    db = await openDatabase(pair.owner.staging, { create: true });
    await db.query(db.sql.build.raw("create table many (n int not null)"));
    await db.insert(
      "many",
      { n: "integer" },
      Array.from({ length: ROWS }, (_, n) => ({ n })),
    );
  });
  afterAll(async () => {
    await db.close();
    await pair.remove();
  });
  const all = () => db.rows(db.sql.build("many").orderBy("n").select("n"));

  it("gives every row once, in order, also to two who read at the same time", async () => {
    const read = async () => {
      const numbers: number[] = [];
      for await (const row of all()) numbers.push(integer(row, "n"));
      return numbers;
    };
    const expected = Array.from({ length: ROWS }, (_, n) => n);
    expect(await Promise.all([read(), read()])).toEqual([expected, expected]);
  });

  it("lets the process do other work between its rows", async () => {
    let other = 0;
    const timer = setImmediate(function count() {
      other++;
      if (other < 1_000) setImmediate(count);
    });
    for await (const row of all()) integer(row, "n");
    clearImmediate(timer);
    expect(other).toBeGreaterThan(1);
  });

  it("may be left early, as often as one likes, and keeps nothing from those that follow", async () => {
    for (let time = 0; time < 10; time++)
      for await (const row of all()) {
        expect(integer(row, "n")).toBe(0);
        break;
      }
    await db.transaction((tx) => tx.query(tx.sql.build("many").where({ n: 0 }).update({ n: 0 })));
    const [row] = await db.query(db.sql.build("many").count("* as rows_there"));
    expect(row && integer(row, "rows_there")).toBe(ROWS);
  });

  it("says so when its statement is wrong", async () => {
    const read = async () => {
      for await (const row of db.rows(db.sql.build("no_such_table").select())) integer(row, "n");
    };
    await expect(read()).rejects.toThrow(/no_such_table/);
  });

  it("waits for another process that is just committing", async () => {
    if (pair.staging.client !== "sqlite") return;
    const other = new Database(pair.staging.filename);
    other.exec("begin exclusive");
    const cursor = all()[Symbol.asyncIterator]();
    const first = cursor.next();
    other.exec("rollback");
    other.close();
    expect((await first).value).toEqual({ n: 0n });
    await cursor.return?.();
  });
});
