import { statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CompanyConfig } from "../config/schema.ts";
import type { Db } from "../db/db.ts";
import type { Files } from "../files.ts";
import { readBatches } from "../journal/batches.ts";
import { mappingInForce } from "../mapping/in-force.ts";
import { loadMappingFolder } from "../mapping/read-folder.ts";
import type { Names } from "../names.ts";
import { checkOutbox } from "../outbox/check-outbox.ts";
import { type Finding, problem, type Seen, warning } from "./findings.ts";

/** Which folders are written to; the others are only read. */
const WRITTEN = { mappings: false, outbox: true, rejects: false, reports: true } as const;
type FolderKey = keyof typeof WRITTEN;

/** Tries what publishing does in each folder that is written to, and leaves nothing behind. */
export async function checkFolders(files: Files, company: CompanyConfig): Promise<Seen> {
  const findings: Finding[] = [];
  for (const key of Object.keys(WRITTEN) as FolderKey[]) {
    const folder = company[key];
    if (folder === null) continue;
    const isThere = await files.exists(folder);
    if (!isThere) {
      findings.push(
        (key === "mappings" ? problem : warning)(
          `The folder ${folder} (${key}) is not there.`,
          `If it is on a share, see that this is connected; else make it: mkdir "${folder}"`,
        ),
      );
      continue;
    }
    try {
      if (WRITTEN[key]) await probe(files, folder);
      else await files.list(folder);
    } catch (error) {
      findings.push(
        problem(
          `${WRITTEN[key] ? "A file cannot be written, synced and renamed" : "Files cannot be listed"} in ${folder} (${key}): ${(error as Error).message}.`,
          "Give the account that runs the program the right to, and see that it is a folder on a working disk.",
        ),
      );
    }
  }
  return { findings };
}

async function nearestAbove(files: Files, folder: string): Promise<string> {
  const above = dirname(folder);
  return above === folder || (await files.exists(above)) ? above : nearestAbove(files, above);
}

/** Writes a file through to the disk, renames it, makes the name durable, and takes it away again. */
async function probe(files: Files, folder: string): Promise<void> {
  const name = join(folder, `.tieout-doctor-${process.pid}`);
  try {
    await files.write(`${name}.tmp`, new TextEncoder().encode("a probe, to be taken away at once\n"));
    await files.rename(`${name}.tmp`, `${name}.renamed`);
    await files.syncFolder(folder);
  } finally {
    for (const left of [`${name}.tmp`, `${name}.renamed`]) await files.remove(left).catch(() => undefined);
  }
}

const MEBIBYTE = 1024n * 1024n;
/** A year of batches of a large company. */
const COMFORTABLE = 1024n * MEBIBYTE;
/** Not enough for a day of them. */
const TOO_LITTLE = 100n * MEBIBYTE;

export async function checkDiskSpace(files: Files, company: CompanyConfig): Promise<Seen> {
  const where = (await files.exists(company.outbox))
    ? company.outbox
    : await nearestAbove(files, company.outbox);
  const { bavail, bsize } = await statfs(where, { bigint: true });
  const free = bavail * bsize;
  const found = free < TOO_LITTLE ? problem : free < COMFORTABLE ? warning : null;
  const detail = `${free / MEBIBYTE} MiB free at ${where}`;
  return {
    detail,
    findings: found ? [found(`Only ${detail}.`, "Make room, or move the outbox to another disk.")] : [],
  };
}

interface JournalAccess {
  readonly db: Db;
  readonly names: Names;
  readonly files: Files;
  readonly company: CompanyConfig;
}

export async function checkOutboxFolders(access: JournalAccess): Promise<Seen> {
  const { db, names, company } = access;
  const outbox = await checkOutbox(access);
  const unwritten = await readBatches(db, names, company.id, "claimed");
  return {
    findings: [
      ...(outbox.ok ? [] : [problem(outbox.problem.message, outbox.problem.hint)]),
      ...(unwritten.length > 0
        ? [
            warning(
              `Claimed and not yet written: ${unwritten.map(({ batchId }) => batchId).join(", ")}.`,
              "The next run writes them; if it does not, its message says why.",
            ),
          ]
        : []),
    ],
  };
}

export async function checkMapping(journal: Db | null, names: Names, company: CompanyConfig): Promise<Seen> {
  const loaded = await loadMappingFolder(company.mappings, { formats: company.formats });
  if (!journal && !loaded.ok) return { findings: [problem(loaded.problem.message, loaded.problem.hint)] };
  const { mapping, refused } = journal
    ? await mappingInForce({ db: journal, names }, company)
    : { mapping: null, refused: "" };
  if (refused === "") return { detail: "the folder's set is good", findings: [] };
  return {
    findings: [
      problem(
        `The mapping files are refused, ${mapping ? "the last good set stays in force" : "and no good set was ever seen, so that everything is held"}: ${refused}`,
        loaded.ok ? "Run `tieout doctor` again when nobody changes them." : loaded.problem.hint,
      ),
    ],
  };
}
