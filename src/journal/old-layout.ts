import { fail, type Outcome, ok } from "../core/outcome.ts";
import type { Db } from "../db/db.ts";
import { columnsOf } from "../db/inspect.ts";
import type { Names } from "../names.ts";
import { journalProblems } from "./problems.ts";

/** The tables of a journal from before version 1. Those who tried the program before it was released may have one. */
const OLD_TABLES = [
  "lease",
  "run",
  "mapping_set",
  "batch",
  "sent_document",
  "import_line",
  "movement",
  "known_entry",
  "posting",
  "hold",
  "document_reason",
  "baseline",
  "release",
  "rejected_record",
  "accepted_difference",
  "opening_total",
  "tie_out_content",
  "tie_out",
  "audit_event",
] as const;

/** What a table was called where a journal of today would have it. */
const oldTable = (names: Names, table: string): string => names.journal("layout").replace(/layout$/, table);
/** Its table of versions, a name that a journal of today has not. */
const oldVersions = (names: Names): string => oldTable(names, "migration");

/** Refuses a journal from before version 1: its tables have names of today and say something else. */
export async function refuseOldLayout(db: Db, names: Names): Promise<Outcome<void>> {
  if ((await columnsOf(db, oldVersions(names))).size === 0) return ok(undefined);
  return fail(
    journalProblems.journal_old_layout([
      `drop view if exists ${names.journal("budget_action")}`,
      ...OLD_TABLES.map((table) => `drop table if exists ${oldTable(names, table)}`),
      // Last: as long as it is there, nothing is worked with.
      `drop table ${oldVersions(names)}`,
    ]),
  );
}
