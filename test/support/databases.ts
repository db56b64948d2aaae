import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe } from "vitest";
import type { SageConfig, StagingConfig } from "../../src/config/schema.ts";
import type { Engine } from "../../src/db/db.ts";
import { openSqlserver } from "../../src/db/sqlserver.ts";

/** An empty staging database and an empty database for a copy of Sage, as a configuration names them. */
export interface DatabasePair {
  readonly engine: Engine;
  readonly staging: StagingConfig;
  readonly sage: SageConfig;
  /** A folder of its own for mapping files, outboxes and the like. */
  readonly folder: string;
  remove(): Promise<void>;
}

const serverUrl = process.env.TIEOUT_TEST_SQLSERVER;

/** Runs a suite on every database there is to test with; says loudly when SQL Server is not among them. */
export function eachDatabase(name: string, suite: (makePair: () => Promise<DatabasePair>) => void): void {
  describe(`${name} (SQLite)`, () => suite(sqlitePair));
  if (serverUrl) describe(`${name} (SQL Server)`, () => suite(() => sqlserverPair(serverUrl)));
}

export async function sqlitePair(): Promise<DatabasePair> {
  const folder = newFolder();
  return {
    engine: "sqlite",
    staging: { client: "sqlite", filename: join(folder, "staging.db") },
    sage: { client: "sqlite", filename: join(folder, "sage.db") },
    folder,
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Two databases of their own on the server, since the journal's schema has a fixed name. */
async function sqlserverPair(url: string): Promise<DatabasePair> {
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
  const onServer = async (statement: (database: string) => string) => {
    const server = await openSqlserver({ ...connection, database: pathname.slice(1) || "master" });
    try {
      for (const database of databases) await server.query(server.sql.build.raw(statement(database)));
    } finally {
      await server.close();
    }
  };
  await onServer((database) => `create database ${database}`);
  const folder = newFolder();
  return {
    engine: "sqlserver",
    staging: { ...connection, database: databases[0], schema: "staging" },
    sage: { ...connection, database: databases[1], schema: "dbo" },
    folder,
    remove: async () => {
      await onServer((database) => `drop database ${database}`);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const newFolder = (): string => mkdtempSync(join(tmpdir(), "tieout-test-"));
