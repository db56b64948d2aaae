import { expect, it } from "vitest";
import { exportAll } from "../../src/run/export/export.ts";
import { lookAtStatus } from "../../src/run/look/status.ts";
import { reconcileAll } from "../../src/run/reconcile/reconcile.ts";
import { eachDatabase } from "../support/databases.ts";
import { viewsSite } from "../support/views.ts";
import { ownWorld } from "../support/with-world.ts";
import { stageBudget, stageModification, testClock } from "../support/world.ts";

eachDatabase("staging that a site offers as joined views with triggers", (makePair) => {
  it("goes the whole way, its own tables taking every flag", async () => {
    const { world } = await ownWorld(makePair, {}, testClock(), viewsSite);
    const flags = async () => {
      const [budget] = await world.rows("budget");
      const lines = [
        ...(await world.rows("budget_line_item")),
        ...(await world.rows("budget_modification_line")),
      ];
      return {
        status: budget?.erp_status,
        locked: Number(budget?.erp_locked),
        blocked: Number(budget?.estimate_import_blocked),
        lines: lines.map((line) => Number(line.erp_synced)),
      };
    };
    await stageBudget(world, "25-1001", [
      ["L1", null, "03-100", "M", "9600.00"],
      ["L2", "PH1", "01-510", "C", "230750.37"],
    ]);
    await stageModification(world, "25-1001", "1", [["A1", null, "16-700", "L", "-0.01"]]);

    const [exported] = (await exportAll(world.context)).companies;
    expect(exported).toMatchObject({ batches: [{ batch_id: "ACME-000001" }], holds: [], error: null });
    expect(await flags()).toEqual({ status: "exported", locked: 1, blocked: 1, lines: [0, 0, 0] });
    await world.importBatch("ACME-000001");
    await world.sage.post({ which: "all" });
    const [reconciled] = (await reconcileAll(world.context)).companies;
    expect(reconciled).toMatchObject({ synced: ["B-25-1001", "M-25-1001-1"], differences: [], error: null });
    expect(await flags()).toEqual({ status: "synced", locked: 0, blocked: 1, lines: [1, 1, 1] });
    expect(await lookAtStatus(world.context)).toMatchObject({
      value: { projects: [{ can_unlock: true, reason: "" }] },
    });
  });

  it("that does not take a status is not exported, whatever its trigger says of rows", async () => {
    const { world, pair } = await ownWorld(makePair, {}, testClock(), viewsSite);
    await stageBudget(world, "25-1001", [["L1", null, "03-100", "M", "9600.00"]]);
    await world.db.query(
      world.db.sql.build.raw(
        pair.engine === "sqlite" ? "drop trigger budget_update" : "drop trigger staging.budget_update",
      ),
    );
    await world.db.query(
      world.db.sql.build.raw(
        pair.engine === "sqlite"
          ? "create trigger budget_update instead of update on budget begin select 1; end"
          : "create trigger staging.budget_update on staging.budget instead of update as begin set nocount on end",
      ),
    );
    const [exported] = (await exportAll(world.context)).companies;
    expect(exported?.batches).toEqual([]);
    expect(exported?.notices.join("\n")).toContain("changed while it was being exported");
    expect(await world.db.query(world.db.sql.build(world.context.names.journal("batch")).select())).toEqual(
      [],
    );
  });
});
