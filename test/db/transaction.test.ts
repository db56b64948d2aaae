import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import Database from "better-sqlite3";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Db, Queries } from "../../src/db/db.ts";
import { openDatabase } from "../../src/db/open.ts";
import { openSqlite } from "../../src/db/sqlite.ts";
import { integer } from "../../src/db/values.ts";
import { type DatabasePair, eachDatabase, sqlitePair } from "../support/databases.ts";
import { isStandIn } from "../support/stand-in.ts";

const add = (queries: Queries, n: number) => queries.query(queries.sql.build("counter").insert({ n }));
const numbers = async (queries: Queries) =>
  (await queries.query(queries.sql.build("counter").orderBy("n").select("n"))).map((row) =>
    integer(row, "n"),
  );

eachDatabase("a transaction", (makePair) => {
  let pair: DatabasePair;
  let db: Db;
  beforeAll(async () => {
    pair = await makePair();
    db = await openDatabase(pair.owner.staging, { create: true });
    await db.query(db.sql.build.raw("create table counter (n int not null)"));
  });
  beforeEach(async () => {
    await db.query(db.sql.build("counter").delete());
  });
  afterAll(async () => {
    await db.close();
    await pair.remove();
  });

  it("is there as a whole once it has resolved, and gives back what its work gave", async () => {
    const result = await db.transaction(async (tx) => {
      await add(tx, 1);
      await add(tx, 2);
      return numbers(tx);
    });
    expect(result).toEqual([1, 2]);
    expect(await numbers(db)).toEqual([1, 2]);
  });

  it("leaves nothing behind when its work throws after some statements", async () => {
    await add(db, 0);
    const failing = db.transaction(async (tx) => {
      await add(tx, 1);
      await tx.query(tx.sql.build("counter").where({ n: 0 }).delete());
      throw new Error("changed my mind");
    });
    await expect(failing).rejects.toThrow("changed my mind");
    expect(await numbers(db)).toEqual([0]);
  });

  it("leaves nothing behind when a statement fails, and the next one works", async () => {
    const failing = db.transaction(async (tx) => {
      await add(tx, 1);
      await tx.query(tx.sql.build("no_such_table").insert({ n: 2 }));
    });
    await expect(failing).rejects.toThrow(/no_such_table/);
    expect(await numbers(db)).toEqual([]);
    await db.transaction((tx) => add(tx, 3));
    expect(await numbers(db)).toEqual([3]);
  });

  it("is ended by any error on the server as well, from its first statement to its last", async ({
    skip,
  }) => {
    if (db.engine === "sqlite") skip();
    const setting = await db.transaction(async (tx) => {
      await add(tx, 1);
      return tx.query(tx.sql.build.raw("select @@options & 16384 as xact_abort"));
    });
    expect(Number(setting[0]?.xact_abort)).toBe(16_384);
  });

  it("refuses a second statement before the first has answered, and undoes the first", async () => {
    const failing = db.transaction((tx) => Promise.all([add(tx, 1), add(tx, 2)]));
    await expect(failing).rejects.toThrow("before the one before it had ended");
    expect(await numbers(db)).toEqual([]);
    await db.transaction(async (tx) => {
      await add(tx, 3);
      await add(tx, 4);
    });
    expect(await numbers(db)).toEqual([3, 4]);
  });

  it("keeps out what others of the process ask meanwhile, when it is undone", async () => {
    const failing = db.transaction(async (tx) => {
      await add(tx, 1);
      throw new Error("undone");
    });
    const beside = add(db, 2);
    await expect(failing).rejects.toThrow("undone");
    await beside;
    expect(await numbers(db)).toEqual([2]);
  });

  it("that reads a row locked and then writes it loses nothing to another connection that does the same", async (test) => {
    // The stand-in server takes no notice of locking hints.
    if (await isStandIn(db)) test.skip();
    await add(db, 0);
    const other = await openDatabase(pair.owner.staging);
    const countUp = (on: Db) =>
      on.transaction(async (tx) => {
        const [row] = await tx.query(tx.sql.build(tx.sql.locked("counter")).select("n"));
        await tx.query(tx.sql.build("counter").update({ n: row ? integer(row, "n") + 1 : 0 }));
      });
    await Promise.all([db, other].flatMap((on) => Array.from({ length: 20 }, () => countUp(on))));
    await other.close();
    expect(await numbers(db)).toEqual([40]);
  });
});

describe("a SQLite file that several processes write", () => {
  let pair: DatabasePair;
  let filename: string;
  let db: Db;
  beforeEach(async () => {
    pair = await sqlitePair();
    filename = join(pair.folder, "shared.db");
    db = openSqlite(filename);
    await db.query(db.sql.build.raw("create table counter (n int not null)"));
    await add(db, 0);
  });
  afterEach(async () => {
    await db.close();
    await pair.remove();
  });

  it("loses no step of two processes that read and then write in one transaction each", async () => {
    const script = fileURLToPath(new URL("../support/count-up.mjs", import.meta.url));
    const run = () => promisify(execFile)(process.execPath, [script, filename, "100"]);
    await Promise.all([run(), run()]);
    expect(await numbers(db)).toEqual([200]);
  });

  it("lets a transaction wait for another process's lock instead of failing, with the event loop free", async () => {
    const other = new Database(filename);
    other.exec("begin immediate; insert into counter values (1)");
    let done = false;
    const waiting = db
      .transaction((tx) => add(tx, 2))
      .then(() => {
        done = true;
      });
    await new Promise((resolve) => setImmediate(resolve));
    expect(done).toBe(false);
    other.exec("commit");
    other.close();
    await waiting;
    expect(await numbers(db)).toEqual([0, 1, 2]);
  });

  it("keeps the journal mode it had", async () => {
    const other = new Database(filename);
    expect(other.pragma("journal_mode", { simple: true })).toBe("delete");
    expect(other.pragma("journal_mode = wal", { simple: true })).toBe("wal");
    other.close();
    const again = openSqlite(filename);
    await again.transaction((tx) => add(tx, 1));
    await again.close();
    const after = new Database(filename);
    expect(after.pragma("journal_mode", { simple: true })).toBe("wal");
    after.close();
  });

  it("is not written through a connection that is for reading only", async () => {
    const reader = openSqlite(filename, { readonly: true });
    await expect(add(reader, 1)).rejects.toThrow(/readonly/);
    expect(await numbers(reader)).toEqual([0]);
    await reader.close();
  });
});
