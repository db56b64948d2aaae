import { expect, it } from "vitest";
import type { BaselineSource } from "../../src/core/baseline.ts";
import { type BaselineResult, baselineOf } from "../../src/run/decide/baseline.ts";
import { exportAll } from "../../src/run/export/export.ts";
import { lookAtStatus } from "../../src/run/look/status.ts";
import { reconcileAll } from "../../src/run/reconcile/reconcile.ts";
import { reportAll } from "../../src/show/report/report.ts";
import { reportSchema } from "../../src/show/report/schema.ts";
import { baselineText } from "../../src/show/text/baseline.ts";
import { amounts, readExported } from "../support/accounts.ts";
import { tieout } from "../support/cli.ts";
import { type DatabasePair, eachDatabase } from "../support/databases.ts";
import { exportOne } from "../support/instances.ts";
import { wholeReport } from "../support/whole-report.ts";
import { withWorld } from "../support/with-world.ts";
import { stageBudget, stageModification, type World } from "../support/world.ts";

eachDatabase("a job that carries an estimate from before", (makePair) => {
  let pair: DatabasePair;
  let world: World;
  withWorld(makePair, async (site) => {
    ({ world, pair } = site);
    // Entered by hand before this system: concrete as budgeted, communications not as budgeted, utilities not at all.
    const key = { job: "25-1001", extra: "", kind: "original" as const };
    await world.sage.enter({ ...key, costCode: "03-100", category: "MAT", cents: 960_000n });
    await world.sage.enter({ ...key, costCode: "16-700", category: "LAB", cents: 5_000n });
    await stageBudget(world, "25-1001", [
      ["L1", null, "03-100", "M", "9600.00"],
      ["L2", null, "16-700", "L", "70.00"],
      ["L3", null, "01-510", "C", "12.34"],
    ]);
  });

  const decide = async (source: BaselineSource, projectNumber = "25-1001"): Promise<BaselineResult> => {
    const decision = { source, reason: "books opened 2026" };
    const result = await baselineOf(world.context, projectNumber, { decision });
    if (!result.ok) throw new Error(result.problem.message);
    return result.value;
  };
  const sent = () => readExported([world.outbox], (job) => job).byKey;
  const key = (rest: string) => `original|25-1001||${rest}`;
  const postAll = async (batchId: string) => {
    await world.importBatch(batchId);
    await world.sage.post({ which: "all" });
    return (await reconcileAll(world.context)).companies[0];
  };

  it("is held, and its table shows what each choice would mean, without recording anything", async () => {
    const held = await exportOne(world.context);
    expect(held.batches).toEqual([]);
    expect(held.holds).toMatchObject([
      { rule: "no_baseline", remedy: expect.stringContaining("tieout baseline 25-1001") },
    ]);
    const looked = await baselineOf(world.context, "25-1001");
    expect(looked).toMatchObject({
      ok: true,
      value: {
        job: "25-1001",
        recorded: null,
        lines: [
          { cost_code: "01-510", staging: "12.34", sage: "0.00", difference: "12.34" },
          { cost_code: "03-100", staging: "9600.00", sage: "9600.00", difference: "0.00" },
          { cost_code: "16-700", staging: "70.00", sage: "50.00", difference: "20.00" },
        ],
        totals: { staging: "9682.34", sage: "9650.00", difference: "32.34" },
        next_export: { sage: "32.34", staging: "0.00", zero: "9682.34" },
      },
    });
    if (looked.ok) expect(baselineText(looked.value)).toContain("Nothing is recorded yet.");
    expect((await exportOne(world.context)).holds).toMatchObject([{ rule: "no_baseline" }]);
  });

  for (const source of ["zero", "sage"] as const)
    it(`from ${source}: an entry that nothing explains is told of with its project before anything is sent`, async () => {
      await decide(source);
      const key = { job: "25-1001", extra: "", kind: "original" as const };
      await world.sage.enter({ ...key, costCode: "03-100", category: "MAT", cents: 123n });
      const [company] = (await reportAll(world.context)).companies;
      const report = company?.report && reportSchema.encode(await wholeReport(company.report));
      expect(report).toMatchObject({
        totals: { originals: { unexpected: "1.23", difference: "1.23" } },
        differences: [{ state: "unexpected", project_number: "25-1001", posted: "1.23" }],
        projects: [{ project_number: "25-1001", job: "25-1001", ties_out: false }],
      });
      expect(report?.keys.filter(({ unexpected }) => unexpected !== "0.00")).toMatchObject([
        { project_number: "25-1001", unexpected: "1.23" },
      ]);
    });

  for (const other of [[], ["25-1002"]])
    it(`from Sage: an estimate that somebody enters then stays unexpected when ${other[0] ?? "the job"} gets the next batch`, async () => {
      await decide("sage");
      await world.sage.enter({
        ...{ job: "25-1001", extra: "", kind: "original", costCode: "03-100", category: "MAT" },
        cents: 123n,
      });
      for (const project of other) await stageBudget(world, project, [["K1", null, "03-100", "M", "1.00"]]);
      const unexpected = async () => (await reconcileAll(world.context)).companies[0]?.unexpected;
      expect(await unexpected()).toBe(1);
      expect((await exportOne(world.context)).batches.length).toBe(1 + other.length);
      expect(await unexpected()).toBe(1);
    });

  it("from Sage: the next export sends the difference to what Sage carries, and is tied out by it alone", async () => {
    expect(await decide("sage")).toMatchObject({ recorded: { source: "sage", reason: "books opened 2026" } });
    const exported = await exportOne(world.context);
    expect(exported).toMatchObject({ holds: [], error: null, batches: [{ batch_id: "ACME-000001" }] });
    expect(sent()).toEqual(
      amounts([
        [key("01-510|SUB"), 1_234n],
        [key("16-700|LAB"), 2_000n],
      ]),
    );
    // What was there before posts nothing of it.
    expect((await reconcileAll(world.context)).companies[0]).toMatchObject({ synced: [], unexpected: 0 });
    expect(await postAll("ACME-000001")).toMatchObject({
      synced: ["B-25-1001"],
      differences: [],
      unexpected: 0,
    });
  });

  it("from staging: nothing is sent, the budget is synced at once, and a later change goes over alone", async () => {
    await decide("staging");
    expect(await exportOne(world.context)).toMatchObject({
      batches: [],
      holds: [],
      nothing_to_send: ["B-25-1001"],
    });
    await world.statement(
      "update staging.budget_line_item set original_amount = ? where line_item_id = ?",
      "80.00",
      "L2",
    );
    await world.statement(
      "update staging.budget set erp_status = ? where budget_id = ?",
      "accepted",
      "B-25-1001",
    );
    expect((await exportOne(world.context)).batches).toHaveLength(1);
    expect(sent()).toEqual(amounts([[key("16-700|LAB"), 1_000n]]));
  });

  it("from staging, then deleted and made anew with other ids: nothing is sent twice", async () => {
    await decide("staging");
    await world.statement(
      "update staging.budget_line_item set line_item_id = line_item_id + ?".replace(
        "+",
        pair.engine === "sqlite" ? "||" : "+",
      ),
      "-new",
    );
    expect(await exportOne(world.context)).toMatchObject({
      batches: [],
      holds: [],
      nothing_to_send: ["B-25-1001"],
    });
  });

  it("from zero: the whole budget goes on top of what Sage has", async () => {
    await decide("zero");
    expect((await exportOne(world.context)).batches).toHaveLength(1);
    expect([...sent().values()].reduce((sum, cents) => sum + cents, 0n)).toBe(968_234n);
  });

  it("closes the import of estimates into the project system for ever, from zero as well", async () => {
    const may = async () => {
      const status = await lookAtStatus(world.context, { projectNumber: "25-1001" });
      return status.ok ? status.value.projects[0]?.can_import_estimate : null;
    };
    await world.statement("update staging.budget set erp_status = ?", "not_sent");
    expect(await may()).toBe(true);
    await decide("zero");
    expect(await may()).toBe(false);
  });

  it("is decided once: a second baseline, and one after something was sent, are refused by name", async () => {
    await decide("zero");
    expect(await baselineOf(world.context, "25-1001")).toMatchObject({
      problem: { name: "baseline_exists" },
    });
    await stageBudget(world, "25-1002", [["N1", null, "03-100", "M", "1.00"]]);
    await exportAll(world.context);
    expect(await baselineOf(world.context, "25-1002")).toMatchObject({
      problem: { name: "baseline_too_late" },
    });
    expect(await baselineOf(world.context, "25-9999")).toMatchObject({
      problem: { name: "project_unknown" },
    });
  });

  it("from staging needs every line's place; a project without a job has none to decide", async () => {
    await world.statement(
      "update staging.budget_line_item set cost_code = ? where line_item_id = ?",
      "99-999",
      "L3",
    );
    const decision = { source: "staging" as const, reason: "r" };
    expect(await baselineOf(world.context, "25-1001", { decision })).toMatchObject({
      problem: { name: "baseline_unresolved", message: expect.stringContaining("99-999") },
    });
    world.map("jobs", "project_number,job\n25-1002,25-1002\n");
    expect(await baselineOf(world.context, "25-1001")).toMatchObject({
      problem: { name: "baseline_no_job" },
    });
  });

  it("lets modifications flow whose budget another connector has synced", async () => {
    await world.statement("update staging.budget set erp_status = ?", "synced");
    await stageModification(world, "25-1001", "1", [["A1", null, "16-700", "L", "-5.00"]]);
    expect((await exportOne(world.context)).holds).toMatchObject([
      { document_id: "M-25-1001-1", rule: "no_baseline" },
    ]);
    await decide("staging");
    expect(await exportOne(world.context)).toMatchObject({
      holds: [],
      batches: [{ batch_id: "ACME-000001" }],
    });
    expect(sent()).toEqual(amounts([["approved_change|25-1001||16-700|LAB", -500n]]));
    expect(await postAll("ACME-000001")).toMatchObject({ synced: ["M-25-1001-1"], differences: [] });
  });

  it("shows an estimate that somebody enters later as unexpected, from the baseline on", async () => {
    await decide("staging");
    expect((await reconcileAll(world.context)).companies[0]).toMatchObject({ unexpected: 0 });
    await world.sage.enter({
      job: "25-1001",
      extra: "",
      costCode: "03-100",
      category: "MAT",
      kind: "original",
      cents: 1n,
    });
    expect((await reconcileAll(world.context)).companies[0]).toMatchObject({
      unexpected: 1,
      differences: [{ batch_id: null, posted: "0.01", state: "unexpected" }],
    });
  });

  it("leaves an audit event with source, reason and every amount", async () => {
    await decide("sage");
    const events = await world.db.query(
      world.db.sql
        .build(world.context.names.journal("audit_event"))
        .where({ event: "baseline_recorded" })
        .select(),
    );
    expect(events).toHaveLength(1);
    expect(JSON.parse(String(events[0]?.details))).toMatchObject({
      source: "sage",
      reason: "books opened 2026",
      lines: [
        { key: "25-1001 / 03-100 / MAT", amount: "9600.00" },
        { key: "25-1001 / 16-700 / LAB", amount: "50.00" },
      ],
    });
  });
});

it("a baseline without a reason is not recorded", async () => {
  const { code, out } = await tieout("baseline", "25-1001", "--from", "zero", "--json");
  expect(code).toBe(3);
  expect(JSON.parse(out)).toMatchObject({ error: { name: "reason_missing" } });
});
