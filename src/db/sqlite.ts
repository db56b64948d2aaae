import { setTimeout as delay } from "node:timers/promises";
import Database from "better-sqlite3";
import type { Db, Queries, Row, Statement } from "./db.ts";
import { inTurns } from "./in-turns.ts";
import { sequential } from "./sequential.ts";
import { sqlFor } from "./sql.ts";

/** How long a statement waits for another process's lock before the infrastructure counts as broken. */
const LOCK_WAIT_MS = 30_000;

/**
 * Opens a SQLite file. Its journal mode is left as it is: the file may be another program's.
 * @throws the driver's error if the file cannot be opened, or does not exist and `mustExist` is set
 */
export function openSqlite(filename: string, options: { readonly?: boolean; mustExist?: boolean } = {}): Db {
  const connect = () => {
    const connection = new Database(filename, {
      readonly: options.readonly ?? false,
      fileMustExist: options.mustExist ?? false,
      // better-sqlite3 waits for locks with the event loop stopped: wait briefly there, and longer out here.
      timeout: 20,
    });
    connection.defaultSafeIntegers(true);
    return connection;
  };
  const connection = connect();
  const sql = sqlFor("sqlite");

  const run = (statement: Statement, on = connection): Row[] => {
    const { sql: text, bindings } = statement.toSQL().toNative();
    const prepared = on.prepare<unknown[], Row>(text);
    if (prepared.reader) return prepared.all(...bindings);
    prepared.run(...bindings);
    return [];
  };

  // One connection: while a transaction is open, statements from elsewhere in the process wait for its end.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work, work);
    turn = result.catch(() => undefined);
    return result;
  };

  return {
    engine: "sqlite",
    sql,
    query: (statement) => inTurn(() => untilUnlocked(() => run(statement))),
    async *rows(statement) {
      // A cursor keeps its connection busy, so it gets one of its own.
      const cursor = connect();
      try {
        const { sql: text, bindings } = statement.toSQL().toNative();
        // A cursor takes its lock with its first row, where it could not be waited for: so it is taken before.
        cursor.exec("begin");
        await untilUnlocked(() => cursor.prepare("select 1 from sqlite_master").get());
        yield* inTurns(cursor.prepare<unknown[], Row>(text).iterate(...bindings));
      } finally {
        cursor.close();
      }
    },
    transaction: (work) =>
      inTurn(async () => {
        // Immediate: a transaction that first reads and then writes would fail when another writes in between.
        await untilUnlocked(() => connection.exec("begin immediate"));
        try {
          const tx: Queries = { sql, query: sequential(async (statement) => run(statement)) };
          const result = await work(tx);
          await untilUnlocked(() => connection.exec("commit"));
          return result;
        } catch (error) {
          if (connection.inTransaction) connection.exec("rollback");
          throw error;
        }
      }),
    // A file is not lost on the way: what fails here would fail again.
    reading: (work) => work(),
    close: () =>
      inTurn(async () => {
        connection.close();
      }),
  };
}

async function untilUnlocked<T>(work: () => T): Promise<T> {
  const deadline = Date.now() + LOCK_WAIT_MS;
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!isLocked(error) || Date.now() > deadline) throw error;
      await delay(10 + Math.random() * 40);
    }
  }
}

const isLocked = (error: unknown): boolean =>
  error instanceof Database.SqliteError && /^SQLITE_(BUSY|LOCKED)/.test(error.code);
