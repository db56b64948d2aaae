import { createHash } from "node:crypto";
import { join } from "node:path";
import { appendAudit, nextAuditEvent } from "../audit/chain.ts";
import type { TrackedLine } from "../batch/match-lines.ts";
import { readJce } from "../batch/read-jce.ts";
import type { CompanyContext } from "../context.ts";
import { showKey } from "../core/key.ts";
import { formatMoney } from "../core/money.ts";
import type { Problem } from "../core/outcome.ts";
import { toTimestamp } from "../core/time.ts";
import { withinLease } from "../journal/lease.ts";
import { fitReject } from "./fit.ts";
import { rejectProblems } from "./problems.ts";
import { insertRejectedRecords, type KnownReject, type RejectedRecord, readKnownRejects } from "./record.ts";

/** A file in the rejects folder, as a reconciliation tells of it. */
export interface RejectFile {
  readonly name: string;
  readonly sha256: string | null;
  /** Its `C` records. */
  readonly records: number;
  /** The batch whose lines it names. */
  readonly batchId: string | null;
  /** What a person should look at; empty when every record is a line of one batch. */
  readonly problems: readonly Problem[];
}

export interface Rejects {
  readonly files: readonly RejectFile[];
  readonly problems: readonly Problem[];
  /** When each import line was last found in a reject file, by `lineIdOf`. */
  readonly rejectedAt: ReadonlyMap<string, string>;
}

/**
 * Reads the reject files that lie in the company's folder and are new to the journal, and writes down which import
 * lines they name. A file is known by its content: it is read once, stays where it is, and is told of as long as
 * it lies there. What cannot be read never stops a reconciliation.
 */
export async function readRejects(context: CompanyContext, lines: readonly TrackedLine[]): Promise<Rejects> {
  const { db, names, company, files } = context;
  const found: RejectFile[] = [];
  const problems: Problem[] = [];
  if (company.rejects !== null) {
    const folder = company.rejects;
    const known = (await readKnownRejects(db, names, company.id)).files;
    const listed = await files.list(folder).catch((error: unknown) => {
      problems.push(rejectProblems.rejects_folder_unreadable(folder, messageOf(error)));
      return [];
    });
    for (const name of listed.filter(isDropped))
      found.push(await readOne(context, folder, name, known, lines));
  }
  const { rejectedAt } = await readKnownRejects(db, names, company.id);
  return { files: found, problems, rejectedAt };
}

/** Not what file systems and programs leave lying about: hidden files, locks, Windows' own. */
const isDropped = (name: string): boolean => !/^[.~]|^(thumbs\.db|desktop\.ini)$|\.tmp$/i.test(name);

async function readOne(
  context: CompanyContext,
  folder: string,
  name: string,
  known: ReadonlyMap<string, KnownReject>,
  lines: readonly TrackedLine[],
): Promise<RejectFile> {
  const unread = (problem: Problem, sha256: string | null = null): RejectFile => ({
    name,
    sha256,
    records: 0,
    batchId: null,
    problems: [problem],
  });
  if (!/\.jce$/i.test(name)) return unread(rejectProblems.reject_not_jce(name));
  let bytes: Uint8Array;
  try {
    bytes = await context.files.read(join(folder, name));
  } catch (error) {
    return unread(rejectProblems.reject_unreadable(name, `${messageOf(error)}.`));
  }
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const before = known.get(sha256);
  if (before) return { name, sha256, ...before, problems: problemsOf(name, before) };

  const { jce } = context.company;
  const parsed = readJce(bytes, { encoding: jce.encoding, extraField: jce.extra_field });
  if (!parsed.ok) return unread(rejectProblems.reject_unreadable(name, parsed.problem.message), sha256);
  const records = parsed.value.lines;
  if (records.length === 0) return unread(rejectProblems.reject_empty(name), sha256);

  const fit = fitReject(records, lines);
  const reject: KnownReject = {
    records: records.length,
    unplaced: records.filter(({ record }) => !fit?.placed.has(record)).map(({ record }) => record),
    batchId: fit?.batchId ?? null,
  };
  const readAt = toTimestamp(context.clock.now());
  await note(
    context,
    reject,
    records.map(({ job, extra, costCode, category, cents, record }) => {
      const tracked = fit?.placed.get(record);
      return {
        ...{ job, extra, costCode, category, cents, record, readAt },
        fileSha256: sha256,
        fileName: name.slice(0, 260),
        runId: context.runId,
        line: tracked ? { batchId: tracked.batch.batchId, lineNo: tracked.line.lineNo } : null,
      };
    }),
  );
  const doubts = fit?.ambiguous ? [rejectProblems.reject_ambiguous(name, fit.batchId)] : [];
  return { name, sha256, ...reject, problems: [...problemsOf(name, reject), ...doubts] };
}

function problemsOf(name: string, { records, unplaced, batchId }: KnownReject): Problem[] {
  if (batchId === null) return [rejectProblems.reject_fits_no_batch(name, records)];
  return unplaced.length > 0 ? [rejectProblems.reject_fits_in_part(name, { batchId, unplaced })] : [];
}

const note = (
  context: CompanyContext,
  { batchId }: KnownReject,
  records: readonly RejectedRecord[],
): Promise<void> =>
  withinLease(context, async (tx) => {
    const { names, company, actor, runId } = context;
    const [first] = records;
    if (!first) return;
    await insertRejectedRecords(tx, names, company.id, records);
    const event = await nextAuditEvent(
      tx,
      names,
      { company: company.id, at: first.readAt, actor, runId },
      {
        event: "reject_file_read",
        subject: first.fileName.slice(0, 200),
        details: {
          sha256: first.fileSha256,
          batch: batchId,
          records: records.map((record) => ({
            record: record.record,
            key: showKey(record),
            amount: formatMoney(record.cents),
            line: record.line?.lineNo ?? null,
          })),
        },
      },
    );
    await appendAudit(tx, names, event);
  });

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
