import { expect, it } from "vitest";
import type { Db, Row, Statement } from "../../src/db/db.ts";
import { reconcileAll } from "../../src/run/reconcile/reconcile.ts";
import { eachDatabase } from "../support/databases.ts";
import { exportOne } from "../support/instances.ts";
import { withWorld } from "../support/with-world.ts";
import { stageBudget, type World } from "../support/world.ts";

const NUMBERS = ["25-1001", "25-1002", "25-1003"];

eachDatabase("a reconciliation", (makePair) => {
  let world: World;
  withWorld(makePair, async (site) => {
    world = site.world;
    world.map("jobs", `project_number,job\n${NUMBERS.map((number) => `${number},${number}\n`).join("")}`);
    await world.sage.addJob("25-1003", "School");
  });

  const stage = (number: string, lines: number) =>
    stageBudget(
      world,
      number,
      Array.from({ length: lines }, (_, n) => [
        `${number}-L${n}`,
        null,
        ["01-510", "03-100", "16-700"][n % 3] ?? "",
        ["M", "C", "L"][Math.floor(n / 3) % 3] ?? "",
        `${n + 1}.00`,
      ]),
    );
  const exported = async (numbers: readonly string[], lines: number) => {
    for (const number of numbers) await stage(number, lines);
    const { batches, holds } = await exportOne(world.context);
    expect(holds).toEqual([]);
    for (const { batch_id } of batches) await world.importBatch(batch_id);
  };
  /** The rows of staging and journal that a reconciliation is handed over, and its statements. */
  const counted = async (full = false): Promise<{ rows: Row[]; statements: number }> => {
    const { db } = world.context;
    const rows: Row[] = [];
    let statements = 0;
    const keep = (some: readonly Row[]) => {
      rows.push(...some);
      statements++;
      return some as Row[];
    };
    const heard: Db = {
      ...db,
      query: async (statement) => keep(await db.query(statement)),
      async *rows(statement: Statement) {
        statements++;
        for await (const row of db.rows(statement)) {
          rows.push(row);
          yield row;
        }
      },
      transaction: (work, wasCommitted) =>
        db.transaction(
          (tx) => work({ ...tx, query: async (statement) => keep(await tx.query(statement)) }),
          wasCommitted,
        ),
    };
    const { companies } = await reconcileAll({ ...world.context, db: heard }, { full });
    expect(companies).toMatchObject([{ error: null, digests_lied: [] }]);
    return { rows, statements };
  };
  /** Jobs of import lines, and lines of staging, among rows. */
  const ofLines = (rows: readonly Row[]) => ({
    jobs: [...new Set(rows.filter((row) => "line_no" in row && "job" in row).map((row) => String(row.job)))],
    staged: rows.filter((row) => "line_item_id" in row).map((row) => String(row.line_item_id)),
  });

  it("that has nothing new reads no line, and as many rows and statements whatever lines there are", async () => {
    await exported(NUMBERS, 3);
    await world.sage.post({ which: "all" });
    await counted();
    const few = await counted();
    expect(ofLines(few.rows)).toEqual({ jobs: [], staged: [] });

    for (const number of NUMBERS) {
      for (const [n, code] of ["01-510", "03-100", "16-700"].entries())
        await world.statement(
          `insert into staging.budget_line_item (line_item_id, budget_id, cost_code, cost_type, original_amount)
           values ('${number}-M${n}', 'B-${number}', '${code}', 'C', '7.00')`,
        );
      await world.statement(
        `update staging.budget set erp_status = 'accepted' where budget_id = 'B-${number}'`,
      );
    }
    const { batches } = await exportOne(world.context);
    for (const { batch_id } of batches) await world.importBatch(batch_id);
    await world.sage.post({ which: "all" });
    await counted();
    const more = await counted();
    expect(batches.length).toBe(NUMBERS.length);
    expect(ofLines(more.rows)).toEqual({ jobs: [], staged: [] });
    expect([more.rows.length, more.statements]).toEqual([few.rows.length, few.statements]);
  });

  it("reads the lines of the one job that was posted, and of no other", async () => {
    await exported(NUMBERS, 9);
    await counted();
    await world.sage.post({ which: (entry) => entry.job === "25-1003" });
    const { jobs, staged } = ofLines((await counted()).rows);
    expect(jobs).toEqual(["25-1003"]);
    expect(staged.every((id) => id.startsWith("25-1003"))).toBe(true);
    expect(ofLines((await counted()).rows)).toEqual({ jobs: [], staged: [] });
  });

  it("of everything reads every job", async () => {
    await exported(NUMBERS, 3);
    await counted();
    expect(ofLines((await counted(true)).rows).jobs.sort()).toEqual(NUMBERS);
  });

  it("of everything calls no digest a liar for what staging says since the last one", async () => {
    await exported(NUMBERS, 3);
    await counted();
    await world.statement("update staging.project set name = 'Harbor School' where project_id = 'P-25-1003'");
    const [found] = (await reconcileAll(world.context, { full: true })).companies;
    expect(found).toMatchObject({ error: null, digests_lied: [] });
  });

  it("of everything names a job that somebody changed behind its digest, and puts it right", async () => {
    await exported(NUMBERS, 3);
    await world.sage.post({ which: "all" });
    await counted();
    const { names } = world.context;
    await world.db.query(
      world.db.sql
        .build(names.journal("import_line"))
        .where({ job: "25-1003", line_no: 1 })
        .update({ state: "amount_differs" }),
    );
    const [passedOver] = (await reconcileAll(world.context)).companies;
    expect(passedOver).toMatchObject({ error: null, digests_lied: [] });
    const [found] = (await reconcileAll(world.context, { full: true })).companies;
    expect(found?.digests_lied).toMatchObject([
      { name: "digest_lied", message: expect.stringContaining("25-1003") },
    ]);
    const [again] = (await reconcileAll(world.context, { full: true })).companies;
    expect(again).toMatchObject({ digests_lied: [], differences: [] });
  });
});
