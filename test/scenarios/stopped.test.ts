import { expect, it } from "vitest";
import { exitCodeOf } from "../../src/cli/io.ts";
import { exportAll } from "../../src/run/export/export.ts";
import { reconcileAll } from "../../src/run/reconcile/reconcile.ts";
import { sqlitePair } from "../support/databases.ts";
import { exportOne } from "../support/instances.ts";
import { ownWorld } from "../support/with-world.ts";
import { stageBudget } from "../support/world.ts";

it("a run that is stopped, or out of time, says what it did not get to, and the next one goes on", async () => {
  const { world } = await ownWorld(sqlitePair);
  for (const number of ["25-1001", "25-1002"])
    await stageBudget(world, number, [[`${number}-L1`, null, "03-100", "M", "1.00"]]);
  const stopping = new AbortController();
  // As a stop comes: while the first batch is being written.
  const files = {
    ...world.context.files,
    rename: async (from: string, to: string) => {
      await world.context.files.rename(from, to);
      stopping.abort();
    },
  };
  const stopped = { ...world.context, files, signal: stopping.signal };
  const first = await exportOne(stopped);
  expect(first).toMatchObject({ batches: [{ batch_id: "ACME-000001" }], error: { name: "run_stopped" } });
  expect(exitCodeOf([first], false)).toBe(1);

  const [untouched] = (await exportAll(stopped)).companies;
  expect(untouched).toMatchObject({ batches: [], error: { name: "run_stopped" } });
  await world.importBatch("ACME-000001");
  await world.sage.post({ which: "all" });
  expect((await reconcileAll(stopped)).companies).toMatchObject([
    { synced: [], error: { name: "run_stopped" } },
  ]);

  expect((await reconcileAll(world.context)).companies).toMatchObject([
    { synced: ["B-25-1001"], error: null },
  ]);
  expect(await exportOne(world.context)).toMatchObject({
    batches: [{ batch_id: "ACME-000002" }],
    error: null,
  });
});
