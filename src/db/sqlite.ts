import { setTimeout as delay } from "node:timers/promises";
import Database from "better-sqlite3";
import type { Db, Queries, Row, RowChanges, RowSetColumns, RowValues, Statement } from "./db.ts";
import { inTurns } from "./in-turns.ts";
import { addRowHashes } from "./row-hash.ts";
import { sequential } from "./sequential.ts";
import { sqlFor } from "./sql.ts";

/** Prepared statements that a connection keeps. */
const STATEMENTS_KEPT = 200;

/** How long a statement waits for another process's lock before the infrastructure counts as broken. */
const LOCK_WAIT_MS = 30_000;

/** The name of a database of one connection's own, on disk as far as it is large, which ends with it. */
const TEMPORARY = "";

export const openTemporary = (): Db => openSqlite(TEMPORARY);

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
    addRowHashes(connection);
    return connection;
  };
  const connection = connect();
  const isTemporary = filename === TEMPORARY;
  if (isTemporary) connection.exec("pragma journal_mode = off; pragma synchronous = off");
  const sql = sqlFor("sqlite");

  // A statement is prepared once, as long as there are not too many of them.
  const prepared = new Map<string, Database.Statement<unknown[], Row>>();
  const prepare = (text: string): Database.Statement<unknown[], Row> => {
    const known = prepared.get(text);
    if (known) return known;
    if (prepared.size >= STATEMENTS_KEPT) prepared.clear();
    const statement = connection.prepare<unknown[], Row>(text);
    prepared.set(text, statement);
    return statement;
  };
  const run = (statement: Statement): Row[] => {
    const { sql: text, bindings } = statement.toSQL().toNative();
    const ready = prepare(text);
    if (ready.reader) return ready.all(...bindings);
    ready.run(...bindings);
    return [];
  };
  // A prepared statement a row is five times as fast as all rows in one parameter.
  const insert = (table: string, columns: RowSetColumns, rows: readonly RowValues[]): void => {
    if (rows.length === 0) return;
    const names = Object.keys(columns);
    const into = `insert into "${table}" (${quoted(names).join(", ")}) values (${names.map(() => "?").join(", ")})`;
    const ready = prepare(into);
    for (const row of rows) ready.run(...names.map((name) => bound(row[name])));
  };
  const update = (table: string, { scope = {}, keys, columns, rows }: RowChanges): void => {
    const [own, changed, same] = [Object.keys(keys), Object.keys(columns), Object.keys(scope)];
    const set = quoted(changed).map((name) => `${name} = ?`);
    const where = quoted([...own, ...same]).map((name) => `${name} = ?`);
    const ready = prepare(`update "${table}" set ${set.join(", ")} where ${where.join(" and ")}`);
    const ofAll = Object.values(scope);
    for (const row of rows) ready.run(...[...changed, ...own].map((name) => bound(row[name])), ...ofAll);
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
    insert: (...rows) => inTurn(() => untilUnlocked(() => insert(...rows))),
    update: (...changes) => inTurn(() => untilUnlocked(() => update(...changes))),
    async *rows(statement) {
      // It is this connection's alone.
      if (isTemporary) return yield* run(statement);
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
          const one = sequential(async <T>(work: () => T): Promise<T> => work());
          const tx: Queries = {
            sql,
            query: (statement) => one(() => run(statement)) as Promise<Row[]>,
            insert: (...rows) => one(() => insert(...rows)) as Promise<void>,
            update: (...changes) => one(() => update(...changes)) as Promise<void>,
          };
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

const quoted = (names: readonly string[]): string[] => names.map((name) => `"${name}"`);

/** Whole numbers as integers: the driver would bind them as floating point. */
const bound = (value: RowValues[string] | undefined): string | number | bigint | null =>
  typeof value === "number" && Number.isInteger(value) ? BigInt(value) : (value ?? null);

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
