/** Rows that one statement brings to a server. */
const ROWS_AT_ONCE = 5_000;

/**
 * A database by plain SQL, with nothing of the program between.
 * `rows` gives objects, as its driver does: at once on SQLite, one after the other from a server.
 * `insert` takes columns by their types on SQL Server, and rows as arrays in their order.
 */
export const openDatabase = (connection) =>
  connection.client === "sqlite" ? openFile(connection) : openServer(connection);

// Each driver is loaded where it is used: loading the other would be measured too.
async function openFile({ filename }) {
  const { default: Database } = await import("better-sqlite3");
  const connection = new Database(filename).defaultSafeIntegers(true);
  return {
    client: "sqlite",
    run: async (statement) => void connection.exec(statement),
    rows: (statement) => connection.prepare(statement).iterate(),
    async insert(table, columns, rows) {
      const names = Object.keys(columns);
      const statement = connection.prepare(
        `insert into ${table} (${names.join(", ")}) values (${names.map(() => "?").join(", ")})`,
      );
      connection.transaction(() => {
        for (const row of rows) statement.run(row);
      })();
    },
    close: async () => void connection.close(),
  };
}

async function openServer({ server, port, database, user, password }) {
  const { default: mssql } = await import("mssql");
  const pool = await new mssql.ConnectionPool({
    server,
    port,
    database,
    user,
    password,
    requestTimeout: 3_600_000,
    options: { encrypt: false, trustServerCertificate: true },
  }).connect();
  return {
    client: "sqlserver",
    run: async (statement) => void (await pool.request().query(statement)),
    rows: (statement) => {
      const request = pool.request();
      const stream = request.toReadableStream();
      request.query(statement).catch(() => undefined);
      return stream;
    },
    async insert(table, columns, rows) {
      const names = Object.keys(columns);
      const fields = names.map((name, index) => `${name} ${columns[name]} '$[${index}]'`).join(", ");
      const statement = `insert into ${table} (${names.join(", ")})
        select ${names.join(", ")} from openjson(@rows) with (${fields})`;
      const send = (chunk) =>
        pool.request().input("rows", mssql.NVarChar(mssql.MAX), JSON.stringify(chunk)).query(statement);
      let chunk = [];
      for (const row of rows) {
        chunk.push(row);
        if (chunk.length < ROWS_AT_ONCE) continue;
        await send(chunk);
        chunk = [];
      }
      if (chunk.length > 0) await send(chunk);
    },
    close: () => pool.close(),
  };
}
