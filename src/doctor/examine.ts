import { type Config, companyTimezone } from "../config/schema.ts";
import type { Clock } from "../core/time.ts";
import type { Db } from "../db/db.ts";
import { DatabaseUnavailable } from "../db/failures.ts";
import { openDatabase } from "../db/open.ts";
import type { Files } from "../files.ts";
import type { Log } from "../log.ts";
import type { Names } from "../names.ts";
import { openSageCopy } from "../sage/open-copy.ts";
import type { CopyLook } from "../sage/read-copy.ts";
import { type CheckName, type CheckResult, problem, type Seen } from "./findings.ts";
import { checkDiskSpace, checkFolders, checkMapping, checkOutboxFolders } from "./folders.ts";
import {
  checkHolds,
  checkJournalRights,
  checkJournalTables,
  checkJournalVersion,
  checkLease,
} from "./journal.ts";
import { checkConfiguration, checkNode, checkTimeZones } from "./machine.ts";
import { checkSageAge, checkSageTables } from "./sage.ts";
import {
  checkClock,
  checkServer,
  checkStagingColumns,
  checkStagingIndexes,
  checkStagingRights,
} from "./staging.ts";

export interface Examined {
  readonly config: Config;
  readonly names: Names;
  readonly clock: Clock;
  readonly files: Files;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly nodeVersion: string;
}

/**
 * Looks at everything that a run depends on, and changes nothing. What stands in the way of one check is that
 * check's finding; the others go on.
 */
export async function examine(subject: Examined, onlyCompany?: string): Promise<CheckResult[]> {
  const { config, clock, files } = subject;
  const results: CheckResult[] = [];
  /** Runs a check; one that breaks is a finding of its own. @returns what it saw, null if it broke */
  const look = async <T extends Seen>(
    check: CheckName,
    company: string | null,
    work: () => T | Promise<T>,
  ): Promise<T | null> => {
    try {
      const seen = await work();
      const { findings, detail } = seen;
      results.push({ check, company, findings, ...(detail === undefined ? {} : { detail }) });
      return seen;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const mend = error instanceof DatabaseUnavailable ? MEND_CONNECTION : "See what the message says.";
      results.push({ check, company, findings: [problem(`This could not be looked at: ${message}.`, mend)] });
      return null;
    }
  };
  const skip = (check: CheckName, company: string | null, skipped: string) =>
    results.push({ check, company, findings: [], skipped });

  await look("configuration", null, () => checkConfiguration(config));
  await look("node_version", null, () => checkNode(subject.nodeVersion));
  await look("time_zones", null, () => checkTimeZones(config, clock.now()));

  let staging: Db | null = null;
  await look("staging_connection", null, async () => {
    // For reading only: what a killed process left beside a SQLite file is not for doctor to tidy up.
    staging = await openDatabase(config.staging, {
      readonly: true,
      log: subject.log,
      signal: subject.signal,
    });
    return { findings: [] };
  });
  try {
    const journal = await lookAtStaging(subject, staging, look, skip);
    for (const company of config.companies) {
      if (onlyCompany !== undefined && company.id !== onlyCompany) continue;
      await lookAtSage(subject, company, look, skip);
      await look("folders", company.id, () => checkFolders(files, company));
      await look("disk_space", company.id, () => checkDiskSpace(files, company));
      const checks = {
        lease: (db: Db) => checkLease(db, subject.names, company),
        holds: (db: Db) => checkHolds(db, subject.names, company),
        outbox: (db: Db) => checkOutboxFolders({ db, names: subject.names, files, company }),
      };
      await look("mapping", company.id, () => checkMapping(journal, subject.names, company));
      for (const [check, work] of Object.entries(checks) as [CheckName, (db: Db) => Promise<Seen>][])
        if (journal) await look(check, company.id, () => work(journal));
        else skip(check, company.id, "there is no journal to look at");
    }
  } finally {
    await (staging as Db | null)?.close().catch(() => undefined);
  }
  return results;
}

const MEND_CONNECTION =
  "Check the connection in the configuration: server, port, database, login and password, and that a firewall lets this machine through; for SQLite the file's path, and that it is a database.";

type Look = <T extends Seen>(
  check: CheckName,
  company: string | null,
  work: () => T | Promise<T>,
) => Promise<T | null>;
type Skip = (check: CheckName, company: string | null, why: string) => void;

/** @returns the database if its journal is there, for the checks that read it */
async function lookAtStaging(
  { names, clock, files, config }: Examined,
  db: Db | null,
  look: Look,
  skip: Skip,
): Promise<Db | null> {
  const checks = {
    server_settings: (open: Db) => checkServer(open),
    clock: (open: Db) => checkClock(open, clock),
    staging_columns: (open: Db) => checkStagingColumns(open, names),
    staging_indexes: (open: Db) => checkStagingIndexes(open, names),
    staging_rights: (open: Db) => checkStagingRights(open, names, files, config.staging),
    journal_version: (open: Db) => checkJournalVersion(open, names),
  };
  let journalIsThere = db !== null;
  for (const [check, work] of Object.entries(checks) as [CheckName, (open: Db) => Promise<Seen>][]) {
    if (!db) {
      skip(check, null, "the staging database does not answer");
      continue;
    }
    const seen = await look(check, null, () => work(db));
    if (check === "journal_version") journalIsThere = seen !== null && seen.findings.length === 0;
  }
  for (const [check, work] of [
    ["journal_tables", (open: Db) => checkJournalTables(open, names, clock)],
    ["journal_rights", (open: Db) => checkJournalRights(open, names)],
  ] as const)
    if (db && journalIsThere) await look(check, null, () => work(db));
    else skip(check, null, "there is no journal of this version to look at");
  return journalIsThere ? db : null;
}

async function lookAtSage(
  subject: Examined,
  company: Config["companies"][number],
  look: Look,
  skip: Skip,
): Promise<void> {
  const { clock, config } = subject;
  let copy: CopyLook | null = null;
  const connected = await look("sage_connection", company.id, async () => {
    const opened = await openSageCopy(company.sage, subject);
    return opened.ok
      ? { findings: [], source: opened.value }
      : { findings: [problem(opened.problem.message, MEND_CONNECTION)], source: null };
  });
  const source = connected?.source;
  if (source)
    try {
      copy = (await look("sage_tables", company.id, () => checkSageTables(source)))?.copy ?? null;
    } finally {
      await source.db.close().catch(() => undefined);
    }
  else skip("sage_tables", company.id, "Sage's copy does not answer");
  const read = copy;
  if (read)
    await look("sage_age", company.id, () =>
      checkSageAge(read, company, companyTimezone(config, company), clock),
    );
  else skip("sage_age", company.id, "Sage's copy could not be read");
}
