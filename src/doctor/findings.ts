/** Everything that is looked at, in this order: what it is, and why a run depends on it. */
export const CHECKS = {
  configuration: {
    what: "settings that weaken a connection, and folders that are used twice",
    why: "what is configured is what a run does, whatever was meant",
  },
  node_version: { what: "the version of Node.js", why: "older ones lack what the program is built on" },
  time_zones: {
    what: "the time zones of the configuration, and the days on which their clocks change",
    why: "the transaction date, overdue lines and schedules are counted in them",
  },
  staging_connection: {
    what: "whether the staging database answers and takes the login",
    why: "nothing can be exported or unlocked without it",
  },
  server_settings: {
    what: "version and settings of the database",
    why: "older versions lack JSON, and a damaged file loses what was written",
  },
  clock: {
    what: "this machine's clock against the database's",
    why: "batches are dated by the one, leases end by the other",
  },
  staging_columns: {
    what: "tables, columns and types of staging against its contract",
    why: "what is not there cannot be read, and an amount in a floating-point column has lost digits already",
  },
  staging_indexes: {
    what: "whether staging's tables have the indexes by which rows are looked up",
    why: "without them each look-up reads a whole table, and a run takes longer with every project there ever was",
  },
  staging_rights: {
    what: "what the login may do in staging: all that is needed, and no more",
    why: "a missing right stops a run half-way; one too many lets a mistake do harm",
  },
  journal_version: {
    what: "whether the journal is there and of this program's version",
    why: "the memory of what was sent is what keeps it from being sent twice",
  },
  journal_tables: {
    what: "tables and columns of the journal against what the migrations make",
    why: "a journal that somebody changed cannot be trusted to tell what was sent",
  },
  journal_rights: {
    what: "what the login may do in the journal: movements and audit events are only ever added",
    why: "proof that nothing was changed since rests on nobody being able to",
  },
  lease: {
    what: "who is at work for a company now",
    why: "another instance that nobody knows of explains runs that do nothing",
  },
  holds: {
    what: "what the last export held",
    why: "a held budget stays locked until somebody mends the cause",
  },
  sage_connection: {
    what: "whether the company's copy of Sage answers and takes the login",
    why: "nothing is exported that cannot be checked against Sage",
  },
  sage_tables: {
    what: "tables, columns and numbering of Sage's copy, and whether it is being refreshed",
    why: "what the copy lacks can neither be checked nor seen as posted",
  },
  sage_age: {
    what: "the newest entry that Sage's copy shows",
    why: "a copy that is no longer refreshed unlocks nothing",
  },
  folders: {
    what: "mapping, outbox, reject and report folders: there, writable, synced to the disk, renamed in one step",
    why: "a batch must appear complete or not at all",
  },
  disk_space: { what: "free space where batches are written", why: "a full disk stops the export" },
  outbox: {
    what: "outbox folders that the journal does not know, and batches that are claimed and not written",
    why: "the one tells of a restored database, the other of a run that did not get to its end",
  },
  mapping: { what: "the mapping files", why: "without a good set nothing can be mapped" },
} as const satisfies Record<string, { readonly what: string; readonly why: string }>;
export type CheckName = keyof typeof CHECKS;

/** `problem`: a run would fail or do wrong. `warning`: it would work, and somebody should know. */
export type FindingLevel = "problem" | "warning";

export interface Finding {
  readonly level: FindingLevel;
  /** What was found, expected against actual. */
  readonly what: string;
  /** What to do; a statement or command where there is one. */
  readonly mend: string;
}

export const problem = (what: string, mend: string): Finding => ({ level: "problem", what, mend });
export const warning = (what: string, mend: string): Finding => ({ level: "warning", what, mend });

/** What a check saw: what is found wrong, and what is worth saying although nothing is. */
export interface Seen {
  readonly findings: readonly Finding[];
  readonly detail?: string;
}

export interface CheckResult extends Seen {
  readonly check: CheckName;
  /** null where it is no company's. */
  readonly company: string | null;
  /** Why it could not be looked at, as another check says; absent where it was. */
  readonly skipped?: string;
}
