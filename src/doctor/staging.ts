import { dirname } from "node:path";
import type { StagingConfig } from "../config/schema.ts";
import { groupBy } from "../core/group-by.ts";
import type { Clock } from "../core/time.ts";
import type { Db, Engine } from "../db/db.ts";
import { columnTypesOf } from "../db/inspect.ts";
import { integer, text, textOrNull } from "../db/values.ts";
import type { Files } from "../files.ts";
import { type Names, STAGING_TABLES } from "../names.ts";
import { DOCUMENT_TABLES, STAGING_COLUMNS } from "../staging/columns.ts";
import { stagingColumnType, stagingTableStatement } from "../staging/create-staging.ts";
import { missingStagingIndexes } from "../staging/indexes.ts";
import { writtenColumns } from "../staging/rights.ts";
import { type Finding, problem, type Seen, warning } from "./findings.ts";
import { type AskedRight, askRights, broadRoles } from "./rights.ts";

/** SQL Server 2017, and the level from which on it reads JSON. */
const OLDEST_SERVER = 14;
const OLDEST_LEVEL = 130;

export async function checkServer(db: Db): Promise<Seen> {
  const { build } = db.sql;
  if (db.engine === "sqlite") {
    const [row] = await db.query(build.raw("pragma quick_check(1)"));
    const said = String(Object.values(row ?? {})[0]);
    return {
      detail: "SQLite",
      findings:
        said === "ok"
          ? []
          : [
              problem(
                `The database file is damaged: ${said}.`,
                "Stop everything that writes to it, and restore the newest backup.",
              ),
            ],
    };
  }
  const [row] = await db.query(
    build.raw(
      `select convert(varchar(40), serverproperty('ProductVersion')) as version,
        (select compatibility_level from sys.databases where name = db_name()) as level,
        (select convert(int, is_read_committed_snapshot_on) from sys.databases where name = db_name()) as snapshot,
        convert(varchar(100), databasepropertyex(db_name(), 'Collation')) as collation`,
    ),
  );
  if (!row) return { findings: [] };
  const version = text(row, "version");
  const level = integer(row, "level");
  const findings: Finding[] = [];
  if (Number(version.split(".")[0]) < OLDEST_SERVER)
    findings.push(
      problem(
        `Expected SQL Server 2017 (${OLDEST_SERVER}.0) or newer, this is ${version}.`,
        "Move the staging database to a newer server.",
      ),
    );
  if (level < OLDEST_LEVEL)
    findings.push(
      problem(
        `Expected compatibility level ${OLDEST_LEVEL} or higher, the database has ${level}: it reads no JSON.`,
        `alter database current set compatibility_level = ${OLDEST_LEVEL};`,
      ),
    );
  return {
    detail: `SQL Server ${version}, compatibility level ${level}, read committed snapshot ${
      integer(row, "snapshot") === 1 ? "on" : "off (who reads waits for who writes)"
    }, collation ${text(row, "collation")} (codes are compared here, not by it)`,
    findings,
  };
}

/** Seconds by which the clocks may differ before it is said, and before dates and leases go wrong. */
const NOTICEABLE_SECONDS = 5;
const HARMFUL_SECONDS = 60;

export async function checkClock(db: Db, clock: Clock): Promise<Seen> {
  if (db.engine === "sqlite") return { detail: "the database has this machine's clock", findings: [] };
  const before = clock.now().getTime();
  const [row] = await db.query(db.sql.build.select(db.sql.build.raw("? as moment", [db.sql.now()])));
  const after = clock.now().getTime();
  const theirs = Date.parse(row ? text(row, "moment") : "");
  const seconds = Math.round((theirs - (before + after) / 2) / 1000);
  const apart = Math.abs(seconds);
  const found = apart > HARMFUL_SECONDS ? problem : apart > NOTICEABLE_SECONDS ? warning : null;
  return {
    detail: `the database's clock is ${apart} s ${seconds < 0 ? "behind" : "ahead"}`,
    findings: found
      ? [
          found(
            `The database's clock is ${apart} seconds ${seconds < 0 ? "behind" : "ahead of"} this machine's.`,
            "Set both machines by the same time server.",
          ),
        ]
      : [],
  };
}

/** Whether a type may lose digits of an amount. SQLite keeps as it was written only what is declared as text. */
const isInexact = (engine: Engine, type: string): boolean =>
  engine === "sqlite" ? type !== "" && !/char|clob|text/.test(type) : /^(float|real)$/.test(type);

