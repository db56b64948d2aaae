import { join } from "node:path";
import type { CompanyContext } from "../../context.ts";
import { fail, type Outcome, ok } from "../../core/outcome.ts";
import { sha256 } from "../../core/sha256.ts";
import { toTimestamp } from "../../core/time.ts";
import { tellAudit } from "../../journal/audit-chain.ts";
import { markBatchWritten, readBatch, readBatches } from "../../journal/batches.ts";
import { touchJobs } from "../../journal/jobs.ts";
import { withinLease } from "../../journal/lease.ts";
import { outdateParts } from "../../journal/tie-out-parts.ts";
import { checkAgainstRecord } from "../../outbox/check-files.ts";
import { batchProblems } from "../../outbox/problems.ts";
import { type ManifestFile, manifestOf } from "../../outbox/render/manifest.ts";
import { type RenderedFile, renderBatch } from "../../outbox/render/render.ts";
import { writeBatchFolder } from "../../outbox/write-folder.ts";

/** A batch as `export` tells of it. */
export interface PublishedBatch {
  readonly batchId: string;
  readonly files: readonly ManifestFile[];
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
  const { db, names, company, log } = context;
  const batch = await readBatch(db, names, batchId);
  if (!batch) throw new Error(`batch ${batchId} is not in the journal`);
  const rendered = renderBatch(batch.record);
  checkAgainstRecord(batch.record, rendered);

  if (!(await writeBatchFolder(context, batchId, rendered)))
    return fail(batchProblems.batch_folder_exists(batchId));
  await markWritten(context, batchId, rendered, new Set(batch.record.lines.map(({ key }) => key.job)));
  const folder = join(company.outbox, batchId);
  log.info("batch written", { company: company.id, batch: batchId, folder });
  return ok({ batchId, files: manifestOf(batch.record, withoutManifest(rendered)).files });
}

async function markWritten(
  context: CompanyContext,
  batchId: string,
  rendered: readonly RenderedFile[],
  jobs: ReadonlySet<string>,
): Promise<void> {
  const { clock } = context;
  const manifest = rendered.at(-1);
  if (!manifest) throw new Error(`batch ${batchId} has no manifest`);
  const manifestSha256 = sha256(manifest.bytes);
  await withinLease(context, async (tx) => {
    const at = toTimestamp(clock.now());
    if (!(await markBatchWritten(context, tx, { batchId, at, manifestSha256 }))) return;
    await touchJobs(context, tx, jobs);
    await outdateParts(context, tx, "batch", [batchId]);
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
