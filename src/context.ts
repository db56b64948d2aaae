import type { CompanyConfig, Config } from "./config/schema.ts";
import type { Clock } from "./core/time.ts";
import type { Db } from "./db/db.ts";
import type { Files } from "./files.ts";
import type { Log } from "./log.ts";
import type { Names } from "./names.ts";

/** What every command works with: all that touches the world outside is passed in here. */
export interface Context {
  readonly config: Config;
  /** Staging and journal: one database, so that flags and journal change in one transaction. */
  readonly db: Db;
  readonly names: Names;
  readonly clock: Clock;
  readonly files: Files;
  readonly log: Log;
  /** Who does it, for the audit trail. */
  readonly actor: string;
  readonly toolVersion: string;
  /** Aborted when the process is asked to stop: what is claimed is finished, nothing new is begun. */
  readonly signal: AbortSignal;
}

/**
 * The right to work for a company. Each taking raises the token, and each journal transaction checks it: one
 * that was thought dead and wakes up finds its token outdated and can change nothing.
 */
export interface Lease {
  readonly name: string;
  readonly holder: string;
  readonly token: bigint;
}

/** One company's part of a run, holding the company's lease. */
export interface CompanyContext extends Context {
  readonly company: CompanyConfig;
  /** IANA name; the company's calendar days are counted in it. */
  readonly timeZone: string;
  readonly runId: string;
  readonly lease: Lease;
}
