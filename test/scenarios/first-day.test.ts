import { expect, it } from "vitest";
import type { RowValues } from "../../src/db/db.ts";
import { baselineOf } from "../../src/run/decide/baseline.ts";
import { exportAll } from "../../src/run/export/export.ts";
import { lookAtHolds } from "../../src/run/look/holds.ts";
import { amounts, readExported } from "../support/accounts.ts";
import { sqlitePair } from "../support/databases.ts";
import { extentOf } from "../support/extent.ts";
import { ownWorld } from "../support/with-world.ts";
import { COMPANY } from "../support/world.ts";

const JOBS = Array.from({ length: extentOf("firstDayJobs") }, (_, n) => `26-${String(n).padStart(4, "0")}`);
const SOURCES = ["sage", "staging", "zero"] as const;
const sourceOf = (job: string) => SOURCES[JOBS.indexOf(job) % 3] ?? "sage";
/** Every other job has an accepted modification; every fourth budget was synced by another connector. */
const hasModification = (job: string) => JOBS.indexOf(job) % 2 === 0;
const isSynced = (job: string) => JOBS.indexOf(job) % 4 === 0;

/** In cents: the budget says 500.00 + 20.00, Sage carries 450.00 + 7.00 on another code. */
const BUDGET = { "03-100": 50_000n, "16-700": 2_000n } as const;
const SAGE = { "03-100": 45_000n, "01-510": 700n } as const;

it(`of a company with ${JOBS.length} running jobs: all wait for a decision, nothing is doubled, modifications flow`, {
  timeout: 600_000,
}, async () => {
  const { world } = await ownWorld(sqlitePair);
  const { db, sageDb } = world;
  const texts = (columns: readonly string[]) =>
    Object.fromEntries(columns.map((column) => [column, "text" as const]));
  const fill = (on: typeof db, table: string, rows: readonly RowValues[]) =>
    on.insert(table, texts(Object.keys(rows[0] ?? {})), rows);

  world.map("jobs", `project_number,job\n${JOBS.map((job) => `${job},${job}\n`).join("")}`);
  await fill(
    sageDb,
    "JCM_MASTER__JOB",
    JOBS.map((Job) => ({ Job, Description: Job, Status: "In progress" })),
  );
  await fill(
    sageDb,
    "JCM_MASTER__CATEGORY",
    JOBS.flatMap((Job) =>
      Object.entries(SAGE).map(([Cost_Code, cents]) => ({
        Job,
        Extra: "",
        Cost_Code,
        Category: "MAT",
        Status: "In progress",
        Original_Estimate: `${cents / 100n}.00`,
        Approved_Estimate_Changes: "0",
      })),
    ),
  );
  const header = {
    accepted_by: "Ann Approver",
    accepted_at: "2026-03-02T10:00:00",
    erp_synced: 0,
    erp_locked: 0,
  };
  await fill(
    db,
    "project",
    JOBS.map((job) => ({ project_id: job, company: COMPANY, project_number: job, name: job })),
  );
  await fill(
    db,
    "budget",
    JOBS.map((job) => ({
      budget_id: `B-${job}`,
      project_id: job,
      erp_status: isSynced(job) ? "synced" : "accepted",
      ...header,
      estimate_import_blocked: 0,
    })),
  );
  await fill(
    db,
    "budget_line_item",
    JOBS.flatMap((job) =>
      Object.entries(BUDGET).map(([cost_code, cents]) => ({
        line_item_id: `${job}-${cost_code}`,
        budget_id: `B-${job}`,
        cost_code,
        cost_type: "M",
        original_amount: `${cents / 100n}.00`,
        erp_synced: 0,
      })),
    ),
  );
  const modified = JOBS.filter(hasModification);
  await fill(
    db,
    "budget_modification",
    modified.map((job) => ({
      modification_id: `M-${job}`,
      project_id: job,
      number: "1",
      title: "",
      erp_status: "accepted",
      ...header,
    })),
  );
  await fill(
    db,
    "budget_modification_line",
    modified.map((job) => ({
      modification_line_id: `M-${job}-1`,
      modification_id: `M-${job}`,
      cost_code: "16-700",
      cost_type: "M",
      amount: "-1.00",
      erp_synced: 0,
    })),
  );

  const first = (await exportAll(world.context)).companies[0];
  expect([first?.batches.length, first?.error]).toEqual([0, null]);
  expect(new Set(first?.holds.map(({ rule }) => rule))).toEqual(new Set(["no_baseline"]));
  expect(new Set(first?.holds.map((hold) => hold.project_number)).size).toBe(JOBS.length);
  expect((await lookAtHolds(world.context)).companies[0]?.holds.length).toBe(first?.holds.length);

  for (const job of JOBS) {
    const decision = { source: sourceOf(job), reason: "opening of the books" };
    expect(await baselineOf(world.context, job, { decision }), job).toMatchObject({ ok: true });
  }
  const second = (await exportAll(world.context)).companies[0];
  expect([second?.holds, second?.error]).toEqual([[], null]);

  // By job: what Sage had, and what the files add to it.
  const sent = readExported([world.outbox], (job) => job).byKey;
  const sentOf = (kind: string, job: string) =>
    [...sent].reduce((sum, [key, cents]) => (key.startsWith(`${kind}|${job}|`) ? sum + cents : sum), 0n);
  const total = (part: Readonly<Record<string, bigint>>) =>
    Object.values(part).reduce((sum, cents) => sum + cents, 0n);
  const expected = (job: string) => {
    if (isSynced(job) || sourceOf(job) === "staging") return 0n;
    return sourceOf(job) === "zero" ? total(BUDGET) : total(BUDGET) - total(SAGE);
  };
  expect(amounts(JOBS.map((job) => [job, sentOf("original", job)]))).toEqual(
    amounts(JOBS.map((job) => [job, expected(job)])),
  );
  expect(amounts(JOBS.map((job) => [job, sentOf("approved_change", job)]))).toEqual(
    amounts(modified.map((job) => [job, -100n])),
  );
  const again = (await exportAll(world.context)).companies[0];
  expect([again?.batches, again?.holds]).toEqual([[], []]);
});
