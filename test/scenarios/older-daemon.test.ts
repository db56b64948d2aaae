import { expect, it } from "vitest";
import { JOURNAL_VERSION } from "../../src/journal/migrate.ts";
import { JOURNAL_TABLES } from "../../src/names.ts";
import { exportAll } from "../../src/run/export/export.ts";
import { reconcileAll } from "../../src/run/reconcile/reconcile.ts";
import { eachDatabase } from "../support/databases.ts";
import { exportOne, tree } from "../support/instances.ts";
import { withWorld } from "../support/with-world.ts";
import { stageBudget, type World } from "../support/world.ts";

eachDatabase("a daemon that runs on while a newer program upgrades the journal", (makePair) => {
  let world: World;
  withWorld(makePair, (site) => {
    world = site.world;
  });

  it("stops each company, and writes neither staging nor journal nor a batch", async () => {
    await stageBudget(world, "25-1001", [["L1", null, "03-100", "M", "1.00"]]);
    await exportOne(world.context);
    await world.importBatch("ACME-000001");
    await world.sage.post({ which: "all" });
    await stageBudget(world, "25-1002", [["L2", null, "03-100", "M", "2.00"]]);
    const layout = world.context.names.journal("layout");
    await world.db.query(
      world.db.sql.build(layout).insert({ version: JOURNAL_VERSION + 1, made_at: "2026-03-02T15:00:00Z" }),
    );
    const before = await everything();

    const problem = { name: "journal_newer", message: expect.stringContaining(`${JOURNAL_VERSION + 1}`) };
    // A daemon's context stays open over all its runs.
    for (const run of [exportAll, reconcileAll])
      expect((await run(world.context)).companies.map(({ error }) => error)).toMatchObject([problem]);
    expect(await everything()).toEqual(before);
  });

  /** All that is written by a run; the lease, which anybody takes, left out. */
  async function everything() {
    const tables = JOURNAL_TABLES.filter((table) => table !== "lease");
    const journal = await Promise.all(
      tables.map((table) => world.db.query(world.db.sql.build(world.context.names.journal(table)).select())),
    );
    const staging = [await world.rows("budget"), await world.rows("budget_line_item")];
    return { journal, staging, outbox: tree(world.outbox) };
  }
});
