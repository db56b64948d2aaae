import { expect, it } from "vitest";
import { ERP_STATUSES } from "../../src/core/staged.ts";
import { exportAll } from "../../src/run/export/export.ts";
import { reconcileAll } from "../../src/run/reconcile/reconcile.ts";
import { readStaging } from "../../src/staging/read-staging.ts";
import { budgetAction } from "../support/budget-action.ts";
import { eachDatabase } from "../support/databases.ts";
import { withWorld } from "../support/with-world.ts";
import { stageBudget, stageModification, type World } from "../support/world.ts";

eachDatabase("what may be done with a budget", (makePair) => {
  let world: World;
  withWorld(makePair, (site) => {
    world = site.world;
  });

  /** The view's rows by project, with yes and no for its bits. */
  const actions = async () => {
    const rows = await world.db.query(
      world.db.sql.build(world.context.names.journal("budget_action")).select(),
    );
    return new Map(
      rows.map(({ project_id, reason, ...bits }) => [
        String(project_id),
        {
          ...Object.fromEntries(Object.entries(bits).map(([name, bit]) => [name, Number(bit) === 1])),
          reason,
        },
      ]),
    );
  };
  const reasonOf = (status: string): string =>
    ({
      sent: "waiting for accounting acceptance",
      accepted: "waiting for export",
      exported: "waiting for posting in Sage",
    })[status] ?? "";

  it("follows the contract's table for each status, and for each pair of a budget and a modification", async () => {
    const expected = new Map<string, unknown>();
    let number = 0;
    for (const budget of ERP_STATUSES)
      for (const modification of [null, ...ERP_STATUSES]) {
        const project = `26-${++number}`;
        await stageBudget(world, project, [], budget);
        if (modification) await stageModification(world, project, "1", [], modification);
        const documents = [budget, ...(modification ? [modification] : [])].map((status) => ({
          status,
          reason: reasonOf(status),
        }));
        expected.set(`P-${project}`, budgetAction(documents, false));
      }
    expect(await actions()).toEqual(expected);
  });

  it("reads a status as the export does, whatever blanks and capitals are around it", async () => {
    const spellings = ERP_STATUSES.flatMap((status) => [
      { status, written: ` ${status.toUpperCase()} ` },
      { status, written: `\t${status}\r\n` },
      { status, written: `\u00a0${status}\v\f` },
    ]);
    const expected = new Map<string, unknown>();
    for (const [index, { status, written }] of spellings.entries()) {
      const project = `26-${index}`;
      await stageBudget(world, project, [], written);
      expected.set(`P-${project}`, budgetAction([{ status, reason: reasonOf(status) }], false));
    }
    const staged = await readStaging(world.db, world.context.names);
    expect(staged.documents.map((d) => d.status).sort()).toEqual(spellings.map((s) => s.status).sort());
    expect(await actions()).toEqual(expected);
  });

  it("tells of a synced budget with one modification exported, one accepted and one sent all that waits, the furthest first", async () => {
    const line = (id: string) => [[id, null, "03-100", "M", "5.00"]] as const;
    const post = async (batchId: string) => {
      await world.importBatch(batchId);
      await world.sage.post({ which: "all" });
      await reconcileAll(world.context);
    };
    const theAction = async () => (await actions()).get("P-25-1001");
    const open = { can_unlock: true, can_add_line_item: true, can_create_modification: true };
    const closed = { can_unlock: false, can_add_line_item: false, can_create_modification: false };

    await stageBudget(world, "25-1001", line("L1"));
    await exportAll(world.context);
    await post("ACME-000001");
    expect(await theAction()).toEqual({
      ...open,
      ...{ can_send: true, can_retrieve: false, can_import_estimate: false, reason: "" },
    });

    await stageModification(world, "25-1001", "1", line("A1"));
    await exportAll(world.context);
    await stageModification(world, "25-1001", "2", line("A2"), "sent");
    await stageModification(world, "25-1001", "3", line("A3"), "accepted");
    await stageModification(world, "25-1001", "4", line("A4"), "rejected");
    expect(await theAction()).toEqual({
      ...closed,
      ...{ can_send: false, can_retrieve: true, can_import_estimate: false },
      reason:
        "0 of 1 entries posted, batch ACME-000002, since 2026-03-02; waiting for export; waiting for accounting acceptance",
    });

    await post("ACME-000002");
    await world.statement("delete from staging.budget_modification where erp_status in ('sent', 'accepted')");
    expect(await theAction()).toEqual({
      ...open,
      ...{ can_send: true, can_retrieve: false, can_import_estimate: false, reason: "" },
    });
  });
});
