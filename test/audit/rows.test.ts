import { expect, it } from "vitest";
import { verifyAudit } from "../../src/audit/audit.ts";
import type { Row } from "../../src/db/db.ts";
import { columnsOf } from "../../src/db/inspect.ts";
import { COPIED, COVERED, type CoveredPart, UNREFERRED } from "../../src/journal/covered-columns.ts";
import { insertKnownEntries } from "../../src/journal/known-entries.ts";
import { takeLease, withinLease } from "../../src/journal/lease.ts";
import { JOURNAL_TABLES, type JournalTable } from "../../src/names.ts";
import { eachDatabase } from "../support/databases.ts";
import { liveALittle } from "../support/small-life.ts";
import { withWorld } from "../support/with-world.ts";
import type { World } from "../support/world.ts";

/** Tables that no event stands for: docs/auditors.md says why. */
const NOT_COVERED = ["layout", "lease", "run", "document_reason", "job", "tie_out_part", "audit_event"];
const PARTS: readonly CoveredPart[] = Object.values(COVERED);
const TABLES: readonly JournalTable[] = [...new Set(PARTS.map(({ table }) => table))];
const columnsIn = (of: Readonly<Partial<Record<string, readonly string[]>>>, table: string) =>
  of[table] ?? [];

eachDatabase("rows that events stand for", (makePair, engine) => {
  let world: World;
  withWorld(makePair, async (site) => {
    world = site.world;
    await liveALittle(world);
  });

  const build = (table: JournalTable) => world.db.sql.build(world.context.names.journal(table));
  const messages = async (): Promise<string[]> => {
    const result = await verifyAudit(world.context, {});
    if (!result.ok) throw new Error(result.problem.message);
    return result.value.companies.flatMap(({ findings }) => findings.map(({ message }) => message));
  };
  /** A row of a table that events stand for in all of its parts, if there is one. */
  const anyRow = async (table: JournalTable): Promise<Row> => {
    const rows = await world.db.query(build(table).select());
    const isWhole = (row: Row) =>
      PARTS.every((part) => part.table !== table || part.event === null || row[part.event] !== null);
    const row = rows.find(isWhole) ?? rows[0];
    if (!row) throw new Error(`${table} has no row`);
    return row;
  };
  const where = (table: JournalTable, row: Row) =>
    build(table).where((all) => {
      for (const [column, value] of Object.entries(row))
        if (value === null) all.whereNull(column);
        else all.where(column, value as never);
    });
  const other = (value: Row[string]) =>
    typeof value === "bigint" ? (value + 1_000n).toString() : value === null ? 1 : `${String(value)}x`;

  it("are good as they were written, on every engine", async () => {
    expect(await messages()).toEqual([]);
  });

  it("are all there is in the journal but for what is told not to be", async () => {
    expect([...TABLES, ...NOT_COVERED].toSorted()).toEqual([...JOURNAL_TABLES].toSorted());
    for (const table of TABLES) {
      const covered = PARTS.filter((part) => part.table === table).flatMap(({ columns }) => columns);
      const rest = [...columnsIn(COPIED, table), ...columnsIn(UNREFERRED, table)];
      const isHashed = PARTS.some((part) => part.table === table && part.hasHash);
      const known = new Set([...covered, ...rest, ...(isHashed ? ["row_hash"] : [])]);
      const actual = await columnsOf(world.db, world.context.names.journal(table));
      expect([table, ...[...known].toSorted()]).toEqual([table, ...[...actual].toSorted()]);
    }
  });

  it.runIf(engine === "sqlite")("are found changed, in whichever column of whichever table", async () => {
    for (const table of TABLES) {
      const row = await anyRow(table);
      for (const column of Object.keys(row)) {
        if (columnsIn(UNREFERRED, table).includes(column)) continue;
        await world.db.query(where(table, row).update({ [column]: other(row[column] ?? null) }));
        const found = await messages();
        await world.db.query(
          where(table, { ...row, [column]: other(row[column] ?? null) } as Row).update({
            [column]: row[column],
          }),
        );
        const isNamed = (message: string) => new RegExp(`\\b${table}\\b`).test(message);
        expect([table, column, found.some(isNamed)]).toEqual([table, column, true]);
      }
    }
    expect(await messages()).toEqual([]);
  });

  it.runIf(engine === "sqlite")("are found put there or taken away, in whichever table", async () => {
    for (const table of TABLES) {
      const row = await anyRow(table);
      await world.db.query(where(table, row).delete());
      expect([table, (await messages()).join("\n")]).toEqual([table, expect.stringContaining(table)]);
      await world.db.query(build(table).insert(row));
      expect([table, ...(await messages())]).toEqual([table]);

      const key = ["movement_id", "hold_id", "tie_out_id", "id", "record", "line_no", "version", "sequence"];
      const changed = key.find((column) => column in row) ?? (table === "baseline" ? "project_id" : "event");
      const added = { ...row, [changed]: other(row[changed] ?? null) } as Row;
      for (const unique of ["batch_id", "number"])
        if (table === "batch") added[unique] = other(row[unique] ?? null);
      if (table === "sent_document") added.document_id = other(row.document_id ?? null);
      await world.db.query(build(table).insert(added));
      expect([table, (await messages()).join("\n")]).toEqual([table, expect.stringContaining(table)]);
      await world.db.query(where(table, added).delete());
    }
    expect(await messages()).toEqual([]);
  });

  it("are named, where one of many was changed", async () => {
    await world.db.query(build("import_line").where({ line_no: 2, job: "25-1001" }).update({ cents: 1 }));
    expect(await messages()).toEqual([
      expect.stringMatching(
        /^The rows of import_line that event 3 of ACME \(batch_claimed ACME-000001, .*they do not say what they said\. Not as it was written: batch 1, line_no 2\.$/,
      ),
    ]);
  });

  it("cannot be written without an event that tells of them", async () => {
    const [company] = world.context.config.companies;
    const taken = await takeLease(world.context.db, world.context.names, "ACME");
    if (!company || "heldBy" in taken) throw new Error("the lease is free");
    const own = { ...world.context, company, timeZone: "UTC", runId: "run-1", lease: taken.lease };
    const entry = {
      job: "25-1001",
      extra: "",
      costCode: "03-100",
      category: "MAT",
      kind: "original",
    } as const;
    const entries = [{ ...entry, cents: 1n, run: 99n, sequence: 1n, stampDay: null }];
    const untold = withinLease(own, (tx) => insertKnownEntries(own, tx, { claimOf: 9 }, entries));
    await expect(untold).rejects.toThrow(/no event tells of what was written for ACME/);
    expect(await messages()).toEqual([]);
  });
});
