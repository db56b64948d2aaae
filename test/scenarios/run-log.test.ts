import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { verifyAudit } from "../../src/audit/audit.ts";
import { DatabaseUnavailable } from "../../src/db/failures.ts";
import { realFiles } from "../../src/files.ts";
import { acceptDifference } from "../../src/run/decide/accept.ts";
import { baselineOf } from "../../src/run/decide/baseline.ts";
import { releaseDocument } from "../../src/run/decide/release.ts";
import { exportAll } from "../../src/run/export/export.ts";
import { reconcileAll } from "../../src/run/reconcile/reconcile.ts";
import type { RunContext } from "../../src/run/records.ts";
import { type DatabasePair, eachDatabase } from "../support/databases.ts";
import { exportOne, sha256 } from "../support/instances.ts";
import { disagreeing, readRunRecords, type WrittenRecord } from "../support/run-records.ts";
import { withWorld } from "../support/with-world.ts";
import { stageBudget, stageModification, type World } from "../support/world.ts";

/** A process that runs a built command, and kills itself at one step of it. */
const CHILD = fileURLToPath(new URL("../support/run-and-stop.mjs", import.meta.url));

eachDatabase("the record of a run", (makePair) => {
  let pair: DatabasePair;
  let world: World;
  withWorld(makePair, (site) => {
    ({ world, pair } = site);
  });

  const BATCH = "ACME-000001";
  const runs = (month = "2026-03") => join(pair.folder, "reports", "runs", month);
  const names = (month?: string) => (existsSync(runs(month)) ? readdirSync(runs(month)).sort() : []);
  const records = (month?: string): WrittenRecord[] =>
    readRunRecords(join(pair.folder, "reports")).filter(
      ({ day }) => month === undefined || day.startsWith(month),
    );
  /** The record of the only run of a command. */
  const only = (command: string, month?: string): WrittenRecord => {
    const [record, second] = records(month).filter((one) => one.command === command);
    if (!record || second) throw new Error(`not one record of ${command}: ${names(month).join(", ")}`);
    return record;
  };
  const textOf = (command: string): string => {
    const [name = ""] = names().filter((one) => one.includes(`-${command}-`) && one.endsWith(".txt"));
    return readFileSync(join(runs(), name), "utf8");
  };
  const reconcile = async (context: RunContext = world.context) => {
    const [company] = (await reconcileAll(context)).companies;
    if (!company) throw new Error("the configuration has a company");
    return company;
  };
  const later = (minutes: number) =>
    world.clock.set(new Date(world.clock.now().getTime() + minutes * 60_000).toISOString());
  const control = (record: WrittenRecord, name: string, of: string) =>
    record.controls.find((one) => one.name === name && one.of === of);
  const amounts = (record: WrittenRecord, name: string, of: string) =>
    Object.fromEntries(control(record, name, of)?.parts.map((part) => [part.name, part.amount]) ?? []);
  const stageThreeLines = () =>
    stageBudget(world, "25-1001", [
      ["L1", null, "03-100", "M", "9600.00"],
      ["L2", null, "16-700", "L", "70.00"],
      ["L3", "PH1", "01-510", "C", "12.34"],
    ]);

  it("of an export says what was accepted and what became of it, and its totals are those of the files", async () => {
    await stageThreeLines();
    await stageModification(world, "25-1001", "1", [["A1", null, "16-700", "L", "-20.00"]]);
    await stageBudget(world, "25-1002", [["L9", null, "99-999", "M", "500.00"]]);
    await exportOne(world.context);
    const record = only("export");
    expect(record).toMatchObject({
      company: "ACME",
      command: "export",
      actor: "test@machine",
      tool_version: "0.0.0-test",
      started_at: "2026-03-02T15:00:00Z",
      ended_at: "2026-03-02T15:00:00Z",
      day: "2026-03-02",
      outcome: "done",
      error: null,
      data: { copy: { highest_run: null }, mapping: { version: 1 } },
      holds: { began: [{ rule: "unmapped_cost_code", document_id: "B-25-1002" }], ended: [], current: 1 },
      lines: { awaiting_posting: 4 },
    });
    expect(record.accepted.map(({ document_id, amount, became }) => [document_id, amount, became])).toEqual([
      ["B-25-1001", "9682.34", "exported"],
      ["M-25-1001-1", "-20.00", "exported"],
      ["B-25-1002", "500.00", "held"],
    ]);

    // The files, added up here from their own bytes.
    const [batch] = record.batches;
    expect(batch).toMatchObject({ batch_id: BATCH, state: "written", recovered: false });
    for (const { name, sha256: hash, lines, amount_total } of batch?.files ?? []) {
      const bytes = world.folder(BATCH).get(name) ?? Buffer.of();
      const cLines = bytes
        .toString("latin1")
        .split("\r\n")
        .filter((line) => line.startsWith("C,"));
      const total = cLines.reduce((sum, line) => sum + Math.round(Number(line.split(",")[7]) * 100), 0);
      expect([hash, lines, amount_total]).toEqual([sha256(bytes), cLines.length, (total / 100).toFixed(2)]);
      expect(control(record, "import_file", name)).toMatchObject({ agrees: true, sum: amount_total });
    }
    expect(batch?.files.map(({ amount_total }) => amount_total)).toEqual(["9682.34", "-20.00"]);

    expect(control(record, "accepted", "original")).toMatchObject({
      whole: { amount: "10182.34" },
      sum: "10182.34",
      agrees: true,
    });
    expect(amounts(record, "accepted", "original")).toMatchObject({
      "exported by this run": "9682.34",
      held: "500.00",
    });
    expect(amounts(record, "accepted", "approved_change")).toMatchObject({
      "exported by this run": "-20.00",
    });
    expect(record.movements).toMatchObject([
      { from: "accepted", to: "claimed", kind: "approved_change", amount: "-20.00" },
      { from: "accepted", to: "claimed", kind: "original", amount: "9682.34" },
    ]);
    const text = textOf("export");
    for (const words of ["9,682.34", "-20.00", "500.00", BATCH, record.run_id, record.audit_head, "agrees"])
      expect(text).toContain(words);
    expect(text).not.toContain("DOES NOT AGREE");
    expect(text.split("\n").filter((line) => [...line].length > 80)).toEqual([]);
  });

  it("of an export that sends a difference counts what was sent before, and what has nothing to send", async () => {
    await stageThreeLines();
    await exportOne(world.context);
    await world.importBatch(BATCH);
    await world.sage.post({ which: "all" });
    later(30);
    await reconcile();
    await world.statement("update staging.budget set erp_status = 'accepted', erp_synced = 0");
    await world.statement(
      "update staging.budget_line_item set original_amount = '100.00' where line_item_id = 'L2'",
    );
    later(30);
    await exportOne(world.context);
    const second = records().filter(({ command }) => command === "export")[1];
    if (!second) throw new Error("there are two exports");
    expect(second.accepted).toMatchObject([
      { amount: "9712.34", sent_before: "9682.34", became: "exported" },
    ]);
    expect(control(second, "accepted", "original")).toMatchObject({
      whole: { amount: "9712.34" },
      agrees: true,
    });
    expect(amounts(second, "accepted", "original")).toMatchObject({
      "sent before, a baseline included": "9682.34",
      "exported by this run": "30.00",
    });

    await world.importBatch("ACME-000002");
    await world.sage.post({ which: "all" });
    later(30);
    await reconcile();
    await world.statement("update staging.budget set erp_status = 'accepted', erp_synced = 0");
    later(30);
    await exportOne(world.context);
    const third = records().filter(({ command }) => command === "export")[2];
    expect(third).toMatchObject({
      accepted: [{ became: "nothing_to_send", amount: "9712.34", sent_before: "9712.34" }],
      synced: [{ document: "budget", document_id: "B-25-1001" }],
      batches: [],
    });
    expect(third?.controls.every(({ agrees }) => agrees)).toBe(true);
  });

  it("of a reconciliation divides what was exported into posted, waiting, differing and closed", async () => {
    await stageThreeLines();
    await exportOne(world.context);
    await world.importBatch(BATCH);
    await world.sage.post({ which: (entry) => entry.costCode === "03-100" });
    await world.sage.post({
      which: (entry) => entry.costCode === "16-700",
      change: ({ cents }) => cents - 1_000n,
    });
    later(30);
    await reconcile();
    const record = only("reconcile");
    expect(control(record, "exported", "original")).toMatchObject({
      whole: { amount: "9682.34" },
      agrees: true,
    });
    expect(amounts(record, "exported", "original")).toEqual({
      "posted as exported": "9600.00",
      "awaiting posting": "12.34",
      differing: "70.00",
      "closed by a person": "0.00",
    });
    // What Sage carries of it, as Sage itself adds it up.
    const inSage = (
      await world.sageDb.query(world.sageDb.sql.build("JCT_CURRENT__TRANSACTION").select("Amount"))
    ).reduce((sum, row) => sum + Math.round(Number(row.Amount) * 100), 0);
    expect(control(record, "posted", "original")).toMatchObject({
      whole: { amount: (inSage / 100).toFixed(2) },
      agrees: true,
    });
    expect(record).toMatchObject({
      lines: { posted: 1, amount_differs: 1, awaiting_posting: 1 },
      differences: [{ state: "amount_differs", exported: "70.00", posted: "60.00" }],
      movements: [{ from: "claimed", to: "posted", kind: "original", amount: "9600.00" }],
    });
    expect(record.events.map(({ event }) => event)).toEqual(["reconciled", "tie_out_stored"]);
    expect(textOf("reconcile")).toContain("amount differs");

    later(30);
    await acceptDifference(world.context, { batchId: BATCH, lineNo: 2 }, "agreed with the owner, memo 17");
    const accepted = only("accept");
    expect(accepted.decision).toEqual({
      event: "difference_accepted",
      subject: `${BATCH}, line 2`,
      reason: "agreed with the owner, memo 17",
    });
    expect(amounts(accepted, "exported", "original")).toMatchObject({ "closed by a person": "70.00" });
    expect(disagreeing([accepted])).toEqual([]);
    expect(textOf("accept")).toContain("memo 17");
  });

  it("is not written again by runs that do and find nothing new, but for each command's first of the day", async () => {
    await stageThreeLines();
    await exportOne(world.context);
    await reconcile();
    const first = names();
    expect(first).toHaveLength(4);
    for (const hour of [1, 2]) {
      later(60 * hour);
      await exportOne(world.context);
      await reconcile();
    }
    expect(names()).toEqual(first);
    world.clock.set("2026-03-03T05:30:00Z");
    await exportOne(world.context);
    await reconcile();
    expect(
      records()
        .map(({ day, command }) => `${day} ${command}`)
        .sort(),
    ).toEqual(["2026-03-02 export", "2026-03-02 reconcile", "2026-03-03 export", "2026-03-03 reconcile"]);
  });

  it("lies with the month of the company's day, and is called by the moment in UTC", async () => {
    world.clock.set("2026-04-01T03:59:59Z");
    await exportOne(world.context);
    expect(names("2026-04")).toEqual([]);
    expect(only("export", "2026-03")).toMatchObject({
      day: "2026-03-31",
      started_at: "2026-04-01T03:59:59Z",
    });
    world.clock.set("2026-04-01T04:00:00Z");
    await exportOne(world.context);
    const april = only("export", "2026-04");
    expect(april.day).toBe("2026-04-01");
    const name = `20260401T040000Z-ACME-export-${april.run_id}`;
    expect(names("2026-04")).toEqual([`${name}.json`, `${name}.txt`]);
  });

  it("of a run that failed names the error, what it saw until then, and what to do", async () => {
    await stageThreeLines();
    await exportOne(world.context);
    later(30);
    await world.sageDb.query(world.sageDb.sql.build("JCM_MASTER__JOB").delete());
    expect((await reconcile()).error).not.toBeNull();
    const failed = only("reconcile");
    expect(failed).toMatchObject({ outcome: "failed", error: { name: "sage_table_empty" }, controls: [] });
    expect(failed.error?.hint).not.toBe("");
    expect(failed.audit_head).toMatch(/^[0-9a-f]{64}$/);
    const text = textOf("reconcile");
    expect(text).toContain("failed (sage_table_empty)");
    expect(text.replaceAll(/\s+/g, " ")).toContain(failed.error?.hint.replaceAll(/\s+/g, " "));
  });

  it("of a run whose database went away is written all the same, with what is known without the journal", async () => {
    await stageThreeLines();
    const { db } = world.context;
    const lost = () => Promise.reject(new DatabaseUnavailable("Connection lost", "unreachable"));
    let asked = 0;
    const away: RunContext = {
      ...world.context,
      db: {
        ...db,
        transaction: lost,
        reading: (work) => {
          asked++;
          return db.reading(work);
        },
      },
    };
    expect((await exportOne(away)).error?.name).toBe("database_lost");
    const record = only("export");
    expect(record).toMatchObject({
      ...{ outcome: "failed", error: { name: "database_lost" }, audit_head: null, holds: null, lines: null },
      ...{ events: [], controls: [], batches: [] },
    });
    expect(asked, "of staging, before the run; the journal is not asked").toBeLessThanOrEqual(1);
    expect(textOf("export")).toContain("the journal could not be read");
    const verified = await verifyAudit(world.context, {});
    expect(verified.ok && verified.value.companies[0]).toMatchObject({ result: "good", heads_known: 0 });
  });

  it("tells of earlier runs that have no end, once", async () => {
    await exportOne(world.context);
    later(15);
    const { db } = world.context;
    await db.query(
      db.sql.build(world.context.names.journal("run")).insert({
        run_id: "20260302T151500Z-killed00",
        company: "ACME",
        command: "export",
        started_at: "2026-03-02T15:15:00Z",
        actor: "daemon@machine",
        tool_version: "0.0.0-test",
      }),
    );
    later(15);
    await exportOne(world.context);
    expect(records().at(-1)?.unfinished_runs).toEqual([
      {
        run_id: "20260302T151500Z-killed00",
        command: "export",
        started_at: "2026-03-02T15:15:00Z",
        actor: "daemon@machine",
      },
    ]);
    expect(records()).toHaveLength(2);
    later(15);
    await exportOne(world.context);
    expect(records(), "nothing new to tell").toHaveLength(2);
  });

  it("that was killed is not there; the next run's tells of it, and of the batch that it left unwritten", async () => {
    await stageThreeLines();
    const company = {
      ...{ id: "ACME", sage: pair.sage },
      ...{ mappings: "mappings", outbox: "outbox", reports: "reports" },
    };
    const config = { timezone: "America/New_York", staging: pair.staging, companies: [company] };
    const how = {
      ...{ command: "export", folder: pair.folder, config, moment: "2026-03-02T15:00:00Z" },
      ...{ at: "rename .ACME-000001", how: "kill" },
    };
    const child = spawnSync(process.execPath, [CHILD, JSON.stringify(how)], { encoding: "utf8" });
    expect([child.signal, child.stderr]).toEqual(["SIGKILL", ""]);
    expect(names()).toEqual([]);
    later(15);
    await exportOne(world.context);
    const next = only("export");
    expect(next.unfinished_runs).toMatchObject([{ command: "export", started_at: "2026-03-02T15:00:00Z" }]);
    expect(next.batches).toMatchObject([
      { batch_id: BATCH, recovered: true, state: "written", files: [{ lines: 3, amount_total: "9682.34" }] },
    ]);
    // It was accepted when the killed run took it: this one claims nothing.
    expect(next).toMatchObject({ accepted: [], movements: [] });
    expect(disagreeing([next])).toEqual([]);
    expect(textOf("export")).toContain("1 earlier run has no end");
  });

  it("is a notice where its folder cannot be written to, and the run is done", async () => {
    mkdirSync(join(pair.folder, "reports"));
    writeFileSync(join(pair.folder, "reports", "runs"), "a file where a folder should be");
    await stageThreeLines();
    const exported = await exportOne(world.context);
    expect(exported).toMatchObject({ error: null, batches: [{ batch_id: BATCH }] });
    expect(exported.notices.join()).toMatch(/The record of this run could not be written to .*2026-03/);
    const reconciled = await reconcile();
    expect(reconciled.error).toBeNull();
    expect(reconciled.notices.join()).toContain("The record of this run");
  });

  it.each([
    [
      "says something else",
      (bytes: Uint8Array) => Buffer.from(Buffer.from(bytes).toString().replace("70.00", "71.00")),
      "9683.34",
    ],
    ["has gone", () => null, "0.00"],
  ])(
    "says that a control total does not agree, when a file that was just written %s",
    async (_what, altered, total) => {
      await stageThreeLines();
      const inPlace = join(BATCH, `${BATCH}-1-original.jce`);
      const context: RunContext = {
        ...world.context,
        files: {
          ...realFiles,
          read: async (path) => {
            const bytes = await realFiles.read(path);
            const read = path.endsWith(inPlace) ? altered(bytes) : bytes;
            if (!read) throw new Error("it is not there");
            return read;
          },
        },
      };
      expect((await exportOne(context)).error).toBeNull();
      expect(disagreeing([only("export")])).toMatchObject([
        { name: "import_file", whole: { amount: total }, sum: "9682.34" },
      ]);
      expect(textOf("export")).toContain(`${BATCH}-1-original.jce: DOES NOT AGREE`);
    },
  );

  it("is there as text and JSON, or not at all", async () => {
    await stageThreeLines();
    const context: RunContext = {
      ...world.context,
      files: {
        ...realFiles,
        rename: (from, to) =>
          to.includes("runs") && to.endsWith(".json")
            ? Promise.reject(new Error("the share went away"))
            : realFiles.rename(from, to),
      },
    };
    expect((await exportOne(context)).notices.join()).toContain("the share went away");
    expect(names()).toEqual([]);
  });

  it("has a name of its own where companies share a folder, also if one is called like the other's command", async () => {
    const [own] = world.context.config.companies;
    if (!own) throw new Error("the configuration has a company");
    const other = { ...own, id: "ACME-export", outbox: join(pair.folder, "outbox-of-the-other") };
    const context = {
      ...world.context,
      config: { ...world.context.config, companies: [other, own] },
    };
    await exportAll(context);
    world.clock.addDays(1);
    await exportAll(context);
    expect(
      records()
        .map(({ day, company }) => `${day} ${company}`)
        .sort(),
    ).toEqual(["2026-03-02 ACME", "2026-03-02 ACME-export", "2026-03-03 ACME", "2026-03-03 ACME-export"]);
  });

  it("is not made where the company has no folder of reports", async () => {
    const [own] = world.context.config.companies;
    if (!own) throw new Error("the configuration has a company");
    await exportOne({
      ...world.context,
      config: { ...world.context.config, companies: [{ ...own, reports: null }] },
    });
    expect(existsSync(join(pair.folder, "reports"))).toBe(false);
  });

  it("carries the head of the chain, which proves the chain to that event", async () => {
    await stageThreeLines();
    await exportOne(world.context);
    rmSync(join(pair.folder, "outbox"), { recursive: true });
    const record = only("export");
    const verified = await verifyAudit(world.context, {});
    if (!verified.ok) throw new Error(verified.problem.message);
    const [company] = verified.value.companies;
    expect(company).toMatchObject({
      result: "good",
      head: record.audit_head,
      proven_to: {
        sequence: record.events.at(-1)?.sequence,
        by: expect.stringContaining(join("runs", "2026-03")),
      },
    });
    const { db, names: tables } = world.context;
    await world.db.query(
      db.sql
        .build(tables.journal("audit_event"))
        .where({ hash: record.audit_head ?? "" })
        .delete(),
    );
    const cut = await verifyAudit(world.context, {});
    expect(cut.ok && cut.value.companies[0]?.findings.map(({ name }) => name)).toContain("head_not_in_chain");
  });

  it("is written of the decisions of a person, with the reason", async () => {
    await world.sage.enter({
      ...{ job: "25-1001", extra: "", costCode: "03-100", category: "MAT" },
      kind: "original",
      cents: 960_000n,
    });
    await stageThreeLines();
    const decided = await baselineOf(world.context, "25-1001", {
      decision: { source: "sage", reason: "books opened 2026" },
    });
    expect(decided).toMatchObject({ ok: true, value: { notices: [] } });
    expect(only("baseline")).toMatchObject({
      decision: { event: "baseline_recorded", subject: "25-1001", reason: "books opened 2026" },
      movements: [{ from: "accepted", to: "baseline", kind: "original", amount: "9600.00" }],
    });

    later(15);
    await exportOne(world.context);
    const exported = only("export");
    expect(amounts(exported, "accepted", "original")).toMatchObject({
      "sent before, a baseline included": "9600.00",
      "exported by this run": "82.34",
    });
    expect(disagreeing([exported])).toEqual([]);
    await world.importBatch(BATCH);
    await world.sage.post({ which: "all" });
    later(15);
    await reconcile();

    await world.statement("delete from staging.budget_line_item where line_item_id in ('L2', 'L3')");
    await world.statement(
      "update staging.budget set erp_status = 'accepted', accepted_at = '2026-03-03T10:00:00'",
    );
    later(15);
    await exportOne(world.context);
    later(15);
    const released = await releaseDocument(world.context, "B-25-1001", { reason: "scope was cut" });
    expect(released).toMatchObject({ ok: true, value: { notices: [] } });
    expect(only("release").decision).toEqual({
      event: "released",
      subject: "B-25-1001",
      reason: "scope was cut",
    });
    rmSync(join(pair.folder, "reports", "runs"), { recursive: true });
    writeFileSync(join(pair.folder, "reports", "runs"), "a file where a folder should be");
    const again = await releaseDocument(world.context, "B-25-1001", { reason: "once more" });
    expect(again).toMatchObject({ ok: false, problem: { name: "nothing_to_release" } });
  });
});
