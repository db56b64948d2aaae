import { hostname, userInfo } from "node:os";
import type { Command } from "commander";
import type { LoadedConfig } from "../config/load.ts";
import type { Context } from "../context.ts";
import { fail, type Outcome, ok } from "../core/outcome.ts";
import { systemClock } from "../core/time.ts";
import type { Db } from "../db/db.ts";
import { DatabaseUnavailable } from "../db/failures.ts";
import { realFiles } from "../files.ts";
import type { Log } from "../log.ts";
import { type Names, namesFor } from "../names.ts";
import { runProblems } from "../run/problems.ts";
import { TOOL_VERSION } from "../version.ts";
import { type CliIo, refuse } from "./io.ts";

/** Options that most commands take. */
export interface CommonOptions {
  readonly config?: string;
  readonly company?: string;
  readonly json?: boolean;
}

export const withCommonOptions = (
  command: Command,
  options: { company?: boolean; json?: boolean } = {},
): Command => {
  command.option("--config <file>", "configuration (default: TIEOUT_CONFIG, then config/tieout.yaml)");
  if (options.company !== false) command.option("--company <id>", "only this company");
  if (options.json !== false) command.option("--json", "one JSON document on stdout");
  return command;
};

interface SessionNeeds {
  /** Make the database file if there is none (SQLite). */
  readonly create?: boolean;
  readonly journal?: boolean;
  readonly staging?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Runs a command's work with everything opened and checked that it needs, and closes it all again. What stands in
 * the way ends the command with exit code 3.
 */
export async function withSession(
  io: CliIo,
  options: CommonOptions,
  work: (context: Context, loaded: LoadedConfig) => Promise<number>,
  needs: SessionNeeds = {},
): Promise<number> {
  const json = options.json ?? false;
  const { configFile, loadConfig } = await import("../config/load.ts");
  const loaded = await loadConfig(configFile(options.config, io.env), io.env);
  if (!loaded.ok) return refuse(io, json, loaded.problem);
  const { config } = loaded.value;
  if (options.company !== undefined && !config.companies.some((company) => company.id === options.company))
    return refuse(
      io,
      json,
      runProblems.company_unknown(
        options.company,
        config.companies.map((company) => company.id),
      ),
    );
  const { openLog } = await import("../log.ts");
  const target = openLog({ ...config.log, terminal: io.stderr.isTTY ?? false });
  try {
    const context = await openContext(loaded.value, target.log, needs);
    if (!context.ok) return refuse(io, json, context.problem);
    try {
      return await work(context.value, loaded.value);
    } finally {
      await context.value.db.close();
    }
  } finally {
    await target.close();
  }
}

/** What staging and journal are called by the configuration. */
export const namesOf = ({ staging }: LoadedConfig["config"]): Names =>
  namesFor(staging.client, staging.client === "sqlserver" ? staging.schema : undefined);

/** Opens and checks what a command works with. The caller closes its `db`. */
export async function openContext(
  { config }: LoadedConfig,
  log: Log,
  needs: SessionNeeds = {},
): Promise<Outcome<Context>> {
  const names = namesOf(config);
  const { openDatabase } = await import("../db/open.ts");
  let db: Db;
  try {
    db = await openDatabase(config.staging, {
      create: needs.create ?? false,
      log,
      ...(needs.signal ? { signal: needs.signal } : {}),
    });
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) throw error;
    return fail(runProblems.staging_unavailable(error.message));
  }
  const closeAndFail = async (problem: Parameters<typeof fail>[0]) => {
    await db.close();
    return fail(problem);
  };
  if (needs.staging !== false) {
    const { missingFromStaging } = await import("../staging/columns.ts");
    const missing = await missingFromStaging(db, names);
    if (missing.length > 0) return closeAndFail(runProblems.staging_incomplete(missing));
  }
  if (needs.journal !== false) {
    const { checkJournal } = await import("../journal/migrate.ts");
    const journal = await checkJournal(db, names);
    if (!journal.ok) return closeAndFail(journal.problem);
  }
  return ok({
    config,
    db,
    names,
    clock: systemClock,
    files: realFiles,
    log,
    actor: `${userInfo().username}@${hostname()}`,
    toolVersion: TOOL_VERSION,
    signal: needs.signal ?? new AbortController().signal,
  });
}
