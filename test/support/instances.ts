import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Context } from "../../src/context.ts";
import { openDatabase } from "../../src/db/open.ts";
import { exportAll } from "../../src/run/export.ts";
import type { CompanyExport } from "../../src/run/results.ts";
import { type DatabasePair, sqliteFiles } from "./databases.ts";
import { testConfig, type World } from "./world.ts";

/** A copy of a SQLite pair's folder: databases, mapping files and outbox as they are at this moment. */
export function copyOf(pair: DatabasePair): DatabasePair {
  const folder = mkdtempSync(join(tmpdir(), "tieout-copy-"));
  cpSync(pair.folder, folder, { recursive: true });
  return {
    ...sqliteFiles(folder),
    folder,
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Another instance of the program, at the same moment: its own connections, and databases of its own where `pair` is given. */
export async function anotherInstance(
  world: World,
  changes: Partial<Context> & { readonly pair?: DatabasePair } = {},
): Promise<Context> {
  const config = changes.pair ? testConfig(changes.pair) : world.context.config;
  return { ...world.context, config, db: await openDatabase(config.staging), ...changes };
}

/** The only company's part of an export. */
export async function exportOne(context: Context): Promise<CompanyExport> {
  const { companies } = await exportAll(context);
  if (!companies[0]) throw new Error("the configuration has a company");
  return companies[0];
}

/** Every file below a folder, by its path from there; empty folders end in a slash. */
export function tree(folder: string, prefix = ""): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) found.set(prefix + entry.name, readFileSync(path));
    else {
      const below = tree(path, `${prefix}${entry.name}/`);
      if (below.size === 0) found.set(`${prefix}${entry.name}/`, Buffer.alloc(0));
      for (const [name, bytes] of below) found.set(name, bytes);
    }
  }
  return found;
}

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
