import { join } from "node:path";
import type { CompanyContext } from "../../context.ts";
import { lineIdOf, type TrackedLine } from "../../core/import-line.ts";
import { showKey } from "../../core/key.ts";
import { fitReject } from "../../core/match/fit-reject.ts";
import { formatMoney } from "../../core/money.ts";
import type { Problem } from "../../core/outcome.ts";
import { sha256 } from "../../core/sha256.ts";
import type { TieOut } from "../../core/tie-out/schema.ts";
import { toTimestamp } from "../../core/time.ts";
import { tellAudit } from "../../journal/audit-chain.ts";
import { touchJobs } from "../../journal/jobs.ts";
import { withinLease } from "../../journal/lease.ts";
import {
  insertRejectedRecords,
  type KnownReject,
  type RejectedRecord,
  readKnownRejects,
} from "../../journal/rejected-records.ts";
import { readJce } from "../../outbox/read-jce.ts";
import { rejectProblems } from "./reject-problems.ts";

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
  /** Jobs of the lines that files which are new to the journal name. */
  readonly newOnJobs: ReadonlySet<string>;
}

type Reading = Pick<CompanyContext, "db" | "names" | "company" | "files" | "clock">;

/** Import lines on some jobs. */
export type LinesOn = (jobs: readonly string[]) => Promise<readonly TrackedLine[]>;

/** Writes down a reject file that is new to the journal. */
export type KeepReject = (reject: KnownReject, records: readonly RejectedRecord[]) => Promise<void>;

/**
 * Reads the reject files that lie in the company's folder and are new to the journal, and says which import lines
 * they name. A file is known by its content: it is read once, stays where it is, and is told of as long as it lies
 * there. What cannot be read never stops a reconciliation.
 */
export async function readRejects(context: Reading, linesOn: LinesOn, keep: KeepReject): Promise<Rejects> {
  const { db, names, company, files } = context;
  const known = await readKnownRejects(db, names, company.id);
  const [seen, rejectedAt] = [new Map(known.files), new Map(known.rejectedAt)];
  const newOnJobs = new Set<string>();
  const found: RejectFile[] = [];
  const problems: Problem[] = [];
  if (company.rejects !== null) {
    const folder = company.rejects;
    const listed = await files.list(folder).catch((error: unknown) => {
      problems.push(rejectProblems.rejects_folder_unreadable(folder, messageOf(error)));
      return [];
    });
    for (const name of listed.filter(isDropped)) {
      const { file, reject, records } = await readOne(context, folder, name, seen, linesOn);
      found.push(file);
      if (!reject) continue;
      await keep(reject, records);
      // The same file may lie there under another name as well.
      if (file.sha256 !== null) seen.set(file.sha256, reject);
      for (const { line, readAt } of records)
        if (line) rejectedAt.set(lineIdOf(line.batchId, line.lineNo), readAt);
      for (const { job, line } of records) if (line) newOnJobs.add(job);
    }
  }
  return { files: found, problems, rejectedAt, newOnJobs };
}

/** The files that a person should look at, as a tie-out keeps them. */
export const rejectFilesToLookAt = ({ files }: Rejects): TieOut["reject_files"] =>
  files.flatMap(({ name, problems }) =>
    problems.map(({ name: problem, message, hint }) => ({
      file_name: name,
      problem,
      message,
      remedy: hint,
    })),
  );

/** Not what file systems and programs leave lying about: hidden files, locks, Windows' own. */
const isDropped = (name: string): boolean => !/^[.~]|^(thumbs\.db|desktop\.ini)$|\.tmp$/i.test(name);

interface ReadReject {
  readonly file: RejectFile;
  /** null if it is known already, or cannot be read. */
  readonly reject: KnownReject | null;
  readonly records: readonly RejectedRecord[];
}

async function readOne(
  context: Reading,
  folder: string,
  name: string,
  known: ReadonlyMap<string, KnownReject>,
  linesOn: LinesOn,
): Promise<ReadReject> {
  const unread = (problem: Problem, sha256: string | null = null): ReadReject => ({
    file: { name, sha256, records: 0, batchId: null, problems: [problem] },
    reject: null,
    records: [],
  });
  if (!/\.jce$/i.test(name)) return unread(rejectProblems.reject_not_jce(name));
  let bytes: Uint8Array;
  try {
    bytes = await context.files.read(join(folder, name));
  } catch (error) {
    return unread(rejectProblems.reject_unreadable(name, `${messageOf(error)}.`));
  }
  const hash = sha256(bytes);
  const before = known.get(hash);
  if (before)
    return {
      file: { name, sha256: hash, ...before, problems: problemsOf(name, before) },
      reject: null,
      records: [],
    };

  const { jce } = context.company;
  const parsed = readJce(bytes, { encoding: jce.encoding, extraField: jce.extra_field });
  if (!parsed.ok) return unread(rejectProblems.reject_unreadable(name, parsed.problem.message), hash);
  const records = parsed.value.lines;
  if (records.length === 0) return unread(rejectProblems.reject_empty(name), hash);

  const fit = fitReject(records, await linesOn([...new Set(records.map(({ job }) => job))]));
  const reject: KnownReject = {
    records: records.length,
    unplaced: records.filter(({ record }) => !fit?.placed.has(record)).map(({ record }) => record),
    batchId: fit?.batchId ?? null,
  };
  const readAt = toTimestamp(context.clock.now());
  const doubts = fit?.ambiguous ? [rejectProblems.reject_ambiguous(name, fit.batchId)] : [];
  return {
    file: { name, sha256: hash, ...reject, problems: [...problemsOf(name, reject), ...doubts] },
    reject,
    records: records.map(({ job, extra, costCode, category, cents, record }) => {
      const tracked = fit?.placed.get(record);
      return {
        ...{ job, extra, costCode, category, cents, record, readAt },
        fileSha256: hash,
        fileName: name.slice(0, 260),
        line: tracked ? { batchId: tracked.batch.batchId, lineNo: tracked.line.lineNo } : null,
      };
    }),
  };
}

function problemsOf(name: string, { records, unplaced, batchId }: KnownReject): Problem[] {
  if (batchId === null) return [rejectProblems.reject_fits_no_batch(name, records)];
  return unplaced.length > 0 ? [rejectProblems.reject_fits_in_part(name, { batchId, unplaced })] : [];
}

/** Keeps what a reconciliation reads: in the journal, with an event. */
export const keepRejects =
  (context: CompanyContext): KeepReject =>
  ({ batchId }, records) =>
    withinLease(context, async (tx) => {
      const [first] = records;
      if (!first) return;
      await insertRejectedRecords(context, tx, records);
      await touchJobs(
        context,
        tx,
        records.flatMap(({ job, line }) => (line ? [job] : [])),
      );
      await tellAudit(context, tx, first.readAt, {
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
      });
    });

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
