import { join } from "node:path";
import type { CompanyContext } from "../../context.ts";
import type { BatchRecord } from "../../core/import-line.ts";
import { keyId } from "../../core/key.ts";
import { fail, type Outcome, ok } from "../../core/outcome.ts";
import { sha256 } from "../../core/sha256.ts";
import { toTimestamp } from "../../core/time.ts";
import { tellAudit } from "../../journal/audit-chain.ts";
import { markBatchWritten, readBatch, readBatches } from "../../journal/batches.ts";
import { isHeld, LeaseLost, withinLease } from "../../journal/lease.ts";
import { batchProblems } from "../../outbox/problems.ts";
import { readJce } from "../../outbox/read-jce.ts";
import { estimateFilesOf } from "../../outbox/render/contents.ts";
import { type ManifestFile, manifestOf } from "../../outbox/render/manifest.ts";
import { type RenderedFile, renderBatch } from "../../outbox/render/render.ts";

/** A batch as `export` tells of it. */
export interface PublishedBatch {
  readonly batchId: string;
  readonly files: readonly ManifestFile[];
}

/**
 * Checks that the outbox holds no batch that the journal does not know: if it does, the database is older than
 * the outbox and would use numbers twice.
 */
export async function checkOutbox({
  db,
  names,
  files,
  company,
}: Pick<CompanyContext, "db" | "names" | "files" | "company">): Promise<Outcome<void>> {
  const isBatchId = new RegExp(`^${company.id}-\\d{6,}$`);
  // Listed before the journal is read: a batch is in the journal before its folder is there.
  const folders = (await files.list(company.outbox)).filter((name) => isBatchId.test(name));
  const known = new Set((await readBatches(db, names, company.id)).map((batch) => batch.batchId));
  const unknown = folders.filter((name) => !known.has(name));
  return unknown.length > 0 ? fail(batchProblems.journal_behind_outbox(company.id, unknown)) : ok(undefined);
}

/** Publishes every batch that was claimed and not written, oldest first; stops at the first that cannot be. */
export async function publishClaimed(
  context: CompanyContext,
): Promise<{ readonly published: PublishedBatch[]; readonly stopped: Outcome<void> }> {
  const published: PublishedBatch[] = [];
  for (const { batchId } of await readBatches(context.db, context.names, context.company.id, "claimed")) {
    const result = await publish(context, batchId);
    if (!result.ok) return { published, stopped: result };
    published.push(result.value);
  }
  return { published, stopped: ok(undefined) };
}

/**
 * Writes a claimed batch's folder, from the journal alone. Doing it again gives the same bytes: whatever was left
 * by one that died is written anew. The folder appears complete or not at all, and never over another.
 * @throws LeaseLost if another instance has taken over
 */
export async function publish(context: CompanyContext, batchId: string): Promise<Outcome<PublishedBatch>> {
  const { db, names, files, company, log } = context;
  const batch = await readBatch(db, names, batchId);
  if (!batch) throw new Error(`batch ${batchId} is not in the journal`);
  const rendered = renderBatch(batch.record);
  checkAgainstRecord(batch.record, rendered);

  const folder = join(company.outbox, batchId);
  await files.makeFolder(company.outbox);
  // First of all: after it no late rename can bring the folder about while it is looked for.
  await moveLeftoversAway(context, batchId);
  // One that died after the rename has left the folder complete.
  const complete = (await files.exists(folder))
    ? await holdsExactly(context, folder, rendered)
    : await writeFolder(context, batchId, folder, rendered);
  if (!complete) return fail(batchProblems.batch_folder_exists(batchId));
  await files.syncFolder(company.outbox);
  await markWritten(context, batchId, rendered);
  log.info("batch written", { company: company.id, batch: batchId, folder });
  return ok({ batchId, files: manifestOf(batch.record, withoutManifest(rendered)).files });
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

/** Reads the import files with the independent parser: they must say what the journal says, line by line. */
function checkAgainstRecord(record: BatchRecord, rendered: readonly RenderedFile[]): void {
  for (const { name, kind } of estimateFilesOf(record)) {
    const file = rendered.find((f) => f.name === name);
    const parsed =
      file && readJce(file.bytes, { encoding: record.jce.encoding, extraField: record.jce.extra_field });
    if (!parsed?.ok)
      throw new Error(`${name} cannot be read back: ${parsed ? parsed.problem.message : "missing"}`);
    const expected = record.lines
      .filter((line) => line.kind === kind && line.inFile)
      .map((line) => `${keyId(line.key)} ${line.cents} ${record.transactionDate}`);
    const found = parsed.value.lines.map((line) => `${keyId(line)} ${line.cents} ${line.day}`);
    if (expected.length !== found.length || expected.some((line, index) => line !== found[index]))
      throw new Error(`${name} does not say what the journal says`);
  }
}

async function markWritten(
  context: CompanyContext,
  batchId: string,
  rendered: readonly RenderedFile[],
): Promise<void> {
  const { clock } = context;
  const manifest = rendered.at(-1);
  if (!manifest) throw new Error(`batch ${batchId} has no manifest`);
  const manifestSha256 = sha256(manifest.bytes);
  await withinLease(context, async (tx) => {
    const at = toTimestamp(clock.now());
    if (!(await markBatchWritten(context, tx, { batchId, at, manifestSha256 }))) return;
    await tellAudit(context, tx, at, {
      event: "batch_written",
      subject: batchId,
      details: {
        manifest_sha256: manifestSha256,
        files: withoutManifest(rendered).map((file) => ({ name: file.name, sha256: sha256(file.bytes) })),
      },
    });
  });
}

const withoutManifest = (rendered: readonly RenderedFile[]): readonly RenderedFile[] => rendered.slice(0, -1);
