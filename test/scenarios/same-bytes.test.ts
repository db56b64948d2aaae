import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Files, realFiles } from "../../src/files.ts";
import { holderIsGone, takeLease } from "../../src/journal/lease.ts";
import type { JournalTable } from "../../src/names.ts";
import { baselineOf } from "../../src/run/decide/baseline.ts";
import { releaseDocument } from "../../src/run/decide/release.ts";
import { type CompanyExport, exportAll } from "../../src/run/export/export.ts";
import { planAll } from "../../src/run/look/plan.ts";
import type { RunContext } from "../../src/run/records.ts";
import { type DatabasePair, eachDatabase } from "../support/databases.ts";
import { anotherInstance, exportOne, tree } from "../support/instances.ts";
import { ownWorld, type Site } from "../support/with-world.ts";
import { COMPANY, stageBudget, stageModification, testClock, type World } from "../support/world.ts";

eachDatabase("what is written", (makePair) => {
  let pair: DatabasePair;
  let world: World;
  const instances: RunContext[] = [];

  /** A site of its own with the same budget and modification accepted: what a copy of all databases would be. */
  const begin = async (): Promise<Site> => {
    const site = await ownWorld(makePair);
    await stageBudget(site.world, "25-1001", [
      ["L1", null, "03-100", "M", "9600.00"],
      ["L2", "PH1", "01-510", "C", "230750.37"],
    ]);
    await stageModification(site.world, "25-1001", "1", [["A1", null, "16-700", "L", "-0.01"]]);
    return site;
  };
  beforeEach(async () => {
    ({ pair, world } = await begin());
  });
  afterEach(async () => {
    for (const { db } of instances.splice(0)) await db.close();
  });

  const instance = async (changes: Partial<RunContext> = {}, on = world): Promise<RunContext> => {
    const context = await anotherInstance(on, changes);
    instances.push(context);
    return context;
  };
  const journal = (table: JournalTable, on = world) =>
    on.db.query(on.db.sql.build(on.context.names.journal(table)).select());
  const outbox = () => readdirSync(world.outbox).sort();
  const everything = async () => ({
    staging: [
      await world.rows("budget"),
      await world.rows("budget_line_item"),
      await world.rows("budget_modification"),
    ],
    batches: await journal("batch"),
    lines: await journal("import_line"),
    movements: await journal("movement"),
    audit: await journal("audit_event"),
    outbox: tree(world.outbox),
  });

  describe("the same database", () => {
    it("gives the same import files, trace and cover sheet from two copies, by two instances", async () => {
      const exports = [];
      for (const place of [await begin(), await begin()]) {
        expect(await exportOne(await instance({}, place.world))).toMatchObject({ error: null });
        exports.push(tree(join(place.pair.folder, "outbox")));
      }
      const [first, second] = exports.map((files) => {
        files.delete("ACME-000001/ACME-000001-manifest.json");
        return files;
      });
      expect([...(first?.keys() ?? [])]).toHaveLength(4);
      expect(first).toEqual(second);
    });

    it("gives the same import files whenever, by whoever and with whichever version they are written", async () => {
      const exports = [];
      for (const changes of [
        {},
        { clock: testClock("2026-03-09T08:00:00Z"), actor: "other@machine", toolVersion: "9.9.9" },
      ]) {
        const place = await begin();
        await exportAll(await instance(changes, place.world), { transactionDate: "2026-03-02" });
        exports.push([...tree(join(place.pair.folder, "outbox"))].filter(([name]) => name.endsWith(".jce")));
      }
      expect(exports[0]).toHaveLength(2);
      expect(exports[0]).toEqual(exports[1]);
    });
  });

  describe("a database restored from an older copy", () => {
    it("stops its company as long as the outbox knows more, and changes nothing", async () => {
      const before = await begin();
      await exportOne(world.context);
      const written = tree(world.outbox);

      cpSync(world.outbox, before.world.outbox, { recursive: true });
      const restored = await instance({}, before.world);
      const { batches, error } = await exportOne(restored);
      expect(batches).toEqual([]);
      expect(error).toMatchObject({ name: "journal_behind_outbox" });
      expect(error?.message).toContain("ACME-000001");
      const [budget] = await before.world.rows("budget");
      expect([budget?.erp_status, Number(budget?.erp_locked)]).toEqual(["accepted", 0]);
      expect(await journal("batch", before.world)).toEqual([]);
      expect(tree(before.world.outbox)).toEqual(written);
    });

    it("stops a plan and every decision of a person as it stops an export", async () => {
      const before = await begin();
      await exportOne(world.context);
      cpSync(world.outbox, before.world.outbox, { recursive: true });
      const restored = await instance({}, before.world);
      const { companies } = await planAll(restored);
      expect(companies).toMatchObject([
        { batches: [], plan_id: "", error: { name: "journal_behind_outbox" } },
      ]);
      const decision = { source: "zero", reason: "nothing was there" } as const;
      for (const decided of [
        await baselineOf(restored, "25-1001", { decision }),
        await releaseDocument(restored, "B-25-1001", { reason: "it is meant" }),
      ])
        expect(decided).toMatchObject({ ok: false, problem: { name: "journal_behind_outbox" } });
      for (const table of ["baseline", "release"] as const)
        expect(await journal(table, before.world)).toEqual([]);
    });

    it("goes on where the copy was made between claim and publishing: the folder is there, and is the same", async () => {
      const between = await begin();
      const crash = await instance({ files: { ...realFiles, makeFolder: fault } }, between.world);
      expect(await exportOne(crash)).toMatchObject({ batches: [], error: { name: "company_failed" } });
      // What the crashed one claimed is published from the journal alone, elsewhere: that is the folder found here.
      await exportOne(await instance({}, between.world));
      const written = tree(between.world.outbox);
      await claimedAgain(between.world);
      const restored = await instance({}, between.world);
      expect(await exportOne(restored)).toMatchObject({
        batches: [{ batch_id: "ACME-000001", recovered: true }],
        error: null,
      });
      expect(tree(between.world.outbox)).toEqual(written);
    });

    it("lets folders be that are no batches of the company", async () => {
      for (const name of ["ACME-2-000001", "ACME-12345", "old ACME-000009", "OTHER-000001"])
        mkdirSync(join(world.outbox, name), { recursive: true });
      expect(await exportOne(world.context)).toMatchObject({
        batches: [{ batch_id: "ACME-000001" }],
        error: null,
      });
    });
  });

  /** The database as it was between claim and publishing. */
  const claimedAgain = ({ db, context: { names } }: World) =>
    db.query(
      db.sql
        .build(names.journal("batch"))
        .update({ written_at: null, written_event: null, manifest_sha256: null }),
    );

  const fault = async (): Promise<never> => {
    throw new Error("the disk is gone");
  };

  describe("a folder of the batch's name that is there already", () => {
    const occupations: Record<string, (folder: string) => void> = {
      "an empty one": (folder) => mkdirSync(folder, { recursive: true }),
      "one with somebody's file": (folder) => {
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, "notes.txt"), "mine");
      },
      "one with a file of the batch that says something else": (folder) => {
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, "ACME-000001-1-original.jce"), '*,"25-1001","Other"\r\n');
      },
    };

    for (const [what, occupy] of Object.entries(occupations)) {
      it(`is left alone when found before writing: ${what}`, async () => {
        await exportOne(await instance({ files: { ...realFiles, makeFolder: fault } }));
        await stageBudget(world, "25-1002", [["L9", null, "16-700", "L", "5.00"]]);
        occupy(join(world.outbox, "ACME-000001"));
        const found = tree(world.outbox);

        const { batches, error } = await exportOne(world.context);
        expect({ batches, error: error?.name }).toEqual({ batches: [], error: "batch_folder_exists" });
        expect(tree(world.outbox)).toEqual(found);
        // Numbers are not passed over: nothing else of the company is claimed, and the batch stays claimed.
        expect(await journal("batch")).toMatchObject([{ batch_id: "ACME-000001", written_at: null }]);
        expect((await world.rows("budget")).map((budget) => budget.erp_status)).toEqual([
          "exported",
          "accepted",
        ]);

        rmSync(join(world.outbox, "ACME-000001"), { recursive: true });
        expect((await exportOne(world.context)).batches).toMatchObject([
          { batch_id: "ACME-000001", recovered: true },
          { batch_id: "ACME-000002", recovered: false },
        ]);
        expect(outbox()).toEqual(["ACME-000001", "ACME-000002"]);
      });

      it(`is left alone when it comes while the batch is being written: ${what}`, async () => {
        const folder = join(world.outbox, "ACME-000001");
        const syncFolder: Files["syncFolder"] = async (path) => {
          occupy(folder);
          await realFiles.syncFolder(path);
        };
        const { error } = await exportOne(await instance({ files: { ...realFiles, syncFolder } }));
        expect(error?.name).toBe("batch_folder_exists");
        occupy(join(pair.folder, "expected"));
        expect(tree(folder)).toEqual(tree(join(pair.folder, "expected")));
        expect(outbox()).toEqual(["ACME-000001"]);
      });
    }
  });

  /** An instance that stands still at a call to the file system until it is let go. */
  async function stallingAt(call: "list" | "makeFolder" | "rename", when = (_path: string) => true) {
    let letGo = () => {};
    let reached = () => {};
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const standing = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const stalled = async (...paths: [string, string]): Promise<never> => {
      if (when(paths[0])) {
        reached();
        await gate;
      }
      return (realFiles[call] as (...paths: string[]) => Promise<never>)(...paths);
    };
    const context = await instance({ files: { ...realFiles, [call]: stalled } });
    const result: Promise<CompanyExport> = exportOne(context);
    await standing;
    return {
      finish: (): Promise<CompanyExport> => {
        letGo();
        return result;
      },
    };
  }

  describe("two instances", () => {
    const expireLease = () =>
      world.db.query(
        world.db.sql
          .build(world.context.names.journal("lease"))
          .update({ expires_at: "2000-01-01T00:00:00Z" }),
      );

    it("leave a company to the one that came first, and the second has nothing left to do", async () => {
      const first = await stallingAt("makeFolder");
      const second = await exportOne(world.context);
      expect(second).toMatchObject({ batches: [], error: { name: "company_busy" } });
      expect(await first.finish()).toMatchObject({ batches: [{ batch_id: "ACME-000001" }], error: null });
      expect(await exportOne(world.context)).toMatchObject({ batches: [], error: null });
      expect(outbox()).toEqual(["ACME-000001"]);
    });

    it("take over at once from a holder on this machine whose process is gone", async () => {
      const gone = spawn(process.execPath, ["--version"], { stdio: "ignore" });
      await new Promise((resolve) => gone.once("exit", resolve));
      const holder = `${hostname()}/${gone.pid}/x`;
      expect(holderIsGone(holder)).toBe(true);
      await takeLease(world.db, world.context.names, COMPANY, holder);
      expect(await exportOne(world.context)).toMatchObject({
        batches: [{ batch_id: "ACME-000001" }],
        error: null,
      });
    });

    it("wait for a holder that lives, here or elsewhere, and take over when its lease has run out", async () => {
      for (const holder of [`${hostname()}/${process.ppid}/x`, `elsewhere.invalid/1/x`]) {
        expect(holderIsGone(holder)).toBe(false);
        await takeLease(world.db, world.context.names, COMPANY, holder);
        const { error } = await exportOne(world.context);
        expect(error).toMatchObject({ name: "company_busy" });
        expect(error?.message).toContain(holder);
        await expireLease();
      }
      expect(await exportOne(world.context)).toMatchObject({
        batches: [{ batch_id: "ACME-000001" }],
        error: null,
      });
      expect((await journal("lease")).map((row) => Number(row.token))).toEqual([3]);
    });

    const stalls = {
      "before it has claimed anything": ["list", () => true],
      "before it makes the temporary folder": ["makeFolder", (path: string) => path.endsWith(".tmp")],
      "at the rename": ["rename", () => true],
    } as const;
    for (const [when, [call, at]] of Object.entries(stalls))
      it(`one that wakes up too late, having stalled ${when}, changes nothing`, async () => {
        const late = await stallingAt(call, at);
        await expireLease();
        const claimed = call !== "list";
        expect(await exportOne(world.context)).toMatchObject({
          batches: [{ batch_id: "ACME-000001", recovered: claimed }],
          error: null,
        });
        const before = await everything();

        expect(await late.finish()).toMatchObject({ batches: [], error: { name: "company_busy" } });
        expect(await everything()).toEqual(before);
        expect(outbox()).toEqual(["ACME-000001"]);
        expect(await exportOne(world.context)).toMatchObject({ batches: [], error: null });
      });

    it("do not disturb the one that took over and is still writing", async () => {
      const late = await stallingAt("rename");
      await expireLease();
      const writing = await stallingAt("rename", (path) => path.endsWith(".2.tmp"));
      expect(await late.finish()).toMatchObject({ batches: [], error: { name: "company_busy" } });
      expect(outbox()).toEqual([".ACME-000001.2.tmp"]);
      expect(await writing.finish()).toMatchObject({ batches: [{ recovered: true }], error: null });
      expect(outbox()).toEqual(["ACME-000001"]);
    });
  });
});
