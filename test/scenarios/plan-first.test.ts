import { afterEach, beforeEach, expect, it } from "vitest";
import { realFiles } from "../../src/files.ts";
import { exportAll } from "../../src/run/export.ts";
import { planAll } from "../../src/run/plan.ts";
import { reconcileAll } from "../../src/run/reconcile.ts";
import { type DatabasePair, eachDatabase } from "../support/databases.ts";
import { anotherInstance, exportOne } from "../support/instances.ts";
import { makeWorld, stageBudget, type World } from "../support/world.ts";

eachDatabase("a plan that is looked at first", (makePair) => {
  let pair: DatabasePair;
  let world: World;
  beforeEach(async () => {
    pair = await makePair();
    world = await makeWorld(pair, { removal_limit: 100 });
    await stageBudget(world, "25-1001", [
      ["L1", null, "03-100", "M", "100.00"],
      ["L2", null, "16-700", "L", "50.00"],
      ["L3", null, "01-510", "C", "7.00"],
    ]);
  });
  afterEach(async () => {
    await world.close();
    await pair.remove();
  });
  const plan = () => planAll(world.context);
  const onlyIf = async ({ companies }: Awaited<ReturnType<typeof plan>>) =>
    (await exportAll(world.context, { onlyIf: new Map(companies.map((one) => [one.company, one.plan_id])) }))
      .companies[0];
  const change = (column: string, value: string, lineId: string) =>
    world.statement(
      `update staging.budget_line_item set ${column} = ? where line_item_id = ?`,
      value,
      lineId,
    );

  it("has the same id as long as an export would do the same, and that export does it", async () => {
    const looked = await plan();
    world.clock.addDays(3);
    expect((await plan()).plan_id).toBe(looked.plan_id);
    const lines = looked.companies[0]?.batches[0]?.projects[0]?.lines;
    expect(lines?.map(({ cost_code, difference, why }) => [cost_code, difference, why])).toEqual([
      ["01-510", "7.00", ["new"]],
      ["03-100", "100.00", ["new"]],
      ["16-700", "50.00", ["new"]],
    ]);
    expect(await onlyIf(looked)).toMatchObject({ batches: [{ batch_id: "ACME-000001" }], error: null });
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
