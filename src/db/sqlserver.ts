import mssql from "mssql";
import type { Log } from "../log.ts";
import type { Db, Queries, Row, Statement } from "./db.ts";
import { CommitUnknown, failureOf } from "./failures.ts";
import { inTurns } from "./in-turns.ts";
import { BRIEF, PATIENT, type RetryPolicy, retrying } from "./retry.ts";
import { insertStatements, updateStatements } from "./row-sets.ts";
import { sequential } from "./sequential.ts";
import { sqlFor } from "./sql.ts";
import { driverConfig, type SqlserverConnection } from "./sqlserver-config.ts";
import { integer } from "./values.ts";

/** Rows a cursor may be ahead of its reader. */
const ROWS_AHEAD = 1_000;

export interface SqlserverOptions {
  readonly log?: Log | undefined;
  /** Aborted when the process is asked to stop: nothing is tried again after that. */
  readonly signal?: AbortSignal | undefined;
  /** How patient one is before the database counts as unavailable; by default for as long as a restart takes. */
  readonly patience?: Omit<RetryPolicy, "log" | "signal"> | undefined;
}

/**
 * Opens a SQL Server database. Pool and transactions are the driver's own; knex only builds the statements.
 * Failures that pass by themselves are tried again where that is safe: a read always, a transaction from its
 * beginning, a single write only if it is known to have had no effect.
 * @throws DatabaseUnavailable if the server cannot be reached; the driver's error if it refuses the login
 */
export async function openSqlserver(
  connection: SqlserverConnection,
  options: SqlserverOptions = {},
): Promise<Db> {
  const { log, signal, patience = PATIENT } = options;
  const policy: RetryPolicy = { ...patience, log, signal };
  const where = `${connection.database} on ${connection.server}`;
  const connect = async () => {
    const pool = new mssql.ConnectionPool(driverConfig(connection));
    // The driver also tells of lost connections here, and without a listener that would end the process.
    pool.on("error", (error: Error) =>
      log?.debug("a connection was lost", { database: where, detail: error.message }),
    );
    return pool.connect();
  };
  let pool = await retrying(`connecting to ${where}`, { ...BRIEF, log, signal }, connect);
  const sql = sqlFor("sqlserver");

  /** Runs something on the pool; after a lost connection with a new pool, since its other connections are as old. */
  const attempt = <T>(
    what: string,
    work: (on: mssql.ConnectionPool) => Promise<T>,
    mayRepeat = true,
  ): Promise<T> =>
    retrying(`${what} on ${where}`, mayRepeat ? policy : { ...policy, retries: 0 }, async () => {
      const used = pool;
      try {
        return await work(used);
      } catch (error) {
        const failure = failureOf(error);
        if ((failure === "unreachable" || failure === "timed_out") && pool === used) {
          pool = await connect();
          // It waits for connections in use; nobody need wait for it.
          void used.close().catch(() => undefined);
        }
        throw error;
      }
    });

  /** Rows are sent as sets, one parameter each: a statement a row would wait for the wire as often. */
  const bySets = (query: Queries["query"]): Pick<Queries, "insert" | "update"> => ({
    async insert(table, columns, rows) {
      for (const statement of insertStatements(sql, table, columns, rows)) await query(statement);
    },
    async update(table, changes) {
      for (const statement of updateStatements(sql, table, changes)) await query(statement);
    },
  });

  /** Ends a transaction that is not to be committed, whatever state the server and the connection have left it in. */
  const rollBack = (transaction: mssql.Transaction) => transaction.rollback().catch(() => undefined);

  const begin = async (on: mssql.ConnectionPool) => {
    const transaction = new mssql.Transaction(on);
    await transaction.begin();
    let running: Promise<unknown> = Promise.resolve();
    const query = sequential((statement: Statement) => {
      const result = run(transaction.request(), statement);
      running = result.catch(() => undefined);
      return result;
    });
    const tx: Queries = { sql, query, ...bySets(query) };
    return {
      tx,
      transaction,
      undo: async () => {
        // The driver rolls nothing back while a statement is under way.
        await running;
        await rollBack(transaction);
      },
    };
  };

  /** Asks on a new connection whether a transaction whose end was not heard took effect. Changes nothing. */
  const ask = (wasCommitted: (queries: Queries) => Promise<boolean>): Promise<boolean> =>
    attempt("reading a transaction back", async (on) => {
      const { tx, undo } = await begin(on);
      try {
        return await wasCommitted(tx);
      } finally {
        await undo();
      }
    });

  const query: Queries["query"] = (statement) =>
    attempt("a statement", (on) => run(on.request(), statement), isRead(statement));
  return {
    engine: "sqlserver",
    sql,
    query,
    ...bySets(query),
    async *rows(statement) {
      // Until the first row is handed over, the cursor can be opened again without anyone knowing.
      const { cursor, first } = await attempt("a cursor", async (on) => {
        const opened = stream(on.request(), statement);
        return { cursor: opened, first: await opened.next() };
      });
      if (first.done) return;
      try {
        yield first.value;
        yield* cursor;
      } finally {
        await cursor.return(undefined);
      }
    },
    reading: (work) => attempt("reading", () => work()),
    transaction: (work, wasCommitted) =>
      attempt("a transaction", async (on) => {
        const { tx, transaction, undo } = await begin(on);
        let result: Awaited<ReturnType<typeof work>>;
        try {
          result = await work(tx);
          await assertAlone(tx);
        } catch (error) {
          await undo();
          throw error;
        }
        try {
          await transaction.commit();
        } catch (error) {
          // Undone so that another could go on: that much is certain. Of anything else, an answer was not had.
          if (failureOf(error) === "conflict") throw error;
          if (!wasCommitted) throw new CommitUnknown({ cause: error });
          log?.warn("the answer to a commit was lost; it is read back", { database: where });
          if (!(await ask(wasCommitted))) throw error;
        }
        return result;
      }),
    close: async () => {
      await pool.close();
    },
  };
}

