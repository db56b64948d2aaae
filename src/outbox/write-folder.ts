import { join } from "node:path";
import type { CompanyContext } from "../context.ts";
import { sha256 } from "../core/sha256.ts";
import { isHeld, LeaseLost } from "../journal/lease.ts";
import type { RenderedFile } from "./render/manifest.ts";

/**
 * Brings a batch's folder about, complete or not at all, and never over another: whatever was left by one that died
 * is written anew. False if a folder of the name is there and does not hold these files.
 * @throws LeaseLost if another instance has taken over
 */
export async function writeBatchFolder(
  context: CompanyContext,
  batchId: string,
  rendered: readonly RenderedFile[],
): Promise<boolean> {
  const { files, company } = context;
  const folder = join(company.outbox, batchId);
  await files.makeFolder(company.outbox);
  // First of all: after it no late rename can bring the folder about while it is looked for.
  await moveLeftoversAway(context, batchId);
  // One that died after the rename has left the folder complete.
  const complete = (await files.exists(folder))
    ? await holdsExactly(context, folder, rendered)
    : await writeFolder(context, batchId, folder, rendered);
  if (complete) await files.syncFolder(company.outbox);
  return complete;
}

/**
 * Temporary folders of one that died, or was thought dead: taken away under another name first, so that a late
 * rename of a stalled writer finds nothing.
 * @throws LeaseLost if another instance has taken over
 */
async function moveLeftoversAway(context: CompanyContext, batchId: string): Promise<void> {
  const { db, names, files, company, lease } = context;
  const isTemporary = new RegExp(`^(\\.discarded)?\\.${batchId}\\.\\d+\\.tmp`);
  const leftovers = (await files.list(company.outbox)).filter((name) => isTemporary.test(name));
  // Asked after the list was made: a later holder's folder is not on it, or the lease is seen to be lost.
  if (leftovers.length > 0 && !(await isHeld(db, names, lease))) throw new LeaseLost(lease);
  for (const name of leftovers) {
    const path = join(company.outbox, name);
    const isDiscarded = name.startsWith(".discarded");
    const away = isDiscarded ? path : join(company.outbox, `.discarded${name}.${lease.token}`);
    if (!isDiscarded) await files.rename(path, away);
    await files.remove(away);
  }
}

/**
 * Writes a folder under a temporary name, reads it back and gives it its name; false if that is taken. Whatever
 * fails on the way takes the temporary folder with it.
 */
async function writeFolder(
  context: CompanyContext,
  batchId: string,
  folder: string,
  rendered: readonly RenderedFile[],
): Promise<boolean> {
  const { db, names, files, company, lease } = context;
  const temporary = join(company.outbox, `.${batchId}.${lease.token}.tmp`);
  try {
    await files.makeFolder(temporary);
    for (const file of rendered) await files.write(join(temporary, file.name), file.bytes);
    await files.syncFolder(temporary);
    if (!(await holdsExactly(context, temporary, rendered)))
      throw new Error(`${temporary} does not hold what was written to it`);
    if (!(await isHeld(db, names, lease))) throw new LeaseLost(lease);
    if (!(await files.exists(folder))) {
      await files.rename(temporary, folder);
      return true;
    }
  } catch (error) {
    await files.remove(temporary).catch(() => undefined);
    // One that has taken over has moved the folder away: whatever failed, failed of that.
    throw (await isHeld(db, names, lease)) ? error : new LeaseLost(lease);
  }
  await files.remove(temporary);
  return false;
}

async function holdsExactly(
  { files }: CompanyContext,
  folder: string,
  rendered: readonly RenderedFile[],
): Promise<boolean> {
  const names = rendered.map((file) => file.name).sort();
  const found = await files.list(folder);
  if (found.length !== names.length || found.some((name, index) => name !== names[index])) return false;
  for (const file of rendered) {
    const bytes = await files.read(join(folder, file.name));
    if (sha256(bytes) !== sha256(file.bytes)) return false;
  }
  return true;
}
