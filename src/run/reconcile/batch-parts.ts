import type { CompanyContext, Context } from "../../context.ts";
import { groupBy } from "../../core/group-by.ts";
import type { BatchHeader, ImportLine, LineStatus } from "../../core/import-line.ts";
import { inGroups } from "../../core/in-groups.ts";
import { compareText, joinKey } from "../../core/key.ts";
import type { LineFinding } from "../../core/match/match-lines.ts";
import { type Cents, sumCents } from "../../core/money.ts";
import { moneyJson } from "../../core/money-json.ts";
import type { ImportLineState } from "../../core/states.ts";
import { type BatchLines, type BatchPart, buildBatch } from "../../core/tie-out/batch-part.ts";
import { countBatch } from "../../core/tie-out/counts.ts";
import { placeOfEntry } from "../../core/tie-out/entry-names.ts";
import {
  type FileLine,
  type Recognition,
  recogniseFile,
  type SpareEntry,
  UNPOSTED_STATES,
} from "../../core/tie-out/recognise.ts";
import { partFromJson } from "../../core/tie-out/schema.ts";
import { type CodesPart, spareOf } from "../../core/tie-out/unit.ts";
import { readBatchHeader } from "../../journal/batches.ts";
import { readBatchLines, readLinesOfBatch } from "../../journal/import-lines.ts";
import { withinLease } from "../../journal/lease.ts";
import { type KeptPart, keepPart, readParts } from "../../journal/tie-out-parts.ts";

type OwnContext = Pick<Context, "db" | "names">;

/** Parts kept in one transaction. */
const BATCHES_IN_A_TRANSACTION = 50;

/** What is found of the codes of a job, as kept or as it would be. */
export type ReadCodes = (job: string) => Promise<string | null>;

/** Makes a batch's part: what its lines come to, and what its import files look like as wholes. */
export async function findBatch(
  { db, names }: OwnContext,
  batchId: string,
  readCodes: ReadCodes,
  linesOf: () => Promise<readonly { readonly line: ImportLine; readonly status: LineStatus }[]>,
  /** Entries that tell of another file already, as `entryPlace` names them. */
  taken: ReadonlySet<string>,
  /** What is found of lines of it, and not written down. */
  news: readonly LineFinding[] = [],
): Promise<BatchPart | null> {
  const header = await readBatchHeader(db, names, batchId);
  if (!header) return null;
  const kept = await readBatchLines(db, names, batchId);
  const sums = { ...kept, lines: withNews(kept.lines, news) };
  const states = new Map(news.map(({ tracked, state }) => [tracked.line.lineNo, state]));
  const recognitions: Recognition[] = [];
  for (const [, ofKind] of groupBy(sums.lines, ({ kind }) => kind)) {
    const inFile = ofKind.filter(({ toBePosted }) => toBePosted > 0);
    if (inFile.length === 0) continue;
    const areTwice = inFile.every(({ state }) => state === "posted_twice");
    const areUnposted = inFile.every(({ state }) => UNPOSTED_STATES.includes(state));
    if (!areTwice && !areUnposted) continue;
    // Where the jobs of a file that waits have no spare entry, its lines need not be read.
    const spare = areTwice ? [] : await spareOfJobs(sums.jobs, readCodes, taken);
    if (!spare) continue;
    const lines = (await linesOf()).filter(({ line }) => line.kind === inFile[0]?.kind);
    const recognised = recogniseFile(fileOf(header, lines, states), spare);
    if (recognised) recognitions.push(recognised);
  }
  return buildBatch(header, sums.projects, sums.lines, recognitions);
}

const fileOf = (
  { batchId }: BatchHeader,
  lines: readonly { readonly line: ImportLine; readonly status: LineStatus }[],
  news: ReadonlyMap<number, ImportLineState>,
): FileLine[] =>
  lines
    .filter(({ line }) => line.inFile && line.cents !== 0n)
    .map(({ line, status }) => ({
      ...{ batchId, lineNo: line.lineNo, kind: line.kind, key: line.key, cents: line.cents },
      state: news.get(line.lineNo) ?? status.state,
    }));

