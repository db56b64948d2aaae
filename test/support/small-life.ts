import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { acceptDifference } from "../../src/run/decide/accept.ts";
import { baselineOf } from "../../src/run/decide/baseline.ts";
import { releaseDocument } from "../../src/run/decide/release.ts";
import { exportAll } from "../../src/run/export/export.ts";
import { reconcileAll } from "../../src/run/reconcile/reconcile.ts";
import { stageBudget, stageModification, type World } from "./world.ts";

/**
 * Has a journal live a little, so that each of its tables has rows: an opening position, a claim, holds that begin and
 * end, a rejected record, postings of which one is off by a cent and one is taken back, a difference that a person
 * closed, a release, and money that only moves between two
 * budget lines.
 */
export async function liveALittle(world: World): Promise<void> {
  const { context, sage, clock } = world;
  const original = { extra: "", kind: "original" } as const;
  await sage.enter({ ...original, job: "25-1002", costCode: "16-700", category: "LAB", cents: 5_000n });
  await stageBudget(world, "25-1001", [
    ["L1", null, "03-100", "M", "100.00"],
    ["L2", null, "16-700", "L", "20.00"],
    ["L3", null, "01-510", "C", "7.00"],
  ]);
  await stageBudget(world, "25-1002", [["L4", null, "16-700", "L", "60.00"]]);
  await stageModification(world, "25-1002", "1", [["L5", null, "03-100", "M", "-3.00"]]);
  await stageBudget(world, "25-1003", [["L6", null, "03-100", "M", "1.00"]]);
  const decision = { source: "sage", reason: "as it was" } as const;
  expect(await baselineOf(context, "25-1002", { decision })).toMatchObject({ ok: true });
  await exported(world);

  world.map("jobs", "project_number,job\n25-1001,25-1001\n25-1002,25-1002\n25-1003,25-1003\n");
  const rejects = join(world.outbox, "..", "rejects");
  mkdirSync(rejects, { recursive: true });
  const [name, bytes] = [...world.folder("ACME-000001")].find(([file]) => file.endsWith(".jce")) ?? [];
  writeFileSync(join(rejects, name ?? ""), bytes ?? "");
  await reconciled(world);
  await exported(world);
  clock.addDays(1);
  await sage.post({
    which: "all",
    change: ({ costCode, cents }) => (costCode === "16-700" ? cents - 1n : cents),
  });
  await reconciled(world);
  const odd = await lineWith(world, "amount_differs");
  expect(await acceptDifference(context, odd, "not worth an entry")).toMatchObject({ ok: true });

  clock.addDays(1);
  await world.statement("update staging.budget_line_item set line_item_id = 'L1b' where line_item_id = 'L1'");
  await accept(world, "2026-03-04T10:00:00");
  await exported(world);
  await world.statement("delete from staging.budget_line_item where line_item_id = 'L3'");
  await accept(world, "2026-03-04T11:00:00");
  await exported(world);
  expect(await releaseDocument(context, "B-25-1001", { reason: "scope was cut" })).toMatchObject({
    ok: true,
  });
  await exported(world);
  await sage.enter({ ...original, job: "25-1001", costCode: "03-100", category: "MAT", cents: -10_000n });
  clock.addDays(1);
  await reconciled(world);
}

async function exported(world: World): Promise<void> {
  const { companies } = await exportAll(world.context);
  expect(companies).toMatchObject([{ error: null }]);
  for (const { batch_id } of companies[0]?.batches ?? []) await world.importBatch(batch_id);
}

async function reconciled(world: World): Promise<void> {
  expect((await reconcileAll(world.context)).companies).toMatchObject([{ error: null }]);
}

const accept = (world: World, at: string): Promise<void> =>
  world.statement(
    "update staging.budget set erp_status = 'accepted', accepted_at = ? where budget_id = 'B-25-1001'",
    at,
  );

async function lineWith({ context }: World, state: string) {
  const result = await reconcileAll(context);
  const found = result.companies[0]?.differences.find((one) => one.state === state);
  if (!found?.batch_id || found.line_no === null) throw new Error(JSON.stringify(result));
  return { batchId: found.batch_id, lineNo: found.line_no };
}
