import { expect, it } from "vitest";
import { exportAll } from "../../src/run/export/export.ts";
import { planAll } from "../../src/run/look/plan.ts";
import { reconcileAll } from "../../src/run/reconcile/reconcile.ts";
import { eachDatabase } from "../support/databases.ts";
import { withWorld } from "../support/with-world.ts";
import { stageBudget, stageModification, type World } from "../support/world.ts";

eachDatabase("what flags follow", (makePair) => {
  let world: World;
  withWorld(makePair, (site) => {
    world = site.world;
  });

  const header = async () => {
    const [budget] = await world.rows("budget");
    return { status: budget?.erp_status, locked: Number(budget?.erp_locked) };
  };
  const exportAcme = async () => (await exportAll(world.context)).companies[0];
  const reconcileAcme = async () => (await reconcileAll(world.context)).companies[0];
  const post = async (batchId: string) => {
    await world.importBatch(batchId);
    await world.sage.post({ which: "all" });
  };
  const oneLine = [["L1", null, "03-100", "M", "100.00"]] as const;

  it("concludes nothing from a copy that is empty in the middle of its refresh", async () => {
    await stageBudget(world, "25-1001", oneLine);
    await exportAcme();
    await post("ACME-000001");
    await reconcileAcme();
    const { build } = world.sageDb.sql;
    for (const table of ["JCM_MASTER__JOB", "JCT_CURRENT__TRANSACTION"])
      await world.sageDb.query(build(table).delete());
    expect(await reconcileAcme()).toMatchObject({ error: { name: "sage_table_empty" }, differences: [] });
    expect(await header()).toEqual({ status: "synced", locked: 0 });
  });

  it("leaves a budget locked that waits for acceptance when a modification with nothing to send is synced", async () => {
    await stageBudget(world, "25-1001", oneLine);
    await exportAcme();
    await post("ACME-000001");
    await reconcileAcme();
    await world.statement("update staging.budget set erp_status = 'sent', erp_locked = 1");
    await stageModification(world, "25-1001", "1", [["A1", null, "03-100", "M", "0.00"]]);
    expect(await exportAcme()).toMatchObject({ nothing_to_send: ["M-25-1001-1"], batches: [] });
    expect(await header()).toEqual({ status: "sent", locked: 1 });
  });

  it("syncs a document whose lines were given new ids, since they still say what was exported", async () => {
    await stageBudget(world, "25-1001", oneLine);
    await exportAcme();
    await world.statement("update staging.budget_line_item set line_item_id = 'L9'");
    await post("ACME-000001");
    expect(await reconcileAcme()).toMatchObject({ synced: ["B-25-1001"], differences: [] });
  });

  it("keeps a document exported that staging changed since, and says so, until it is put back", async () => {
    await stageBudget(world, "25-1001", oneLine);
    await exportAcme();
    await world.statement("update staging.budget_line_item set original_amount = '120.00'");
    await post("ACME-000001");
    expect(await reconcileAcme()).toMatchObject({
      synced: [],
      differences: [{ state: "changed_since_export", exported: "100.00", posted: "100.00" }],
    });
    expect(await header()).toEqual({ status: "exported", locked: 1 });
    await world.statement("update staging.budget_line_item set original_amount = '100.00'");
    expect(await reconcileAcme()).toMatchObject({ synced: ["B-25-1001"], differences: [] });
    expect(await header()).toEqual({ status: "synced", locked: 0 });
  });

  it("leaves the flags of lines alone whose key comes to 0.00", async () => {
    await stageBudget(world, "25-1001", [
      ["L1", null, "03-100", "M", "10.00"],
      ["L2", null, "03-100", "M", "-10.00"],
      ["L3", null, "01-510", "M", "4.00"],
    ]);
    await world.statement("update staging.budget_line_item set erp_synced = 1");
    await exportAcme();
    const flags = (await world.rows("budget_line_item")).map((line) => [
      line.line_item_id,
      Number(line.erp_synced),
    ]);
    expect(flags).toEqual([
      ["L1", 1],
      ["L2", 1],
      ["L3", 0],
    ]);
  });

  it("frees a budget whose only exported modification has gone from staging, once its entries are posted", async () => {
    await stageBudget(world, "25-1001", oneLine);
    await exportAcme();
    await post("ACME-000001");
    await reconcileAcme();
    await stageModification(world, "25-1001", "1", [["A1", null, "03-100", "M", "5.00"]]);
    await exportAcme();
    expect(await header()).toEqual({ status: "synced", locked: 1 });
    await world.statement("delete from staging.budget_modification_line");
    await world.statement("delete from staging.budget_modification");
    await post("ACME-000002");
    await reconcileAcme();
    expect(await header()).toEqual({ status: "synced", locked: 0 });
  });

  it("says that a budget has gone from staging, and undoes nothing", async () => {
    await stageBudget(world, "25-1001", oneLine);
    await exportAcme();
    await world.statement("delete from staging.budget_line_item");
    await world.statement("delete from staging.budget");
    const exported = await exportAcme();
    expect(exported?.batches).toEqual([]);
    expect(exported?.notices.join("\n")).toContain("budget of project 25-1001 was sent, and has gone");
  });

  it("says that a modification has gone from staging after it was sent, and undoes nothing", async () => {
    await stageBudget(world, "25-1001", oneLine);
    await stageModification(world, "25-1001", "1", [["A1", null, "03-100", "M", "5.00"]]);
    await exportAcme();
    await world.statement("delete from staging.budget_modification_line");
    await world.statement("delete from staging.budget_modification");
    const exported = await exportAcme();
    expect([exported?.batches, exported?.notices]).toEqual([
      [],
      ["Modification M-25-1001-1 of project 25-1001 was sent, and has gone from staging; nothing is undone."],
    ]);
  });

  for (const [what, status] of [
    ["is accepted again with nothing to send", "accepted"],
    ["is rejected by others", "rejected"],
  ] as const)
    it(`frees a budget when the modification it was locked for, changed since and put back, ${what}`, async () => {
      await stageBudget(world, "25-1001", oneLine);
      await exportAcme();
      await post("ACME-000001");
      await reconcileAcme();
      await stageModification(world, "25-1001", "1", [["A1", null, "03-100", "M", "5.00"]]);
      await exportAcme();
      await post("ACME-000002");
      await world.statement("update staging.budget_modification_line set amount = '6.00'");
      await reconcileAcme();
      expect(await header()).toEqual({ status: "synced", locked: 1 });

      await world.statement("update staging.budget_modification_line set amount = '5.00'");
      await world.statement("update staging.budget_modification set erp_status = ?", status);
      await exportAcme();
      await reconcileAcme();
      expect(await header()).toEqual({ status: "synced", locked: 0 });
      const events = await world.db.query(
        world.db.sql
          .build(world.context.names.journal("audit_event"))
          .where({ event: "reconciled" })
          .select(),
      );
      expect(JSON.parse(String(events.at(-1)?.details))).toMatchObject({ unlocked: ["B-25-1001"] });
    });

  it("says that a document was held no longer than until it is accepted anew", async () => {
    await stageBudget(world, "25-1001", [["L1", null, "99-999", "M", "12.34"]]);
    const reason = async () => {
      const [row] = await world.db.query(
        world.db.sql.build(world.context.names.journal("budget_action")).select("reason"),
      );
      return row?.reason;
    };
    await exportAcme();
    const held =
      "held since 2026-03-02, 1 line: Cost code 99-999 has no Sage cost code in the mapping files.";
    expect(await reason()).toBe(held);
    await world.statement("update staging.budget_line_item set cost_code = '03-100'");
    expect(await reason()).toBe(held);
    await world.statement("update staging.budget set accepted_at = ?", "2026-03-02T15:10:00");
    expect(await reason()).toBe("waiting for export");
  });

  it("shows a company's broken copy of Sage as its own error in a plan, and changes nothing", async () => {
    await stageBudget(world, "25-1001", oneLine);
    const { build } = world.sageDb.sql;
    await world.sageDb.query(build("JCM_MASTER__STANDARD_CATEGORY").delete());
    expect((await planAll(world.context)).companies[0]).toMatchObject({
      error: { name: "sage_table_empty" },
      batches: [],
    });
    expect(await header()).toEqual({ status: "accepted", locked: 0 });
  });
});
