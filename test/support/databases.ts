import { randomBytes } from "node:crypto";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pRetry from "p-retry";
import { describe } from "vitest";
import type { SageConfig, StagingConfig } from "../../src/config/schema.ts";
import type { Engine } from "../../src/db/db.ts";
import { openSqlserver } from "../../src/db/sqlserver.ts";

/** An empty staging database and an empty database for a copy of Sage, as a configuration names them. */
export interface DatabasePair {
  readonly engine: Engine;
  /** As the program logs on: on SQL Server with no right but those that it is granted. */
  readonly staging: StagingConfig;
  readonly sage: SageConfig;
  /** As those log on who own the databases: other programs, and administrators. */
  readonly owner: { readonly staging: StagingConfig; readonly sage: SageConfig };
  /** The program's user in both databases, to be granted rights; null where there are no users. */
  readonly user: string | null;
  /** A folder of its own for mapping files, outboxes and the like. */
  readonly folder: string;
  remove(): Promise<void>;
}

const serverUrl = process.env.TIEOUT_TEST_SQLSERVER;

/** Runs a suite on SQL Server alone, if there is one: what it is about does not exist on SQLite. */
export function onSqlserver(name: string, suite: (makePair: () => Promise<SqlserverPair>) => void): void {
  describe.skipIf(!serverUrl)(`${name} (SQL Server)`, () => suite(() => sqlserverPair(serverUrl ?? "")));
}

export interface SqlserverPair extends DatabasePair {
  readonly owner: { readonly staging: SqlserverConfig; readonly sage: SqlserverConfig };
}
type SqlserverConfig = Extract<StagingConfig, { client: "sqlserver" }>;

/** Runs a suite on every database there is to test with; says loudly when SQL Server is not among them. */
export function eachDatabase(
  name: string,
  suite: (makePair: () => Promise<DatabasePair>, engine: Engine) => void,
): void {
  describe(`${name} (SQLite)`, () => suite(sqlitePair, "sqlite"));
  if (serverUrl) describe(`${name} (SQL Server)`, () => suite(() => sqlserverPair(serverUrl), "sqlserver"));
}

export async function sqlitePair(): Promise<DatabasePair> {
  const folder = newFolder();
  return {
    ...sqliteFiles(folder),
    folder,
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A SQLite pair as it stands, with all that lies in its folder, in a folder of its own. */
export async function copyPair(original: DatabasePair): Promise<DatabasePair> {
  const own = await sqlitePair();
  cpSync(original.folder, own.folder, { recursive: true });
  return own;
}

/** A SQLite pair's databases in a folder: owners and the program are the same there. */
function sqliteFiles(folder: string): Pick<DatabasePair, "engine" | "staging" | "sage" | "owner" | "user"> {
  const staging = { client: "sqlite", filename: join(folder, "staging.db") } as const;
  const sage = { client: "sqlite", filename: join(folder, "sage.db") } as const;
  return { engine: "sqlite", staging, sage, owner: { staging, sage }, user: null };
}

/** Two databases of their own on the server, since the journal's schema has a fixed name. */
async function sqlserverPair(url: string): Promise<SqlserverPair> {
  const { hostname, port, username, password, pathname } = new URL(url);
  const connection = {
    client: "sqlserver" as const,
    server: hostname,
    port: Number(port || 1433),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    encrypt: false,
    trust_server_certificate: true,
    connect_timeout: 15,
    statement_timeout: 120,
  };
  const suffix = randomBytes(5).toString("hex");
  const databases = [`tieout_staging_${suffix}`, `tieout_sage_${suffix}`] as const;
  const onDatabase = async (database: string, ...statements: string[]) => {
    const db = await openSqlserver({ ...connection, database });
    try {
      // Two suites that make their databases at once may be in each other's way on the stand-in server.
      for (const statement of statements)
        await pRetry(() => db.query(db.sql.build.raw(statement)), {
          minTimeout: 20,
          shouldRetry: ({ error }) =>
            /concurrently (updated|deleted)|in use in another session/.test(error.message),
        });
    } finally {
      await db.close();
    }
  };
  const master = pathname.slice(1) || "master";
  const program = { user: `tieout_${suffix}`, password: `Aa1-${randomBytes(12).toString("hex")}` };
  await onDatabase(
    master,
    ...databases.map((database) => `create database ${database}`),
    `create login ${program.user} with password = '${program.password}'`,
  );
  for (const database of databases)
    await onDatabase(database, `create user ${program.user} for login ${program.user}`);
  const [staging, sage] = [
    { ...connection, database: databases[0], schema: "staging" },
    { ...connection, database: databases[1], schema: "dbo" },
  ];
  const folder = newFolder();
  return {
    engine: "sqlserver",
    staging: { ...staging, ...program },
    sage: { ...sage, ...program },
    owner: { staging, sage },
    user: program.user,
    folder,
    remove: async () => {
      await onDatabase(
        master,
        ...databases.map((database) => `drop database ${database}`),
        `drop login ${program.user}`,
      );
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const newFolder = (): string => mkdtempSync(join(tmpdir(), "tieout-test-"));
