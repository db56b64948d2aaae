// Preloaded into a process whose traffic is counted: the statements that it sends to its databases, and the rows and
// bytes that they hand over. Nothing of the program is changed; the drivers' own methods are wrapped. It costs time,
// so no process is counted and timed at once.
import { writeFileSync } from "node:fs";

const traffic = { statements: 0, rows: 0, bytes: 0 };
process.on("exit", () => writeFileSync(process.env.BENCH_TRAFFIC, JSON.stringify(traffic)));

if (process.env.BENCH_CLIENT === "sqlserver") await countServer();
else await countFiles();

function takeRow(values) {
  traffic.rows++;
  for (const value of values)
    traffic.bytes +=
      typeof value === "string" ? value.length : (value?.byteLength ?? (value === null ? 0 : 8));
}

async function countFiles() {
  const { default: Database } = await import("better-sqlite3");
  const connection = new Database(":memory:");
  const statement = Object.getPrototypeOf(connection.prepare("select 1"));
  connection.close();
  wrap(statement, "run", (result) => result);
  wrap(statement, "get", (row) => {
    if (row !== undefined) takeRow(Object.values(row));
    return row;
  });
  wrap(statement, "all", (rows) => {
    for (const row of rows) takeRow(Object.values(row));
    return rows;
  });
  wrap(statement, "iterate", (rows) => {
    const next = rows.next.bind(rows);
    rows.next = () => {
      const result = next();
      if (!result.done) takeRow(Object.values(result.value));
      return result;
    };
    return rows;
  });
  wrap(Database.prototype, "exec", (result) => result);
}

async function countServer() {
  const { Connection, Request } = await import("tedious");
  // Everything that goes to the server: statements, procedures, and the ends of transactions.
  wrap(Connection.prototype, "makeRequest", (result) => result);
  const emit = Request.prototype.emit;
  Request.prototype.emit = function (event, ...args) {
    if (event === "row") takeRow(Object.values(args[0]).map((column) => column.value));
    return emit.call(this, event, ...args);
  };
}

/** Counts each call of a method as a statement, and looks at what it gives. */
function wrap(prototype, method, look) {
  const original = prototype[method];
  prototype[method] = function (...args) {
    traffic.statements++;
    return look(original.apply(this, args));
  };
}
