import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openDatabase } from "../../src/db/open.ts";
import { type CompanyExport, exportAll } from "../../src/run/export/export.ts";
import type { RunContext } from "../../src/run/records.ts";
import type { World } from "./world.ts";

/** Another instance of the program, at the same moment, with connections of its own. */
export async function anotherInstance(world: World, changes: Partial<RunContext> = {}): Promise<RunContext> {
  return { ...world.context, db: await openDatabase(world.context.config.staging), ...changes };
}

/** The only company's part of an export. */
export async function exportOne(context: RunContext): Promise<CompanyExport> {
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