export async function checkStagingColumns(db: Db, names: Names): Promise<Seen> {
  const findings: Finding[] = [];
  const amounts = new Map<string, string>(
    Object.values(DOCUMENT_TABLES).map(({ lines, amount }) => [lines, amount]),
  );
  for (const table of STAGING_TABLES) {
    const name = names.staging(table);
    const actual = await columnTypesOf(db, name);
    if (actual.size === 0) {
      findings.push(
        problem(
          `${name} is not there, or the login may not see it.`,
          `Offer it as a table or a view. An empty table: ${stagingTableStatement(db.engine, names, table)};`,
        ),
      );
      continue;
    }
    for (const column of STAGING_COLUMNS[table]) {
      const type = stagingColumnType(db.engine, table, column);
      if (!actual.has(column))
        findings.push(
          problem(
            `${name} has no column ${column} (${type}).`,
            `alter table ${name} add ${column} ${type} null; (where it is a view, have its query offer the column.)`,
          ),
        );
    }
    const amount = amounts.get(table);
    const type = amount === undefined ? undefined : actual.get(amount);
    if (amount === undefined || type === undefined || !isInexact(db.engine, type)) continue;
    const expected = stagingColumnType(db.engine, table, amount);
    findings.push(
      problem(
        `${name}.${amount} is ${type}, which keeps no exact amounts; expected ${expected}.`,
        db.engine === "sqlserver"
          ? `alter table ${name} alter column ${amount} ${expected} null;`
          : `Make the table anew with ${amount} ${expected}, and stage its rows again.`,
      ),
    );
  }
  return { findings };
}

/** Nothing is said of a view: what its own tables have is their owner's, and is not seen from here. */
export async function checkStagingIndexes(db: Db, names: Names): Promise<Seen> {
  const missing = await missingStagingIndexes(db, names);
  return {
    findings: [...groupBy(missing, ({ table }) => table)].map(([table, ofTable]) => {
      const columns = ofTable.map(({ column }) => column).join(", ");
      return warning(
        `${table} has no index that begins with ${columns}${ofTable.length > 1 ? " (one for each)" : ""}.`,
        ofTable.map(({ statement }) => `${statement};`).join(" "),
      );
    }),
  };
}

export async function checkStagingRights(
  db: Db,
  names: Names,
  files: Files,
  config: StagingConfig,
): Promise<Seen> {
  if (config.client === "sqlite") return checkFileRights(files, config.filename);
  const needed = STAGING_TABLES.flatMap((table) => [
    ...STAGING_COLUMNS[table].map((column) => ({ object: names.staging(table), right: "select", column })),
    ...writtenColumns(table).map((column) => ({ object: names.staging(table), right: "update", column })),
  ]);
  const missing = (await askRights(db, needed)).filter(({ granted }) => !granted);
  const unneeded: AskedRight[] = STAGING_TABLES.flatMap((table) => [
    ...["insert", "delete", "alter"].map((right) => ({ object: names.staging(table), right })),
    ...STAGING_COLUMNS[table]
      .filter((column) => !writtenColumns(table).includes(column))
      .map((column) => ({ object: names.staging(table), right: "update", column })),
  ]);
  const tooMany = (await askRights(db, unneeded)).filter(({ granted }) => granted);
  const [row] = await db.query(
    db.sql.build.raw("select convert(nvarchar(200), suser_sname()) as login_name"),
  );
  const login = (row && textOrNull(row, "login_name")) ?? "the login";
  return {
    detail: `logged on as ${login}`,
    findings: [
      ...[...groupBy(missing, ({ object, right }) => `${right} ${object}`).values()].flatMap((group) => {
        const [first] = group;
        if (!first) return [];
        const columns = group.map(({ column }) => column).join(", ");
        return problem(
          `${login} may not ${first.right} ${first.object} (${columns}).`,
          `grant ${first.right} (${columns}) on ${first.object}; \`tieout db grants\` prints the whole script.`,
        );
      }),
      ...(await broadRoles(db)).map((role) =>
        warning(
          `${login} is ${role}: it may do anything.`,
          "Give the program a login of its own, with the rights that `tieout db grants` prints.",
        ),
      ),
      ...(tooMany.length > 0
        ? [
            warning(
              `${login} may more than it needs in staging: ${tooMany.map(({ object, right, column }) => `${right} ${object}${column === undefined ? "" : `.${column}`}`).join(", ")}.`,
              "Revoke these; `tieout db grants` prints what is needed.",
            ),
          ]
        : []),
    ],
  };
}

/** SQLite has no rights of its own: the file's, and those of its folder, where it keeps what is not yet committed. */
async function checkFileRights(files: Files, filename: string): Promise<Seen> {
  const findings: Finding[] = [];
  for (const path of [filename, dirname(filename)])
    if (!(await files.mayWrite(path)))
      findings.push(
        problem(
          `${path} may not be written to.`,
          "Give the account that runs the program the right to write there.",
        ),
      );
  return { detail: "SQLite has no rights of its own but the file's", findings };
}
