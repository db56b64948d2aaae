import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { SageConfig, StagingConfig } from "../config/schema.ts";
import type { Log } from "../log.ts";
import type { Db } from "./db.ts";
import { DatabaseUnavailable, failureOf } from "./failures.ts";

export interface OpenOptions {
  readonly readonly?: boolean;
  /** Make the file if there is none (SQLite). */
  readonly create?: boolean;
  readonly log?: Log;
  /** Aborted when the process is asked to stop: nothing is tried again after that. */
  readonly signal?: AbortSignal;
}

/** Opens a database that the configuration names, with the driver that it needs and no other. @throws DatabaseUnavailable */
export async function openDatabase(
  config: StagingConfig | SageConfig,
  options: OpenOptions = {},
): Promise<Db> {
  if (config.client === "sqlite") {
    if (!options.create && !existsSync(config.filename))
      throw new DatabaseUnavailable(`the database file ${config.filename} does not exist`, "unreachable");
    try {
      const { openSqlite } = await import("./sqlite.ts");
      if (options.create) mkdirSync(dirname(config.filename), { recursive: true });
      const db = openSqlite(config.filename, { readonly: options.readonly ?? false });
      // Whether it is a database at all shows only when it is read.
      await db.query(db.sql.build.raw("select count(*) as tables from sqlite_master"));
      return db;
    } catch (error) {
      throw new DatabaseUnavailable(
        `${config.filename} cannot be opened: ${(error as Error).message}`,
        "other",
      );
    }
  }
  try {
    const { openSqlserver } = await import("./sqlserver.ts");
    return await openSqlserver(config, { log: options.log, signal: options.signal });
  } catch (error) {
    throw new DatabaseUnavailable(
      `database ${config.database} on ${config.server} cannot be opened: ${(error as Error).message}`,
      failureOf(error),
      { cause: error },
    );
  }
}
