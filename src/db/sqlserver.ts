import mssql from "mssql";
import type { Db, Queries, Row, Statement } from "./db.ts";
import { sequential } from "./sequential.ts";
import { sqlFor } from "./sql.ts";

/** How to reach a SQL Server database, as the configuration gives it. */
export interface SqlserverConnection {
  readonly server: string;
  readonly port?: number | undefined;
  readonly instance?: string | undefined;
  readonly database: string;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly domain?: string | undefined;
  readonly encrypt: boolean;
  readonly trust_server_certificate: boolean;
}

const CONNECT_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 120_000;
/** A transaction uses one connection, a cursor another; more would only burden the server. */
const POOL_SIZE = 4;
/** Rows a cursor may be ahead of its reader. */
const ROWS_AHEAD = 1_000;

/**
 * Opens a SQL Server database. Pool and transactions are the driver's own; knex only builds the statements.
 * @throws the driver's error if the server cannot be reached or refuses the login
 */
export async function openSqlserver(connection: SqlserverConnection): Promise<Db> {
  const { server, port, instance, database, user, password, domain } = connection;
  const pool = await new mssql.ConnectionPool({
    server,
    database,
    ...(port === undefined ? {} : { port }),
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ...(domain === undefined ? {} : { domain }),
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    pool: { max: POOL_SIZE },
    options: {
      encrypt: connection.encrypt,
      trustServerCertificate: connection.trust_server_certificate,
      appName: "tieout",
      ...(instance === undefined ? {} : { instanceName: instance }),
    },
  }).connect();
  const sql = sqlFor("sqlserver");

  return {
    engine: "sqlserver",
    sql,
    query: (statement) => run(pool.request(), statement),
    rows: (statement) => stream(pool.request(), statement),
    async transaction(work) {
      const transaction = new mssql.Transaction(pool);
      await transaction.begin();
      let ended = false;
      transaction.on("rollback", () => {
        ended = true;
      });
      let running: Promise<unknown> = Promise.resolve();
      try {
        const query = sequential((statement: Statement) => {
          const result = run(transaction.request(), statement);
          running = result.catch(() => undefined);
          return result;
        });
        // Any error ends the transaction as a whole, on the server too.
        await query(sql.build.raw("set xact_abort on"));
        const tx: Queries = { sql, query };
        const result = await work(tx);
        await transaction.commit();
        return result;
      } catch (error) {
        // The driver rolls nothing back while a statement is under way.
        await running;
        if (!ended) await transaction.rollback().catch(() => undefined);
        throw error;
      }
    },
    close: () => pool.close(),
  };
}

async function run(request: mssql.Request, statement: Statement): Promise<Row[]> {
  const text = bind(request, statement);
  const result = await request.query<Row>(text);
  return result.recordset ?? [];
}

async function* stream(request: mssql.Request, statement: Statement): AsyncGenerator<Row> {
  const text = bind(request, statement);
  request.stream = true;
  const readable = request.toReadableStream({ highWaterMark: ROWS_AHEAD });
  void request.query(text);
  yield* readable as AsyncIterable<Row>;
}

/** Numbers go as integers, everything else as text: no amount is ever bound as a decimal or a float. */
function bind(request: mssql.Request, statement: Statement): string {
  const { sql, bindings } = statement.toSQL().toNative();
  bindings.forEach((value, index) => {
    const name = `p${index}`;
    if (typeof value === "number" || typeof value === "bigint")
      request.input(name, mssql.BigInt, String(value));
    else request.input(name, mssql.NVarChar(mssql.MAX), value);
  });
  return sql;
}
