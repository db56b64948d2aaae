import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { acceptDifference } from "../../src/run/decide/accept.ts";
import { lookAtBatch } from "../../src/run/look/batches.ts";
import { lookAtStatus } from "../../src/run/look/status.ts";
import { type CompanyReconcile, reconcileAll } from "../../src/run/reconcile/reconcile.ts";
import { headline } from "../../src/show/report/headline.ts";
import { reportAll } from "../../src/show/report/report.ts";
import { type DatabasePair, eachDatabase } from "../support/databases.ts";
import { exportOne } from "../support/instances.ts";
import { withWorld } from "../support/with-world.ts";
import { COMPANY, stageBudget, stageModification, type World } from "../support/world.ts";

eachDatabase("what goes wrong between the import file and the books", (makePair) => {
  let pair: DatabasePair;
  let world: World;
  withWorld(makePair, async (site) => {
    ({ world, pair } = site);
    await stageBudget(world, "25-1001", [
      ["L1", null, "03-100", "M", "9600.00"],
      ["L2", null, "16-700", "L", "70.00"],
      ["L3", "PH1", "01-510", "C", "12.34"],
    ]);
    await exportOne(world.context);
  });

  const BATCH = "ACME-000001";
  const reconcile = async (): Promise<CompanyReconcile> => {
    const [company] = (await reconcileAll(world.context)).companies;
    if (!company) throw new Error("there is a company");
    expect(company.error).toBeNull();
    return company;
  };
  const originals = (batchId = BATCH) =>
    world.folder(batchId).get(`${batchId}-1-original.jce`) ?? Buffer.of();
  const drop = (name: string, content: string | Buffer) => {
    const folder = join(pair.folder, "rejects");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), content);
  };
  const importOriginals = (asApprovedChange: boolean) =>
    world.sage.importFile({
      fileName: `${BATCH}-1-original.jce`,
      bytes: originals(),
      asApprovedChange,
      allowCostCodeCreation: false,
    });
  const header = async () => {
    const [budget] = await world.rows("budget");
    return [budget?.erp_status, Number(budget?.erp_synced), Number(budget?.erp_locked)];
  };
  const syncedLines = async () =>
    (await world.rows("budget_line_item"))
      .filter((line) => Number(line.erp_synced) === 1)
      .map((line) => line.line_item_id)
      .sort();
  const events = async () =>
    (
      await world.db.query(
        world.db.sql.build(world.context.names.journal("audit_event")).orderBy("sequence").select("event"),
      )
    ).map(({ event }) => event);
  const accept = (lineNo: number, reason = "written off with the owner, memo 17") =>
    acceptDifference(world.context, { batchId: BATCH, lineNo }, reason);

  /** A cost code that is closed between export and import: Sage rejects its record. */
  async function importWithReject(): Promise<Buffer> {
    await world.sage.addCostCode({ job: "25-1001", costCode: "16-700" }, "Communications", {
      status: "Closed",
    });
    const report = await importOriginals(false);
    expect(report).toMatchObject({ imported: 2, rejected: [{ reason: "cost code 16-700 is closed" }] });
    return Buffer.from(report.rejectFile ?? []);
  }

  it("knows from Sage's reject file which line is waiting in vain, until the corrected record is posted", async () => {
    drop("rejects of monday.JCE", await importWithReject());
    await world.sage.post({ which: "all" });
    const first = await reconcile();
    expect(first.lines).toMatchObject({ posted: 2, rejected_in_sage: 1, awaiting_posting: 0 });
    expect(first.rejects).toEqual([
      { name: "rejects of monday.JCE", records: 1, batch_id: BATCH, problems: [] },
    ]);
    expect(first.differences).toMatchObject([
      { batch_id: BATCH, state: "rejected_in_sage", cost_code: "16-700", exported: "70.00", posted: "0.00" },
    ]);
    expect((await events()).filter((event) => event === "reject_file_read")).toHaveLength(1);

    // It is read once, and stays known when it is taken away.
    rmSync(join(pair.folder, "rejects", "rejects of monday.JCE"));
    world.clock.addDays(30);
    expect((await reconcile()).lines).toMatchObject({ rejected_in_sage: 1, overdue: 0 });

    await world.sage.enter({
      ...{ job: "25-1001", extra: "", costCode: "16-700", category: "LAB" },
      ...{ kind: "original", cents: 7_000n },
    });
    const mended = await reconcile();
    expect(mended).toMatchObject({ lines: { posted: 3, rejected_in_sage: 0 }, differences: [] });
    expect(await header()).toEqual(["synced", 1, 0]);
  });

  it("says of a reject file that it fits no batch, fits in part, or cannot be read, as long as it lies there", async () => {
    const rejects = (await importWithReject()).toString("latin1");
    drop("another company.jce", rejects.replaceAll("25-1001", "99-9999"));
    drop("altered.jce", `${rejects}${rejects.replace(/^\*.*\r\n/, "").replace("70.00", "71.00")}`);
    drop("cut.jce", `${rejects}C,"01-510","Temp`);
    drop("empty.jce", "");
    drop("report.txt", "Estimate Import Report");
    drop("Thumbs.db", "");
    const first = await reconcile();
    const told = [
      ["altered.jce", BATCH, ["reject_fits_in_part"]],
      ["another company.jce", null, ["reject_fits_no_batch"]],
      ["cut.jce", null, ["reject_unreadable"]],
      ["empty.jce", null, ["reject_empty"]],
      ["report.txt", null, ["reject_not_jce"]],
    ];
    const tell = ({ rejects: files }: CompanyReconcile) =>
      files.map(({ name, batch_id, problems }) => [name, batch_id, problems.map((problem) => problem.name)]);
    expect(tell(first)).toEqual(told);
    expect(first.lines).toMatchObject({ rejected_in_sage: 1, awaiting_posting: 2 });
    expect(tell(await reconcile())).toEqual(told);
  });

  it("reads a reject file once that was dropped under two names at once", async () => {
    const rejects = await importWithReject();
    drop("monday.jce", rejects);
    drop("copy of monday.jce", rejects);
    const both = ["copy of monday.jce", "monday.jce"].map((name) => ({
      name,
      batch_id: BATCH,
      problems: [],
    }));
    expect(await reconcile()).toMatchObject({ lines: { rejected_in_sage: 1 }, rejects: both });
    expect((await events()).filter((event) => event === "reject_file_read")).toHaveLength(1);
    expect(await reconcile()).toMatchObject({ lines: { rejected_in_sage: 1 }, rejects: both });
  });

  it("needs nobody any more for a reject file that was looked at and taken out of the folder", async () => {
    drop("theirs.jce", (await importWithReject()).toString("latin1").replaceAll("25-1001", "99-9999"));
    drop("cut.jce", `C,"01-510","Temp`);
    const report = async (asOf?: string) => (await reportAll(world.context, { asOf })).companies[0]?.report;
    const names = ["reject_unreadable", "reject_fits_no_batch"];
    expect(await report(), "before any reconciliation").toMatchObject({ verdict: "needs_a_person" });
    await reconcile();
    for (const one of [await report(), await report("2026-03-02")]) {
      expect(one).toMatchObject({ verdict: "needs_a_person" });
      expect(one?.reject_files.map(({ problem }) => problem)).toEqual(names);
      expect(one && headline(one)).toBe("2 reject files need a person");
    }
    world.clock.addDays(1);
    for (const name of ["theirs.jce", "cut.jce"]) rmSync(join(pair.folder, "rejects", name));
    await reconcile();
    for (const one of [await report(), await report("2026-03-03")])
      expect(one).toMatchObject({
        verdict: "waits_for_posting",
        reject_files: [],
        rejects: [{ file_name: "theirs.jce", unplaced: 1 }],
      });
    expect(await report("2026-03-02")).toMatchObject({ verdict: "needs_a_person" });
  });

  it("takes account in a report of a reject file that no reconciliation has read yet, and writes nothing down", async () => {
    drop("monday.jce", await importWithReject());
    const [company] = (await reportAll(world.context)).companies;
    expect(company?.report).toMatchObject({ lines: { rejected_in_sage: 1 }, reject_files: [] });
    expect(await events()).not.toContain("reject_file_read");
    expect((await reconcile()).lines).toMatchObject({ rejected_in_sage: 1 });
  });

  it("knows of a rejected line that was posted by the time its file was read that it was posted since", async () => {
    drop("monday.jce", await importWithReject());
    await world.sage.post({ which: "all" });
    const key = { job: "25-1001", extra: "", costCode: "16-700", category: "LAB", kind: "original" as const };
    await world.sage.enter({ ...key, cents: 7_000n });
    expect((await reconcile()).lines).toMatchObject({ posted: 3 });
    world.clock.addDays(1);
    await world.sage.enter({ ...key, cents: -7_000n });
    expect((await reconcile()).lines).toMatchObject({ posted: 2, no_longer_posted: 1, rejected_in_sage: 0 });
  });

  it("follows the entries behind a line when others take their place, though its amount stays", async () => {
    await world.importBatch(BATCH);
    await world.sage.post({ which: ({ costCode }) => costCode !== "16-700" });
    const key = { job: "25-1001", extra: "", costCode: "16-700", category: "LAB", kind: "original" as const };
    const runs = async () => {
      const shown = await lookAtBatch(world.context, BATCH);
      if (!shown.ok) throw new Error(shown.problem.message);
      const line = shown.value.import_lines.find(({ cost_code }) => cost_code === "16-700");
      return {
        line: line?.line_no ?? 0,
        posted: line?.posted,
        runs: line?.postings.map(({ run }) => Number(run)),
      };
    };
    const first = await world.sage.enter({ ...key, cents: 6_000n });
    await reconcile();
    expect(await runs()).toMatchObject({ posted: "60.00", runs: [Number(first.run)] });
    await world.sage.enter({ ...key, cents: -6_000n });
    const second = await world.sage.enter({ ...key, cents: 6_000n });
    await reconcile();
    expect(await runs()).toMatchObject({ posted: "60.00", runs: [Number(second.run)] });
    const told = (await events()).length;
    await reconcile();
    expect(await events(), "nothing new is nothing written").toHaveLength(told);
    await takeJobAway("25-1001", true);
    await enterElsewhere();
    await reconcile();
    expect(await runs()).toMatchObject({ posted: "60.00", runs: [Number(second.run)] });
    expect(await accept((await runs()).line)).toMatchObject({ ok: true, value: { posted: "60.00" } });
    expect(await runs(), "what was seen last stays").toMatchObject({
      posted: "60.00",
      runs: [Number(second.run)],
    });
  });

  it("goes on without the rejects folder where that cannot be listed, and says so", async () => {
    writeFileSync(join(pair.folder, "rejects"), "a file where a folder should be");
    const company = await reconcile();
    expect(company.notices.join()).toMatch(/rejects folder .* cannot be read/);
    expect(company.lines).toMatchObject({ awaiting_posting: 3 });
  });

  it("takes a reject file for the import that explains most of it, and by its date among equals", async () => {
    await world.importBatch(BATCH);
    await world.sage.post({ which: "all" });
    await reconcile();
    const again = async (day: string, amount: string) => {
      world.clock.set(`${day}T15:00:00Z`);
      await world.statement("update staging.budget_line_item set original_amount = ?", amount);
      await world.statement("update staging.budget set erp_status = 'accepted'");
      const [batch] = (await exportOne(world.context)).batches;
      return batch?.batch_id ?? "";
    };
    const second = await again("2026-03-10", "100.00");
    expect(second).toBe("ACME-000002");
    await stageBudget(world, "25-1002", [["N1", null, "03-100", "M", "30.00"]]);
    await exportOne(world.context);
    drop("second.jce", originals(second));
    expect((await reconcile()).rejects).toMatchObject([{ batch_id: second, problems: [] }]);
  });

  it("closes a difference by a person's decision: the header is settled, the line's own flag stays 0", async () => {
    await world.importBatch(BATCH);
    await world.sage.post({
      which: "all",
      change: ({ cents }) => (cents === 7_000n ? 6_000n : cents),
    });
    expect((await reconcile()).lines).toMatchObject({ posted: 2, amount_differs: 1 });
    expect(await header()).toEqual(["exported", 0, 1]);
    const differing = (await reconcile()).differences[0]?.line_no ?? 0;

    const accepted = await accept(differing);
    expect(accepted).toMatchObject({
      ok: true,
      value: { exported: "70.00", posted: "60.00", state: "amount_differs", synced: ["B-25-1001"] },
    });
    expect(await header()).toEqual(["synced", 1, 0]);
    expect(await syncedLines()).toEqual(["L1", "L3"]);
    const after = await reconcile();
    expect(after.lines).toMatchObject({ posted: 2, accepted_difference: 1, amount_differs: 0 });
    expect(after.differences).toMatchObject([{ state: "accepted_difference", posted: "60.00" }]);
    const status = await lookAtStatus(world.context);
    expect(status).toMatchObject({ ok: true, value: { projects: [{ can_unlock: true, reason: "" }] } });

    // What follows later in Sage resolves it, as it resolves every line.
    await world.sage.enter({
      ...{ job: "25-1001", extra: "", costCode: "16-700", category: "LAB" },
      ...{ kind: "original", cents: 1_000n },
    });
    expect(await reconcile()).toMatchObject({ lines: { posted: 3 }, differences: [] });
    expect(await syncedLines()).toEqual(["L1", "L2", "L3"]);
  });

  it("refuses to close what is posted, waits in time, was closed before, or is not there", async () => {
    expect(await accept(1)).toMatchObject({ ok: false, problem: { name: "nothing_to_accept" } });
    expect(await accept(9)).toMatchObject({ ok: false, problem: { name: "batch_line_unknown" } });
    expect(await acceptDifference(world.context, { batchId: "ACME-000009", lineNo: 1 }, "x")).toMatchObject({
      ok: false,
      problem: { name: "batch_unknown" },
    });
    world.clock.addDays(30);
    await reconcile();
    expect(await accept(1)).toMatchObject({ ok: true, value: { state: "overdue", synced: [] } });
    expect(await accept(1)).toMatchObject({ ok: false, problem: { name: "nothing_to_accept" } });
    expect((await events()).filter((event) => event === "difference_accepted")).toHaveLength(1);
  });

  it("keeps a decision, and says so, where the flags cannot follow at once", async () => {
    world.clock.addDays(30);
    await reconcile();
    const { build } = world.sageDb.sql;
    const table = build(`${world.sageDb.engine === "sqlite" ? "" : "dbo."}JCM_MASTER__STANDARD_CATEGORY`);
    const categories = await world.sageDb.query(table.clone().select());
    await world.sageDb.query(table.clone().delete());
    const accepted = await accept(1);
    expect(accepted).toMatchObject({ ok: true, value: { state: "overdue", synced: [] } });
    expect(accepted.ok && accepted.value.notices.join()).toMatch(
      /was closed all the same.*JCM_MASTER__STANDARD/,
    );
    expect(await accept(1), "once is enough").toMatchObject({
      ok: false,
      problem: { name: "nothing_to_accept" },
    });
    for (const row of categories) await world.sageDb.query(table.clone().insert(row));
    expect((await reconcile()).lines).toMatchObject({ accepted_difference: 1, overdue: 2 });
    expect((await events()).filter((event) => event === "difference_accepted")).toHaveLength(1);
  });

  it("recognises a file that was imported twice, and what takes it back", async () => {
    await world.importBatch(BATCH);
    await importOriginals(false);
    await world.sage.post({ which: "all" });
    const twice = await reconcile();
    expect(twice).toMatchObject({
      lines: { posted_twice: 3 },
      recognitions: [{ name: "imported_twice", batch_id: BATCH, kind: "original", line_nos: [1, 2, 3] }],
    });
    expect(twice.differences.map(({ recognised }) => recognised)).toEqual(Array(3).fill("imported_twice"));
    for (const [costCode, extra, category, cents] of [
      ["03-100", "", "MAT", -960_000n],
      ["16-700", "", "LAB", -7_000n],
      ["01-510", "CO-001", "SUB", -1_234n],
    ] as const)
      await world.sage.enter({ job: "25-1001", kind: "original", extra, costCode, category, cents });
    expect(await reconcile()).toMatchObject({ lines: { posted: 3 }, recognitions: [], differences: [] });
    expect(await header()).toEqual(["synced", 1, 0]);
  });

  it("recognises a file that was imported with the wrong box, beside a modification that is still waiting", async () => {
    await stageModification(world, "25-1001", "1", [["A1", null, "03-100", "M", "-100.00"]]);
    await exportOne(world.context);
    await importOriginals(true);
    await world.sage.post({ which: "all" });
    const wrong = await reconcile();
    expect(wrong.recognitions).toMatchObject([{ name: "wrong_box", batch_id: BATCH, line_nos: [1, 2, 3] }]);
    expect(wrong.recognitions[0]?.remedy).toContain("without the box ticked");
    expect(await header()).toEqual(["exported", 0, 1]);
  });

  it("recognises an amount that was posted to another code of the job", async () => {
    await world.importBatch(BATCH);
    await world.sage.post({ which: ({ costCode }) => costCode !== "16-700" });
    await world.sage.enter({
      ...{ job: "25-1001", extra: "", costCode: "16-700", category: "MAT" },
      ...{ kind: "original", cents: 7_000n },
    });
    const misposted = await reconcile();
    expect(misposted).toMatchObject({ lines: { posted: 2, awaiting_posting: 1 }, unexpected: 1 });
    expect(misposted.recognitions).toMatchObject([
      { name: "misposted", batch_id: BATCH, message: expect.stringContaining("16-700 / MAT") },
    ]);
    // Two amounts that are equal by chance on another job are no sign of it.
    await world.sage.enter({
      ...{ job: "25-1002", extra: "", costCode: "03-100", category: "MAT" },
      ...{ kind: "original", cents: 1_234n },
    });
    expect((await reconcile()).recognitions).toHaveLength(1);
  });

  /** Takes a job out of the copy: its entries in both tables, and, where it was archived, its row and its codes. */
  const takeJobAway = async (job: string, archived: boolean) => {
    const { build } = world.sageDb.sql;
    const schema = world.sageDb.engine === "sqlite" ? "" : "dbo.";
    const entries = ["JCT_CURRENT__TRANSACTION", "JCT_HISTORY__TRANSACTION"];
    const masters = ["JCM_MASTER__JOB", "JCM_MASTER__COST_CODE", "JCM_MASTER__EXTRA", "JCM_MASTER__CATEGORY"];
    for (const table of archived ? [...entries, ...masters] : entries)
      await world.sageDb.query(build(`${schema}${table}`).where({ Job: job }).delete());
  };
  /** Another job's entry: an empty copy would be taken for one in the middle of its refresh. */
  const enterElsewhere = () =>
    world.sage.enter({
      ...{ job: "25-1002", extra: "", costCode: "03-100", category: "MAT" },
      ...{ kind: "original", cents: 1n },
    });

  it("does not take a job that was archived out of the copy for one whose entries have gone", async () => {
    await enterElsewhere();
    await world.importBatch(BATCH);
    await world.sage.post({ which: ({ costCode }) => costCode !== "16-700" });
    expect((await reconcile()).lines).toMatchObject({ posted: 2, awaiting_posting: 1 });
    await takeJobAway("25-1001", true);
    const archived = await reconcile();
    expect(archived).toMatchObject({ lines: { posted: 2, awaiting_posting: 1 }, differences: [] });
    expect(archived.notices.join()).toMatch(/job 25-1001 .*not in Sage's copy any more/i);
    world.clock.addDays(30);
    expect((await reconcile()).lines).toMatchObject({ posted: 2, overdue: 1, no_longer_posted: 0 });
    const [company] = (await reportAll(world.context)).companies;
    expect(company?.report?.notices.join()).toContain("25-1001");
    expect(company?.report?.totals.originals).toMatchObject({ exported: 968_234n, posted: 961_234n });
  });

  it("shows as no longer posted what has gone from a job that is still in the copy", async () => {
    await enterElsewhere();
    await world.importBatch(BATCH);
    await world.sage.post({ which: "all" });
    expect((await reconcile()).lines).toMatchObject({ posted: 3 });
    await takeJobAway("25-1001", false);
    expect((await reconcile()).lines).toMatchObject({ posted: 0, no_longer_posted: 3 });
  });

  it("compares Sage's own totals with the entries, and says on which code they differ", async () => {
    await world.importBatch(BATCH);
    await world.sage.post({ which: "all" });
    expect((await reconcile()).differences).toEqual([]);
    const total = (cents: string) =>
      world.sageDb.query(
        world.sageDb.sql.build.raw(
          `update ${world.sageDb.engine === "sqlite" ? "" : "dbo."}JCM_MASTER__CATEGORY set Original_Estimate = ? where Cost_Code = ?`,
          [cents, "16-700"],
        ),
      );
    await total("75.5");
    expect((await reconcile()).differences).toMatchObject([
      {
        ...{ batch_id: null, kind: "original", job: "25-1001", cost_code: "16-700", category: "LAB" },
        ...{ exported: "70.00", posted: "75.50", state: "master_total_differs", since: "2026-03-02" },
      },
    ]);
    world.clock.addDays(3);
    expect((await reconcile()).differences).toMatchObject([{ since: "2026-03-02" }]);
    await total("70");
    expect((await reconcile()).differences).toEqual([]);
  });

  it("does not take totals that the copy does not keep up for differences, and says that they prove nothing", async () => {
    await world.importBatch(BATCH);
    await world.sage.post({ which: "all" });
    await world.sageDb.query(
      world.sageDb.sql.build.raw(
        `update ${world.sageDb.engine === "sqlite" ? "" : "dbo."}JCM_MASTER__CATEGORY set Original_Estimate = 0`,
      ),
    );
    const company = await reconcile();
    expect(company).toMatchObject({ company: COMPANY, lines: { posted: 3 }, differences: [] });
    expect(company.notices.join()).toContain("JCM_MASTER__CATEGORY");
  });
});
