import { expect, it } from "vitest";
import { realFiles } from "../../src/files.ts";
import { type ExportOptions, exportAll } from "../../src/run/export/export.ts";
import { planAll } from "../../src/run/look/plan.ts";
import { reconcileAll } from "../../src/run/reconcile/reconcile.ts";
import { eachDatabase } from "../support/databases.ts";
import { anotherInstance, exportOne } from "../support/instances.ts";
import { withWorld } from "../support/with-world.ts";
import { stageBudget, type World } from "../support/world.ts";

eachDatabase("a plan that is looked at first", (makePair) => {
  let world: World;
  withWorld(
    makePair,
    async (site) => {
      world = site.world;
      await stageBudget(world, "25-1001", [
        ["L1", null, "03-100", "M", "100.00"],
        ["L2", null, "16-700", "L", "50.00"],
        ["L3", null, "01-510", "C", "7.00"],
      ]);
    },
    { removal_limit: 100 },
  );
  const plan = () => planAll(world.context);
  const onlyIf = async ({ companies }: Awaited<ReturnType<typeof plan>>, options: ExportOptions = {}) => {
    const ids = new Map(companies.map((one) => [one.company, one.plan_id]));
    return (await exportAll(world.context, { ...options, onlyIf: ids })).companies[0];
  };
  const change = (column: string, value: string, lineId: string) =>
    world.statement(
      `update staging.budget_line_item set ${column} = ? where line_item_id = ?`,
      value,
      lineId,
    );

  it("has the same id as long as an export would do the same, and that export does it", async () => {
    const looked = await plan();
    world.clock.set("2026-03-02T23:00:00Z");
    expect((await plan()).plan_id).toBe(looked.plan_id);
    const lines = looked.companies[0]?.batches[0]?.projects[0]?.lines;
    expect(lines?.map(({ cost_code, difference, why }) => [cost_code, difference, why])).toEqual([
      ["01-510", "7.00", ["new"]],
      ["03-100", "100.00", ["new"]],
      ["16-700", "50.00", ["new"]],
    ]);
    expect(await onlyIf(looked)).toMatchObject({ batches: [{ batch_id: "ACME-000001" }], error: null });
  });

  it("is another plan after midnight, since its entries would carry another date", async () => {
    const looked = await plan();
    expect(looked.companies[0]?.transaction_date).toBe("2026-03-02");
    // Still the second in New York, where the company is; then the third.
    world.clock.set("2026-03-03T04:59:00Z");
    expect((await plan()).plan_id).toBe(looked.plan_id);
    world.clock.set("2026-03-03T05:00:00Z");
    expect((await plan()).plan_id).not.toBe(looked.plan_id);
    expect(await onlyIf(looked)).toMatchObject({ batches: [], error: { name: "plan_changed" } });
  });

  it("that is given a date is the same on every day, and only for an export with that date", async () => {
    const date = { transactionDate: "2026-03-31" };
    const looked = await planAll(world.context, date);
    expect(looked.date).toBe("2026-03-31");
    world.clock.addDays(3);
    expect((await planAll(world.context, date)).plan_id).toBe(looked.plan_id);
    expect(await onlyIf(looked)).toMatchObject({ batches: [], error: { name: "plan_changed" } });
    expect(await onlyIf(looked, date)).toMatchObject({ batches: [{ batch_id: "ACME-000001" }], error: null });
    const manifest = JSON.parse(String(world.folder("ACME-000001").get("ACME-000001-manifest.json")));
    expect(manifest.transaction_date).toBe("2026-03-31");
  });

  it("has the same id on every day where there is no batch to write", async () => {
    await world.statement("update staging.budget set erp_status = ?", "sent");
    const looked = await plan();
    world.clock.addDays(3);
    expect((await plan()).plan_id).toBe(looked.plan_id);
  });

  it("says since when something is held, and that no export has seen it yet", async () => {
    // Longer than what is kept of a value, where a column takes it.
    await change("cost_type", "X".repeat(world.db.engine === "sqlite" ? 500 : 50), "L1");
    const began = async () => (await plan()).companies[0]?.holds.map(({ began_at }) => began_at);
    expect(await began()).toEqual([null]);
    await exportAll(world.context);
    world.clock.addDays(3);
    expect(await began()).toEqual(["2026-03-02T15:00:00Z"]);
  });

  it("is not exported when something else would be by now, and nothing is done", async () => {
    const looked = await plan();
    await change("original_amount", "100.01", "L1");
    expect((await plan()).plan_id).not.toBe(looked.plan_id);
    expect(await onlyIf(looked)).toMatchObject({ batches: [], error: { name: "plan_changed" } });
    const [budget] = await world.rows("budget");
    expect(budget?.erp_status).toBe("accepted");
  });

  it("says why each line differs: changed, recoded, moved by the mapping, gone, new", async () => {
    await exportAll(world.context);
    await world.importBatch("ACME-000001");
    await world.sage.post({ which: "all" });
    await reconcileAll(world.context);
    await world.sage.addStandardCostCode("16-710", "Data");
    world.map(
      "cost-codes",
      "project_number,cost_code,sage_cost_code\n,01-510,01-510\n,03-100,03-100\n,16-700,16-710\n",
    );
    await change("cost_type", "L", "L1");
    await world.statement("delete from staging.budget_line_item where line_item_id = ?", "L3");
    await world.stage("budget_line_item", {
      line_item_id: "L4",
      budget_id: "B-25-1001",
      cost_code: "01-510",
      cost_type: "M",
      original_amount: "3.00",
    });
    await world.statement("update staging.budget set erp_status = ?", "accepted");
    const lines = (await plan()).companies[0]?.batches[0]?.projects[0]?.lines;
    expect(
      lines?.map(({ cost_code, category, difference, why }) => [cost_code, category, difference, why]),
    ).toEqual([
      ["01-510", "MAT", "3.00", ["new"]],
      ["01-510", "SUB", "-7.00", ["gone"]],
      ["03-100", "LAB", "100.00", ["recoded"]],
      ["03-100", "MAT", "-100.00", ["recoded"]],
      ["16-700", "LAB", "-50.00", ["moved_by_mapping"]],
      ["16-710", "LAB", "50.00", ["moved_by_mapping"]],
    ]);
  });

  it("shows a batch that was claimed and not yet written", async () => {
    const crash = await anotherInstance(world, {
      files: {
        ...realFiles,
        makeFolder: () => Promise.reject(new Error("the disk is gone")),
      },
    });
    await exportOne(crash);
    await crash.db.close();
    expect((await plan()).companies[0]).toMatchObject({ recovered: ["ACME-000001"], batches: [] });
  });
});
