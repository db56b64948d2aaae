import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { SageConfig, StagingConfig } from "../config/schema.ts";
import type { Db } from "./db.ts";
import { openSqlite } from "./sqlite.ts";
import { openSqlserver } from "./sqlserver.ts";

/** Thrown where a database that a configuration names cannot be opened. */
export class DatabaseUnavailable extends Error {}

/** Opens a database that the configuration names. @throws DatabaseUnavailable */
export async function openDatabase(
  config: StagingConfig | SageConfig,
  options: { readonly readonly?: boolean; readonly create?: boolean } = {},
): Promise<Db> {
  if (config.client === "sqlite") {
    if (!options.create && !existsSync(config.filename))
      throw new DatabaseUnavailable(`the database file ${config.filename} does not exist`);
    try {
      if (options.create) mkdirSync(dirname(config.filename), { recursive: true });
      const db = openSqlite(config.filename, { readonly: options.readonly ?? false });
      // Whether it is a database at all shows only when it is read.
      await db.query(db.sql.build.raw("select count(*) as tables from sqlite_master"));
      return db;
    } catch (error) {
      throw new DatabaseUnavailable(`${config.filename} cannot be opened: ${(error as Error).message}`);
    }
  }
  try {
    return await openSqlserver(config);
  } catch (error) {
    throw new DatabaseUnavailable(
      `database ${config.database} on ${config.server} cannot be opened: ${(error as Error).message}`,
    );
  }
}
