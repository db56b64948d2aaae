import { join } from "node:path";
import { ESTIMATE_KINDS, type EstimateKind } from "../../core/key.ts";
import { type Cents, sumCents } from "../../core/money.ts";
import { sha256 } from "../../core/sha256.ts";
import type { DocumentType } from "../../core/staged.ts";
import { detailsOf, headOf, readEventsOfRun } from "../../journal/audit-chain.ts";
import { readBatchesOfRun, readBatchHeader, readBatchJce } from "../../journal/batches.ts";
import { countOpenHolds } from "../../journal/holds.ts";
import {
  type LinesInState,
  readBatchLines,
  readClaimedByRun,
  readLineStates,
} from "../../journal/import-lines.ts";
import { readMappingVersion } from "../../journal/mapping-sets.ts";
import { movedByEvents } from "../../journal/movements.ts";
import { readUnfinished } from "../../journal/runs.ts";
import { readSentByRun } from "../../journal/sent-documents.ts";
import { readJce } from "../../outbox/read-jce.ts";
import { estimateFileName } from "../../outbox/render/contents.ts";
import type { OwnRun } from "../../run/records.ts";
import type { RunRecord } from "./schema.ts";

/** What the journal tells of a run, and of the company when it ended. */
export interface RunInJournal {
  readonly mapping: RunRecord["data"]["mapping"];
  readonly unfinished: RunRecord["unfinished_runs"];
  readonly events: readonly RunEvent[];
  /** Documents that this run took, by what it did with them. */
  readonly sent: readonly {
    readonly event: string;
    readonly document: DocumentType;
    readonly documentId: string;
  }[];
  readonly batches: readonly RunBatch[];
  /** Amounts of all import lines that this run claimed. */
  readonly claimed: Readonly<Record<EstimateKind, Cents>>;
  /** All import lines of the company. */
  readonly lines: readonly LinesInState[];
  readonly openHolds: number;
  readonly movements: RunRecord["movements"];
  readonly auditHead: string;
}

export interface RunEvent {
  readonly sequence: string;
  readonly event: string;
  readonly subject: string;
  readonly hash: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export type RunBatch = RunRecord["batches"][number] & {
  /** What the journal's lines of each file come to, by the file's name. */
  readonly lineTotals: ReadonlyMap<string, Cents>;
};

/** Reads what a run left in the journal, and the files of its batches. */
export async function readRun(run: OwnRun): Promise<RunInJournal> {
  const { db, names, company, runId } = run;
  const own = { company: company.id, runId };
  const told = await db.reading(async () => ({
    mapping: await mappingOf(run),
    unfinished: (await readUnfinished(db, names, own)).map((one) => ({
      run_id: one.runId,
      command: one.command,
      started_at: one.startedAt,
      actor: one.actor,
    })),
    events: (await readEventsOfRun(db, names, own)).map(({ sequence, event, subject, hash, details }) => ({
      ...{ sequence, event, subject, hash },
      details: detailsOf({ details }),
    })),
    sent: await readSentByRun(db, names, own),
    claimed: await readClaimedByRun(db, names, own),
    claimedBatches: await readBatchesOfRun(db, names, own),
    lines: await readLineStates(db, names, company.id),
    openHolds: await countOpenHolds(db, names, company.id),
    auditHead: await headOf(db, run),
  }));
  const written = told.events.filter(({ event }) => event === "batch_written").map(({ subject }) => subject);
  const ids = [...new Set([...written, ...told.claimedBatches])].sort();
  const batches: RunBatch[] = [];
  for (const id of ids) batches.push(await batchOf(run, id, !told.claimedBatches.includes(id)));
  const movements = movedByEvents(told.events.map(({ details }) => details)).map(
    ({ cents: amount, movements, ...move }) => ({ ...move, amount, movements }),
  );
  return { ...told, movements, batches };
}

async function mappingOf({ db, names, company }: OwnRun): Promise<RunInJournal["mapping"]> {
  const set = await readMappingVersion(db, names, company.id);
  return set && { version: set.version, sha256: set.sha256, in_force_since: set.inForceSince };
}

/** A batch of this run: the journal's lines on one side, added up there, the files as they lie in the outbox on the other. */
async function batchOf(run: OwnRun, batchId: string, recovered: boolean): Promise<RunBatch> {
  const { db, names, company, files } = run;
  const header = await readBatchHeader(db, names, batchId);
  const jce = await readBatchJce(db, names, batchId);
  if (!header || !jce) throw new Error(`batch ${batchId} has gone from the journal`);
  const { lines } = await readBatchLines(db, names, batchId);
  const inFiles = ESTIMATE_KINDS.map((kind) => {
    const own = lines.filter((one) => one.kind === kind);
    return {
      kind,
      name: estimateFileName(batchId, kind),
      lines: own.reduce((sum, { inFile }) => sum + inFile, 0),
      // What is in no file comes to nothing.
      cents: sumCents(own.map(({ exported }) => exported)),
    };
  });
  const estimateFiles = inFiles.filter((file) => file.lines > 0);
  const inOutbox: RunBatch["files"][number][] = [];
  for (const { name, kind } of header.state === "written" ? estimateFiles : []) {
    const bytes = await files.read(join(company.outbox, batchId, name)).catch(() => null);
    const parsed = bytes && readJce(bytes, { encoding: jce.encoding, extraField: jce.extra_field });
    const records = parsed?.ok ? parsed.value.lines : [];
    inOutbox.push({
      ...{ name, kind, lines: records.length },
      sha256: bytes && sha256(bytes),
      amount_total: sumCents(records.map((record) => record.cents)),
    });
  }
  const all = lines.reduce((sum, one) => sum + one.lines, 0);
  return {
    batch_id: batchId,
    recovered,
    state: header.state,
    transaction_date: header.transactionDate,
    manifest_sha256: header.manifestSha256,
    lines_left_out: all - inFiles.reduce((sum, file) => sum + file.lines, 0),
    files: inOutbox,
    lineTotals: new Map(estimateFiles.map(({ name, cents }) => [name, cents])),
  };
}
