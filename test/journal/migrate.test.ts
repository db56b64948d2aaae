import { afterEach, beforeEach, expect, it } from "vitest";
import type { Db } from "../../src/db/db.ts";
import { columnsOf } from "../../src/db/inspect.ts";
import { openDatabase } from "../../src/db/open.ts";
import { integer, text } from "../../src/db/values.ts";
import { LeaseLost, releaseLease, takeLease, withinLease } from "../../src/journal/lease.ts";
import {
  checkJournal,
  JOURNAL_VERSION,
  migrateJournal,
  plannedMigration,
} from "../../src/journal/migrate.ts";
import { MIGRATIONS } from "../../src/journal/migrations.ts";
import { JOURNAL_TABLES, type Names, namesFor } from "../../src/names.ts";
import { createStaging } from "../../src/staging/create-staging.ts";
import { type DatabasePair, eachDatabase } from "../support/databases.ts";
import { testClock } from "../support/world.ts";

eachDatabase("the journal", (makePair) => {
  let pair: DatabasePair;
  let db: Db;
  let names: Names;
  beforeEach(async () => {
    pair = await makePair();
    db = await openDatabase(pair.owner.staging, { create: true });
    names = namesFor(pair.engine);
    await createStaging(db, names);
  });
  afterEach(async () => {
    await db.close();
    await pair.remove();
  });

  const versions = () => db.query(db.sql.build(names.journal("layout")).orderBy("version").select());
  const pretendVersion = async (version: number) => {
    await db.query(db.sql.build(names.journal("layout")).delete());
    await db.query(db.sql.build(names.journal("layout")).insert({ version, made_at: "2026" }));
  };

  it("is missing until it is made, and made whole in one go", async () => {
    expect(await checkJournal(db, names)).toMatchObject({ ok: false, problem: { name: "journal_missing" } });
    const made = await migrateJournal(db, names, testClock("2026-03-02T15:00:00Z"));
    expect(made).toEqual({ ok: true, value: expect.arrayContaining(["journal"]) });
    expect(await checkJournal(db, names)).toEqual({ ok: true, value: undefined });
    for (const table of [...JOURNAL_TABLES, "budget_action"] as const)
      expect((await columnsOf(db, names.journal(table))).size, table).toBeGreaterThan(0);
    const rows = await versions();
    expect(rows.map((row) => integer(row, "version"))).toEqual(rows.map((_, index) => index + 1));
    expect(rows.map((row) => text(row, "made_at"))).toContain("2026-03-02T15:00:00Z");
  });

  it("is not changed by making it again", async () => {
    await migrateJournal(db, names, testClock());
    await db.query(
      db.sql
        .build(names.journal("lease"))
        .insert({ name: "ACME", holder: "h", token: 5, expires_at: "2026" }),
    );
    const before = await versions();
    expect(await migrateJournal(db, names, testClock("2027-01-01T00:00:00Z"))).toEqual({
      ok: true,
      value: [],
    });
    expect(await versions()).toEqual(before);
    const leases = await db.query(db.sql.build(names.journal("lease")).select("name", "token"));
    expect(leases.map((row) => [row.name, integer(row, "token")])).toEqual([["ACME", 5]]);
  });

  it("of a newer program is neither worked with nor touched", async () => {
    await migrateJournal(db, names, testClock());
    await pretendVersion(JOURNAL_VERSION + 1);
    const before = await versions();
    for (const outcome of [await checkJournal(db, names), await migrateJournal(db, names, testClock())])
      expect(outcome).toMatchObject({ ok: false, problem: { name: "journal_newer" } });
    expect(await versions()).toEqual(before);
  });

  it("of an older program is not worked with before it is brought up", async () => {
    await migrateJournal(db, names, testClock());
    await pretendVersion(0);
    expect(await checkJournal(db, names)).toMatchObject({ ok: false, problem: { name: "journal_older" } });
  });

  it("that has a version table and no version yet is older, not missing", async () => {
    await migrateJournal(db, names, testClock());
    await db.query(db.sql.build(names.journal("layout")).delete());
    expect(await checkJournal(db, names)).toMatchObject({ ok: false, problem: { name: "journal_older" } });
  });

  it("of an older program is brought up once no run is under way, and what slept through it has lost its lease", async () => {
    await migrateJournal(db, names, testClock());
    const taken = await takeLease(db, names, "ACME");
    if ("heldBy" in taken) throw new Error(taken.heldBy);
    const next = [...MIGRATIONS, { version: JOURNAL_VERSION + 1, name: "next", statements: () => [] }];
    const undone = await db.query(db.sql.build(names.journal("lease")).select());
    expect(await migrateJournal(db, names, testClock(), next)).toMatchObject({
      ok: false,
      problem: { name: "journal_in_use", message: expect.stringContaining("ACME") },
    });
    expect(await db.query(db.sql.build(names.journal("lease")).select())).toEqual(undone);

    await releaseLease(db, names, taken.lease);
    expect(await migrateJournal(db, names, testClock(), next)).toEqual({ ok: true, value: ["next"] });
    await expect(withinLease({ db, names, lease: taken.lease }, async () => "done")).rejects.toThrow(
      LeaseLost,
    );
  });

  it("is shown beforehand as the statements that would make it, and these make it", async () => {
    const planned = await plannedMigration(db, names, testClock("2026-03-02T15:00:00Z"));
    expect(await checkJournal(db, names)).toMatchObject({ problem: { name: "journal_missing" } });
    if (!planned.ok) throw new Error(planned.problem.message);
    for (const statement of planned.value) await db.query(db.sql.build.raw(statement.replaceAll("?", "\\?")));
    expect(await checkJournal(db, names)).toEqual({ ok: true, value: undefined });
    expect(await plannedMigration(db, names, testClock())).toEqual({ ok: true, value: [] });
    expect(await migrateJournal(db, names, testClock())).toEqual({ ok: true, value: [] });
  });

  it("from before version 1 is not worked with, and can be made anew once its remedy was carried out", async () => {
    const journal = (table: string) => names.journal("layout").replace("layout", table);
    const execute = (statement: string) => db.query(db.sql.build.raw(statement));
    if (db.engine === "sqlserver") await execute("exec('create schema tieout')");
    for (const table of ["migration", "lease", "import_line", "movement", "audit_event"])
      await execute(`create table ${journal(table)} (version int)`);
    await execute(`insert into ${journal("migration")} (version) values (9)`);
    await execute(`create view ${journal("budget_action")} as select version from ${journal("movement")}`);

    const refused = await migrateJournal(db, names, testClock());
    expect(refused).toMatchObject({ ok: false, problem: { name: "journal_old_layout" } });
    expect(await checkJournal(db, names)).toEqual(refused);
    expect(await plannedMigration(db, names, testClock())).toEqual(refused);
    const hint = refused.ok ? "" : (refused.problem.hint ?? "");
    for (const [statement] of hint.matchAll(/drop (table|view) [\w. ]+/g)) await execute(statement);
    expect(await migrateJournal(db, names, testClock())).toEqual({ ok: true, value: ["journal"] });
    expect(await checkJournal(db, names)).toEqual({ ok: true, value: undefined });
  });

  it("that cannot be made as a whole is not made at all", async () => {
    const obstacle = names.journal("audit_event");
    if (db.engine === "sqlserver") await db.query(db.sql.build.raw("exec('create schema tieout')"));
    await db.query(db.sql.build.raw(`create table ${obstacle} (mine int)`));
    await expect(migrateJournal(db, names, testClock())).rejects.toThrow(/audit_event/);
    expect((await columnsOf(db, names.journal("lease"))).size).toBe(0);
    expect(await checkJournal(db, names)).toMatchObject({ ok: false, problem: { name: "journal_missing" } });
    expect(await db.query(db.sql.build(obstacle).select())).toEqual([]);
  });
});
