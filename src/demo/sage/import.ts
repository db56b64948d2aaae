import iconv from "iconv-lite";
import type { Queries } from "../../db/db.ts";
import { bit } from "../../db/values.ts";
import {
  type JceExtra,
  type JceFile,
  type JceJob,
  type JceLine,
  jceRecords,
  readJce,
} from "../../outbox/read-jce.ts";
import { addNewEntries, type NewEntry } from "./entries.ts";
import { ensureCategory, isClosed, type Masters } from "./masters.ts";

/** A file and the boxes ticked in Sage's import window. */
export interface ImportRequest {
  readonly fileName: string;
  readonly bytes: Uint8Array;
  readonly asApprovedChange: boolean;
  readonly allowCostCodeCreation: boolean;
  /** Default: windows-1252. */
  readonly encoding?: string;
  /** The field of a `C` record that carries the extra. Default: 13. */
  readonly extraField?: number;
}

/** What Sage's import report tells. */
export interface ImportReport {
  /** How many lines went into the new file. */
  readonly imported: number;
  readonly createdJobs: readonly string[];
  readonly createdExtras: readonly { readonly job: string; readonly extra: string }[];
  /** `record` is the line number in the file. */
  readonly rejected: readonly { readonly record: number; readonly reason: string }[];
  /** The rejected records as an import file of their own; null if there are none. */
  readonly rejectFile: Uint8Array | null;
  readonly warnings: readonly string[];
  /** Why nothing went in; null if the import ran. */
  readonly stopped: string | null;
}

const stoppedBy = (reason: string): ImportReport => ({
  imported: 0,
  createdJobs: [],
  createdExtras: [],
  rejected: [],
  rejectFile: null,
  warnings: [],
  stopped: reason,
});

/** Imports estimates: jobs, extras and cost codes come into being, lines go to the new file or are rejected. */
export async function importEstimates(
  tx: Queries,
  masters: Masters,
  request: ImportRequest,
): Promise<ImportReport> {
  const { fileName, bytes, encoding = "windows-1252", extraField = 13 } = request;
  const read = readJce(bytes, { encoding, extraField });
  if (!read.ok) return stoppedBy(`${fileName}: ${read.problem.message}`);
  const file = read.value;
  for (const { category, record } of file.lines)
    if (!(await masters.find("JCM_MASTER__STANDARD_CATEGORY", category)))
      return stoppedBy(`${fileName}: record ${record}: ${category} is not a standard category`);

  const createdJobs: string[] = [];
  const createdExtras: { job: string; extra: string }[] = [];
  const entries: Omit<NewEntry, "entry">[] = [];
  const rejected: { record: number; reason: string }[] = [];

  for (const item of inFileOrder(file)) {
    const { job, description } = item;
    if (!("extra" in item)) {
      if (await masters.find("JCM_MASTER__JOB", job)) continue;
      await masters.create("JCM_MASTER__JOB", { Job: job, Description: description, Status: "Unstarted" });
      createdJobs.push(job);
      continue;
    }
    const { extra, record } = item;
    const reason = isClosed(await masters.find("JCM_MASTER__JOB", job))
      ? `job ${job} is closed`
      : "costCode" in item
        ? await whyRejected(masters, item, request.allowCostCodeCreation)
        : null;
    if (reason) {
      rejected.push({ record, reason });
    } else if ("costCode" in item) {
      await ensureCategory(masters, item, description);
      const { costCode, category, day, quantity, cents } = item;
      const kind = request.asApprovedChange ? "approved_change" : "original";
      entries.push({ job, extra, costCode, category, kind, cents, day, description, quantity });
    } else if (!(await masters.find("JCM_MASTER__EXTRA", job, extra))) {
      const cells = { Job: job, Extra: extra, Description: description, Status: "Unstarted" };
      await masters.create("JCM_MASTER__EXTRA", cells);
      createdExtras.push({ job, extra });
    }
  }

  await addNewEntries(tx, entries);
  return {
    imported: entries.length,
    createdJobs,
    createdExtras,
    rejected,
    rejectFile: rejected.length > 0 ? rejectFileOf(file, request, rejected) : null,
    warnings: await remember(tx, fileName),
    stopped: null,
  };
}

const inFileOrder = (file: JceFile): (JceJob | JceExtra | JceLine)[] =>
  [...file.jobs, ...file.extras, ...file.lines].sort((a, b) => a.record - b.record);

async function whyRejected(masters: Masters, line: JceLine, allowCreation: boolean): Promise<string | null> {
  const { job, extra, costCode, category } = line;
  if (extra !== "") {
    const master = await masters.find("JCM_MASTER__EXTRA", job, extra);
    if (!master) return `job ${job} has no extra ${extra}`;
    if (isClosed(master)) return `extra ${extra} is closed`;
  }
  const onJob = await masters.find("JCM_MASTER__COST_CODE", job, extra, costCode);
  const known = onJob ?? (await masters.find("JCM_MASTER__STANDARD_COST_CODE", costCode));
  if (!known) return allowCreation ? null : `${costCode} is not on the standard cost code list`;
  if (bit(known, "Group_Cost_Code")) return `${costCode} is a group cost code`;
  if (isClosed(onJob)) return `cost code ${costCode} is closed`;
  if (isClosed(await masters.find("JCM_MASTER__CATEGORY", job, extra, costCode, category)))
    return `category ${category} of ${costCode} is closed`;
  return null;
}

/** The rejected records as they stood in the file, each job's under its `*` record. */
function rejectFileOf(
  file: JceFile,
  { bytes, encoding = "windows-1252" }: ImportRequest,
  rejected: readonly { readonly record: number }[],
): Uint8Array {
  const jobRecords = new Set(file.jobs.map(({ record }) => record));
  const rejectedRecords = new Set(rejected.map(({ record }) => record));
  const kept: string[] = [];
  let heading: string[] = [];
  for (const [index, text] of jceRecords(bytes, encoding).entries()) {
    if (jobRecords.has(index + 1)) heading = [text];
    if (!rejectedRecords.has(index + 1)) continue;
    kept.push(...heading, text);
    heading = [];
  }
  return iconv.encode(kept.map((text) => `${text}\r\n`).join(""), encoding);
}

/** Sage does not refuse a file that it has seen: it warns, and adds everything again. */
async function remember(tx: Queries, fileName: string): Promise<string[]> {
  const seen = await tx.query(tx.sql.build("SIM_FILE").where({ name: fileName }).select("name"));
  if (seen.length > 0) return [`${fileName} was already imported; its entries were added again`];
  await tx.query(tx.sql.build("SIM_FILE").insert({ name: fileName }));
  return [];
}