/**
 * A trigger of somebody else's may have rolled back (nothing is left to commit) or begun a transaction of its own
 * (our commit would only end that one): either way the commit would say that it is done, and it would not be.
 */
async function assertAlone(tx: Queries): Promise<void> {
  const [row] = await tx.query(tx.sql.build.raw("select @@trancount as open_transactions"));
  const open = row ? integer(row, "open_transactions") : 0;
  if (open !== 1)
    throw new Error(
      `before the commit ${open} transactions are open instead of 1: a trigger or view began or ended one`,
    );
}

/** Whether a statement changes nothing, so that it may be sent twice. */
function isRead(statement: Statement): boolean {
  const { method, sql } = statement.toSQL() as { readonly method?: string; readonly sql: string };
  return method === "select" || method === "first" || (method === "raw" && /^\s*select\b/i.test(sql));
}

async function run(request: mssql.Request, statement: Statement): Promise<Row[]> {
  const text = bind(request, statement);
  const result = await request.query<Row>(text);
  return result.recordset ?? [];
}

async function* stream(request: mssql.Request, statement: Statement): AsyncGenerator<Row, undefined> {
  const text = bind(request, statement);
  request.stream = true;
  const readable = request.toReadableStream({ highWaterMark: ROWS_AHEAD });
  // Its failure is the stream's.
  void request.query(text).catch(() => undefined);
  yield* inTurns(readable as AsyncIterable<Row>);
}

/** What a `varchar` of any code page says as `nvarchar` does. */
const PLAIN_TEXT = /^[\x20-\x7e]{0,8000}$/;

/**
 * Numbers go as integers, everything else as text: no amount is ever bound as a decimal or a float. Plain text goes
 * as `varchar`: compared with `nvarchar`, a column of `varchar` would be converted row by row, and its index unused.
 */
function bind(request: mssql.Request, statement: Statement): string {
  const { sql, bindings } = statement.toSQL().toNative();
  bindings.forEach((value, index) => {
    const name = `p${index}`;
    if (typeof value === "number" || typeof value === "bigint")
      request.input(name, mssql.BigInt, String(value));
    else if (typeof value === "string" && PLAIN_TEXT.test(value))
      request.input(name, mssql.VarChar(8000), value);
    else request.input(name, mssql.NVarChar(mssql.MAX), value);
  });
  return sql;
}
