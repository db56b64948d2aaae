import { parseArgs } from "node:util";

const HELP = `npm run bench -- [options]

  --lines N          lines of all budgets together (default 10000)
  --projects N       projects, of differing sizes (default: one for each 50 lines)
  --largest N        lines of the largest project, as a part of all (default: as it comes)
  --foreign N        entries of Sage's copy that are no estimates (default 0)
  --indexes yes|no   staging with the indexes that \`db create-staging\` makes, or without any (default yes)
  --client C         sqlite | sqlserver; the server is TIEOUT_TEST_SQLSERVER (default sqlite)
  --batch-by B       project | company | both: export both ways, and go on by project (default both)
  --reports yes|no   whether the company has a folder for reports (default yes)
  --runs N           passes to take the medians of (default 1)
  --count yes|no     one more pass that counts rows, statements and bytes (default yes)
  --only A,B         of bare, export, reconcile, status, report, audit, start-up (default all)
  --timeout S        seconds until a command is ended and said to be (default 600)
  --seed N           of the made data (default 1)
  --json             one JSON document instead of the table
  --keep             leave the last pass's folder, and say where it is`;

export const GROUPS = ["bare", "export", "reconcile", "status", "report", "audit", "start-up"];

/** The options of a run. @throws with a line for the user if one of them is wrong */
export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      lines: { type: "string", default: "10000" },
      projects: { type: "string" },
      largest: { type: "string" },
      foreign: { type: "string", default: "0" },
      indexes: { type: "string", default: "yes" },
      client: { type: "string", default: "sqlite" },
      "batch-by": { type: "string", default: "both" },
      reports: { type: "string", default: "yes" },
      runs: { type: "string", default: "1" },
      count: { type: "string", default: "yes" },
      only: { type: "string", default: GROUPS.join(",") },
      timeout: { type: "string", default: "600" },
      seed: { type: "string", default: "1" },
      json: { type: "boolean", default: false },
      keep: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return { help: HELP };
  const number = (name, least = 1) => {
    const value = Number(values[name]);
    if (!Number.isSafeInteger(value) || value < least) throw new Error(`--${name} takes a whole number`);
    return value;
  };
  const oneOf = (name, ...choices) => {
    if (!choices.includes(values[name])) throw new Error(`--${name} takes ${choices.join(" or ")}`);
    return values[name];
  };
  const lines = number("lines");
  const projects = values.projects === undefined ? Math.ceil(lines / 50) : number("projects");
  const largest = values.largest === undefined ? 0 : number("largest");
  if (projects > lines) throw new Error("--projects may not be more than --lines");
  if (largest > lines - (projects - 1)) throw new Error("--largest leaves no line for the other projects");
  const only = values.only.split(",");
  const unknown = only.find((group) => !GROUPS.includes(group));
  if (unknown !== undefined) throw new Error(`--only takes ${GROUPS.join(", ")}; not ${unknown}`);
  const client = oneOf("client", "sqlite", "sqlserver");
  const server = process.env.TIEOUT_TEST_SQLSERVER;
  if (client === "sqlserver" && !server)
    throw new Error(
      "--client sqlserver needs TIEOUT_TEST_SQLSERVER=mssql://user:password@host:port/database",
    );
  return {
    lines,
    projects,
    largest,
    foreign: number("foreign", 0),
    indexes: oneOf("indexes", "yes", "no") === "yes",
    client,
    batchBy: oneOf("batch-by", "project", "company", "both"),
    reports: oneOf("reports", "yes", "no") === "yes",
    runs: number("runs"),
    count: oneOf("count", "yes", "no") === "yes",
    only,
    timeoutMs: number("timeout") * 1000,
    seed: number("seed"),
    json: values.json,
    keep: values.keep,
  };
}
