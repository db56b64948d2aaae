import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fail, type Outcome, ok } from "../core/outcome.ts";
import { checkConfig } from "./check.ts";
import { SECRET_KEYS } from "./connection.ts";
import { decodeUtf8, type Environment, interpolate, NOT_THERE, readFault } from "./interpolate.ts";
import { configProblems } from "./problems.ts";
import type { Config } from "./schema.ts";
import { parseYaml } from "./syntax.ts";

export interface LoadedConfig {
  readonly config: Config;
  /** Absolute. */
  readonly file: string;
  /** Values that must never be printed: the passwords, wherever they came from. */
  readonly secrets: readonly string[];
  /**
   * Where each value that was written came from, by its path (`staging.password`): the references in it, such as
   * `env:DB_PASSWORD`, or `file` if there is none. What is not in here is a default.
   */
  readonly sources: ReadonlyMap<string, string>;
}

/** The configuration file to use: the command's option, else `TIEOUT_CONFIG`, else `config/tieout.yaml`. */
export const configFile = (option: string | undefined, env: Environment): string =>
  option || env.TIEOUT_CONFIG || "config/tieout.yaml";

/**
 * Reads and checks a configuration file. Every finding is told at once.
 * Problems: config_missing, config_unreadable, config_syntax, config_invalid, config_secret_missing.
 */
export async function loadConfig(name: string, env: Environment): Promise<Outcome<LoadedConfig>> {
  const file = resolve(name);
  const source = await readSource(file);
  if (!source.ok) return source;
  const written = parseYaml(file, source.value);
  if (!written.ok) return written;

  const folder = dirname(file);
  const { value, sources, missing, malformed } = await interpolate(written.value, folder, env);
  const { config, findings: mistakes } = checkConfig(value, sources, folder);
  // What a value without its references looks like says nothing.
  const unusable = new Set([...missing, ...malformed].map(({ path }) => path));
  const findings = [...malformed, ...mistakes.filter(({ path }) => !unusable.has(path))];
  if (findings.length > 0) return fail(configProblems.config_invalid(file, [...missing, ...findings]));
  if (missing.length > 0 || config === null) return fail(configProblems.config_secret_missing(file, missing));
  return ok({ config, file, secrets: passwords(config), sources });
}

async function readSource(file: string): Promise<Outcome<string>> {
  try {
    return ok(decodeUtf8(await readFile(file)));
  } catch (error) {
    const fault = readFault(error);
    return fail(
      fault === NOT_THERE
        ? configProblems.config_missing(file)
        : configProblems.config_unreadable(file, fault),
    );
  }
}

const passwords = (config: Config): string[] => [
  ...new Set(
    [config.staging, ...config.companies.map(({ sage }) => sage)].flatMap((connection) => {
      if (connection.client !== "sqlserver") return [];
      const values = { password: connection.password, ...connection.authentication?.options };
      return Object.entries(values).flatMap(([key, value]) =>
        SECRET_KEYS.has(key) && value !== undefined ? [value] : [],
      );
    }),
  ),
];
