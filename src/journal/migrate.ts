import { fail, type Outcome, ok } from "../core/outcome.ts";
import type { Clock } from "../core/time.ts";
import { toTimestamp } from "../core/time.ts";
import type { Db } from "../db/db.ts";
import { columnsOf } from "../db/inspect.ts";
import type { Names } from "../db/names.ts";
import { integer } from "../db/values.ts";
import { MIGRATIONS } from "./migrations.ts";
import { journalProblems } from "./problems.ts";

export const JOURNAL_VERSION = MIGRATIONS.at(-1)?.version ?? 0;

/**
 * Brings the journal to this program's version; making it again changes nothing.
 * @returns the migrations that were made, by name, or `journal_newer`
 */
export async function migrateJournal(db: Db, names: Names, clock: Clock): Promise<Outcome<string[]>> {
  return db.transaction(async (tx) => {
    for (const statement of versionTable(db, names)) await tx.query(tx.sql.build.raw(statement));
    const [row] = await tx.query(
      tx.sql.build(names.journal("migration")).max("version as version").count("version as applied"),
    );
    const current = row && integer(row, "applied") > 0 ? integer(row, "version") : 0;
    if (current > JOURNAL_VERSION) return fail(journalProblems.journal_newer(current, JOURNAL_VERSION));
    const made: string[] = [];
    for (const migration of MIGRATIONS.filter((m) => m.version > current)) {
      for (const statement of migration.statements(tx.sql, names))
        await tx.query(tx.sql.build.raw(escapeBindings(statement)));
      await tx.query(
        tx.sql
          .build(names.journal("migration"))
          .insert({ version: migration.version, name: migration.name, applied_at: toTimestamp(clock.now()) }),
      );
      made.push(migration.name);
    }
    return ok(made);
  });
}

/** Whether the journal is of this program's version: `journal_missing`, `journal_older` or `journal_newer` if not. */
export async function checkJournal(db: Db, names: Names): Promise<Outcome<void>> {
  if ((await columnsOf(db, names.journal("migration"))).size === 0)
    return fail(journalProblems.journal_missing());
  const [row] = await db.query(
    db.sql.build(names.journal("migration")).max("version as version").count("version as applied"),
  );
  const current = row && integer(row, "applied") > 0 ? integer(row, "version") : 0;
  if (current > JOURNAL_VERSION) return fail(journalProblems.journal_newer(current, JOURNAL_VERSION));
  if (current < JOURNAL_VERSION) return fail(journalProblems.journal_older(current, JOURNAL_VERSION));
  return ok(undefined);
}

function versionTable(db: Db, names: Names): string[] {
  const table = names.journal("migration");
  const columns =
    "version int not null primary key, name varchar(100) not null, applied_at varchar(30) not null";
  return db.engine === "sqlite"
    ? [`create table if not exists ${table} (${columns})`]
    : [
        "if schema_id('tieout') is null exec('create schema tieout')",
        `if object_id('${table}') is null create table ${table} (${columns})`,
      ];
}

// knex reads a question mark in a raw statement as a place for a value.
const escapeBindings = (statement: string): string => statement.replaceAll("?", "\\?");
