import { fail, type Outcome, ok } from "../core/outcome.ts";
import { type Clock, toTimestamp } from "../core/time.ts";
import type { Db, Queries, Sql } from "../db/db.ts";
import { columnsOf } from "../db/inspect.ts";
import { integer } from "../db/values.ts";
import type { Names } from "../names.ts";
import { takeEveryLease } from "./lease.ts";
import { MIGRATIONS, type Migration } from "./migrations.ts";
import { refuseOldLayout } from "./old-layout.ts";
import { journalProblems } from "./problems.ts";

const versionAfter = (migrations: readonly Migration[]): number => migrations.at(-1)?.version ?? 0;
export const JOURNAL_VERSION = versionAfter(MIGRATIONS);

/**
 * Brings the journal to this program's version, in one transaction that takes every company's lease: what runs
 * meanwhile is not upgraded under its feet, and what slept through it finds its lease gone. Making it again changes
 * nothing.
 * @returns the migrations that were made, by name; or `journal_old_layout`, `journal_newer`, or `journal_in_use` where a
 * run is under way
 */
export async function migrateJournal(
  db: Db,
  names: Names,
  clock: Clock,
  migrations = MIGRATIONS,
): Promise<Outcome<string[]>> {
  const version = versionAfter(migrations);
  const old = await refuseOldLayout(db, names);
  if (!old.ok) return old;
  const exists = (await columnsOf(db, names.journal("layout"))).size > 0;
  const work = async (tx: Queries): Promise<Outcome<string[]>> => {
    if (!exists) for (const statement of versionTable(tx.sql, names)) await execute(tx, statement);
    const current = await versionOf(tx, names);
    if (current > version) return fail(journalProblems.journal_newer(current, version));
    const due = migrations.filter((migration) => migration.version > current);
    if (due.length === 0) return ok([]);
    const user = current > 0 ? await takeEveryLease(tx, names) : null;
    if (user) return fail(journalProblems.journal_in_use(user.name, user.holder));
    for (const migration of due)
      for (const statement of statementsOf(migration, tx.sql, names, clock)) await execute(tx, statement);
    return ok(due.map((migration) => migration.name));
  };
  // If the answer to the commit is lost: it is made if it has this version now.
  return db.transaction(work, async (queries) => (await versionOf(queries, names)) === version);
}

/** What `migrateJournal` would run now, statement by statement, for a DBA to look at or to run by hand. Changes nothing. */
export async function plannedMigration(db: Db, names: Names, clock: Clock): Promise<Outcome<string[]>> {
  const old = await refuseOldLayout(db, names);
  if (!old.ok) return old;
  const exists = (await columnsOf(db, names.journal("layout"))).size > 0;
  const current = exists ? await versionOf(db, names) : 0;
  if (current > JOURNAL_VERSION) return fail(journalProblems.journal_newer(current, JOURNAL_VERSION));
  return ok([
    ...(exists ? [] : versionTable(db.sql, names)),
    ...MIGRATIONS.filter((migration) => migration.version > current).flatMap((migration) =>
      statementsOf(migration, db.sql, names, clock),
    ),
  ]);
}

/** Every statement that makes a journal of this version, in order. */
export const journalStatements = (sql: Sql, names: Names): string[] => [
  ...versionTable(sql, names),
  ...MIGRATIONS.flatMap((migration) => migration.statements(sql, names)),
];

/**
 * Whether the journal is of this program's version: `journal_old_layout`, `journal_missing`, `journal_older` or
 * `journal_newer` if not.
 */
export async function checkJournal(db: Db, names: Names): Promise<Outcome<void>> {
  const old = await refuseOldLayout(db, names);
  if (!old.ok) return old;
  if ((await columnsOf(db, names.journal("layout"))).size === 0)
    return fail(journalProblems.journal_missing());
  const current = await versionOf(db, names);
  if (current > JOURNAL_VERSION) return fail(journalProblems.journal_newer(current, JOURNAL_VERSION));
  if (current < JOURNAL_VERSION) return fail(journalProblems.journal_older(current, JOURNAL_VERSION));
  return ok(undefined);
}

/** The journal's version; 0 if none was noted. */
async function versionOf(queries: Queries, names: Names): Promise<number> {
  const [row] = await queries.query(
    queries.sql.build(names.journal("layout")).max("version as version").count("version as applied"),
  );
  return row && integer(row, "applied") > 0 ? integer(row, "version") : 0;
}

/** A migration's statements, and the one that notes that it was made. */
const statementsOf = (migration: Migration, sql: Sql, names: Names, clock: Clock): string[] => [
  ...migration.statements(sql, names),
  sql
    .build(names.journal("layout"))
    .insert({ version: migration.version, made_at: toTimestamp(clock.now()) })
    .toQuery(),
];

function versionTable(sql: Sql, names: Names): string[] {
  const table = names.journal("layout");
  const columns = "version int not null primary key, made_at varchar(30) not null";
  return sql.engine === "sqlite"
    ? [`create table ${table} (${columns})`]
    : ["if schema_id('tieout') is null exec('create schema tieout')", `create table ${table} (${columns})`];
}

// knex reads a question mark in a raw statement as a place for a value.
const execute = (tx: Queries, statement: string) =>
  tx.query(tx.sql.build.raw(statement.replaceAll("?", "\\?")));