type Lines = BatchLines & { readonly toBePosted: number };

/** Lines added up as they would be if what is found was written down. */
function withNews(kept: readonly Lines[], news: readonly LineFinding[]): readonly Lines[] {
  const sums = new Map(kept.map((one) => [joinKey(one.kind, one.state), one]));
  const add = (finding: LineFinding, state: ImportLineState, posted: Cents, sign: 1 | -1) => {
    const { line } = finding.tracked;
    const id = joinKey(line.kind, state);
    const own = sums.get(id) ?? {
      ...{ kind: line.kind, state, lines: 0, toBePosted: 0 },
      ...{ accepted: 0n, exported: 0n, posted: 0n },
    };
    const times = BigInt(sign);
    sums.set(id, {
      ...own,
      lines: own.lines + sign,
      toBePosted: own.toBePosted + (line.inFile && line.cents !== 0n ? sign : 0),
      accepted: own.accepted + times * sumCents(line.sources.map(({ cents }) => cents)),
      exported: own.exported + times * line.cents,
      posted: own.posted + times * posted,
    });
  };
  for (const finding of news) {
    const { status } = finding.tracked;
    add(finding, status.state, status.postedCents, -1);
    add(finding, finding.state, finding.postedCents, 1);
  }
  return [...sums.values()]
    .filter(({ lines }) => lines > 0)
    .sort((a, b) => compareText(a.kind, b.kind) || compareText(a.state, b.state));
}

/** The spare entries of a batch's jobs; null if none of them has any. */
async function spareOfJobs(
  jobs: readonly string[],
  readCodes: ReadCodes,
  taken: ReadonlySet<string>,
): Promise<SpareEntry[] | null> {
  const spare: SpareEntry[] = [];
  for (const job of jobs) {
    const body = await readCodes(job);
    if (body === null) continue;
    const own = spareOf(partFromJson<CodesPart>(body)).filter(
      (entry) => entry.job === job && !taken.has(placeOfEntry(entry.job, entry.name)),
    );
    spare.push(...own);
  }
  return spare.length > 0 ? spare : null;
}

/**
 * Makes the parts of batches whose lines have changed, in the order of the batches: an entry tells of one file at
 * most, the oldest.
 */
export async function keepBatchParts(
  context: CompanyContext,
  batchIds: readonly string[],
  readCodes: ReadCodes,
): Promise<void> {
  const { db, names, company, signal } = context;
  if (batchIds.length === 0) return;
  const told = await filesTold(
    readParts(db, names, company.id, { kind: "batch", last: null, findingsOnly: true }),
  );
  for (const group of inGroups(batchIds, BATCHES_IN_A_TRANSACTION)) {
    if (signal.aborted) return;
    const parts: BatchPart[] = [];
    for (const batchId of group) {
      const lines = () => readLinesOfBatch(db, names, { batchId, company: company.id });
      const part = await findBatch(context, batchId, readCodes, lines, told.before(batchId));
      if (!part) continue;
      told.add(part);
      parts.push(part);
    }
    await withinLease(context, async (tx) => {
      for (const part of parts)
        await keepPart(context, tx, {
          ...{ kind: "batch", name: part.batch.batch_id, body: moneyJson(part), madeFrom: "made" },
          counts: countBatch(part),
        });
    });
  }
}

/** Which entries tell of which files, as far as it is known. */
export async function filesTold(parts: AsyncIterable<Pick<KeptPart, "body">>): Promise<{
  /** What tells of older batches. */
  before(batchId: string): ReadonlySet<string>;
  add(part: BatchPart): void;
}> {
  const entries = new Map<string, readonly string[]>();
  const add = ({ batch, recognitions }: BatchPart) => {
    entries.set(
      batch.batch_id,
      recognitions.flatMap((one) => one.entries),
    );
  };
  for await (const { body } of parts) if (body) add(partFromJson<BatchPart>(body));
  return {
    add,
    before: (batchId) => new Set([...entries].flatMap(([other, own]) => (other < batchId ? own : []))),
  };
}
