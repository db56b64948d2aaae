import { join } from "node:path";
import { moneyJson } from "../../core/money-json.ts";
import type { Problem } from "../../core/outcome.ts";
import { type Day, dayIn } from "../../core/time.ts";
import { type Files, writeWhole } from "../../files.ts";
import type { EndedRun, OwnRun } from "../../run/records.ts";
import { assembleRunRecord } from "./assemble.ts";
import { runLogProblems } from "./problems.ts";
import { type RunInJournal, readRun } from "./read.ts";
import type { RunRecord } from "./schema.ts";
import { runRecordText } from "./text.ts";

/**
 * Writes a run's record as text and JSON into `runs/<month>` of the company's folder of reports. The month is that of
 * the company's day on which the run began; the name has the moment in UTC. A run that did and found nothing new has
 * a record only if it is the command's first of the day. The run stands whether or not this can be done.
 * @returns what stood in its way
 */
export async function writeRunRecord(ended: EndedRun): Promise<Problem | null> {
  const { run, command, startedAt, result } = ended;
  const { company, files, timeZone, runId } = run;
  if (company.reports === null) return null;
  const day = dayIn(timeZone, new Date(startedAt));
  const folder = join(company.reports, "runs", day.slice(0, 7));
  try {
    const journal = await journalOf(run, result);
    const isNews =
      result.error !== null ||
      journal === null ||
      journal.events.length + journal.movements.length + journal.unfinished.length > 0;
    const ofCompany = `-${company.id}-${command}-`;
    if (!isNews && (await hasRecordOf(files, folder, { ofCompany, day, timeZone }))) return null;
    const name = `${compact(startedAt)}${ofCompany}${runId}`;
    await writeRecord(files, folder, name, assembleRunRecord(ended, journal));
    return null;
  } catch (error) {
    return runLogProblems.run_record_not_written(
      folder,
      error instanceof Error ? error.message : String(error),
    );
  }
}

/**
 * null where the journal cannot be read: the record of a run that failed is written all the same. A database that was
 * lost is not asked again, since that would only put off saying so.
 */
async function journalOf(run: OwnRun, { error }: EndedRun["result"]): Promise<RunInJournal | null> {
  if (error?.name === "database_lost") return null;
  try {
    return await readRun(run);
  } catch (reason) {
    if (error) return null;
    throw reason;
  }
}

/** `20260302T150000Z` */
const compact = (timestamp: string): string => timestamp.replace(/[-:]/g, "");

async function hasRecordOf(
  files: Files,
  folder: string,
  { ofCompany, day, timeZone }: { ofCompany: string; day: Day; timeZone: string },
): Promise<boolean> {
  for (const name of await files.list(folder)) {
    const [, date, time, rest] = /^(\d{8})T(\d{6})Z(-.*)\.json$/.exec(name) ?? [];
    // What follows is a run's id: company `A-export` is not company `A`.
    if (!date || !time || !rest?.startsWith(ofCompany) || !/^\d{8}T/.test(rest.slice(ofCompany.length)))
      continue;
    const moment = `${date.replace(/(....)(..)(..)/, "$1-$2-$3")}T${time.replace(/(..)(..)(..)/, "$1:$2:$3")}Z`;
    if (dayIn(timeZone, new Date(moment)) === day) return true;
  }
  return false;
}

/** Both or none: the JSON comes last, and takes the text with it if it fails. */
async function writeRecord(files: Files, folder: string, name: string, record: RunRecord): Promise<void> {
  const text = join(folder, `${name}.txt`);
  await files.makeFolder(folder);
  await writeWhole(files, text, Buffer.from(runRecordText(record), "utf8"));
  try {
    const json = `${moneyJson(record, 1)}\n`;
    await writeWhole(files, join(folder, `${name}.json`), Buffer.from(json, "utf8"));
  } catch (error) {
    await files.remove(text).catch(() => undefined);
    throw error;
  }
}
