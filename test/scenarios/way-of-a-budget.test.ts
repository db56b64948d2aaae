import { expect, it } from "vitest";
import { exportAll } from "../../src/run/export/export.ts";
import { lookAtStatus } from "../../src/run/look/status.ts";
import { reconcileAll } from "../../src/run/reconcile/reconcile.ts";
import { eachDatabase } from "../support/databases.ts";
import { withWorld } from "../support/with-world.ts";
import { stageBudget, stageModification, type World } from "../support/world.ts";

eachDatabase("the way of a budget", (makePair) => {
  let world: World;
  withWorld(makePair, (site) => {
    world = site.world;
  });

  const header = async () => {
    const [budget] = await world.rows("budget");
    return {
      status: budget?.erp_status,
      synced: Number(budget?.erp_synced),
      locked: Number(budget?.erp_locked),
      blocked: Number(budget?.estimate_import_blocked),
    };
  };

  it("goes from accepted to exported to synced, and a second export and reconciliation find nothing to do", async () => {
    await stageBudget(world, "25-1001", [
      ["L1", null, "03-100", "M", "9600.00"],
      ["L2", "PH1", "01-510", "C", "230750.37"],
      ["L3", null, "16-700", "L", "0.00"],
    ]);
    await stageModification(world, "25-1001", "1", [
      ["A1", null, "03-100", "M", "-600.00"],
      ["A2", null, "16-700", "L", "600.00"],
    ]);

    const exported = await exportAll(world.context);
    expect(exported.companies[0]).toMatchObject({ company: "ACME", holds: [], error: null });
    expect(exported.companies[0]?.batches).toMatchObject([{ batch_id: "ACME-000001", recovered: false }]);
    expect([...world.folder("ACME-000001").keys()]).toEqual([
      "ACME-000001-1-original.jce",
      "ACME-000001-2-approved-changes.jce",
      "ACME-000001-cover-sheet.html",
      "ACME-000001-manifest.json",
      "ACME-000001-trace.csv",
    ]);
    expect(world.folder("ACME-000001").get("ACME-000001-1-original.jce")?.toString("latin1")).toBe(
      [
        '*,"25-1001","Riverside Clinic"',
        'C,"03-100","Cast-in-place concrete","MAT",03022026,0.00,"",9600.00,,,,,""',
        'E,"CO-001","Phase one"',
        'C,"01-510","Temporary Utilities","SUB",03022026,0.00,"",230750.37,,,,,"CO-001"',
        "",
      ].join("\r\n"),
    );
    expect(await header()).toEqual({ status: "exported", synced: 0, locked: 1, blocked: 1 });
    const waiting = await lookAtStatus(world.context);
    expect(waiting).toMatchObject({
      value: {
        projects: [
          { can_unlock: false, reason: "0 of 4 entries posted, batch ACME-000001, since 2026-03-02" },
        ],
      },
    });

    expect((await exportAll(world.context)).companies[0]).toMatchObject({
      batches: [],
      holds: [],
      error: null,
    });
    expect((await reconcileAll(world.context)).companies[0]).toMatchObject({
      lines: { awaiting_posting: 4, posted: 1 },
      synced: [],
      differences: [],
    });

    await world.importBatch("ACME-000001");
    await world.sage.post({ which: (entry) => entry.kind === "original" });
    expect((await reconcileAll(world.context)).companies[0]).toMatchObject({ synced: ["B-25-1001"] });
    expect(await header()).toEqual({ status: "synced", synced: 1, locked: 1, blocked: 1 });

    await world.sage.post({ which: "all" });
    expect((await reconcileAll(world.context)).companies[0]).toMatchObject({
      lines: { awaiting_posting: 0, posted: 5 },
      synced: ["M-25-1001-1"],
      differences: [],
    });
    expect(await header()).toEqual({ status: "synced", synced: 1, locked: 0, blocked: 1 });
    for (const table of ["budget_line_item", "budget_modification_line"] as const)
      expect((await world.rows(table)).map((line) => Number(line.erp_synced))).not.toContain(0);
    expect(await lookAtStatus(world.context)).toMatchObject({
      value: { projects: [{ can_send: true, can_unlock: true, can_import_estimate: false, reason: "" }] },
    });

    expect((await exportAll(world.context)).companies[0]).toMatchObject({ batches: [], holds: [] });
    expect((await reconcileAll(world.context)).companies[0]).toMatchObject({ synced: [], differences: [] });
  });
});
