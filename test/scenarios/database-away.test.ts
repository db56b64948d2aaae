import { rmSync } from "node:fs";
import { expect, it } from "vitest";
import type { Db } from "../../src/db/db.ts";
import { DatabaseUnavailable } from "../../src/db/failures.ts";
import { openDatabase } from "../../src/db/open.ts";
import { exportAll } from "../../src/run/export/export.ts";
import { planAll } from "../../src/run/look/plan.ts";
import type { RunContext } from "../../src/run/records.ts";
import { type DatabasePair, eachDatabase } from "../support/databases.ts";
import { exportOne } from "../support/instances.ts";
import { readCopy } from "../support/sage-copy.ts";
import { withWorld } from "../support/with-world.ts";
import { stageBudget, type World } from "../support/world.ts";

const AWAY = "a transaction on STAGING failed: Connection lost";

eachDatabase("a database that goes away within a company's run", (makePair, engine) => {
  let pair: DatabasePair;
  let world: World;
  withWorld(makePair, async (site) => {
    ({ world, pair } = site);
    for (const number of ["25-1001", "25-1002"])
      await stageBudget(world, number, [[`${number}-L1`, null, "03-100", "M", "1.00"]]);
  });

  /** A context whose staging database goes away at a statement, and how often a transaction was tried after. */
  function awayAt(statement: RegExp): { context: RunContext; triesAfter: () => number } {
    const { db } = world.context;
    const lost = () => new DatabaseUnavailable(AWAY, "unreachable");
    let isAway = false;
    let tries = 0;
    const away: Db = {
      ...db,
      transaction: async (work, wasCommitted) => {
        if (isAway) {
          tries++;
          throw lost();
        }
        return db.transaction(
          (tx) =>
            work({
              ...tx,
              query: async (asked) => {
                const { sql, bindings } = asked.toSQL().toNative();
                isAway ||= statement.test(`${sql} ${bindings.join(" ")}`);
                if (isAway) throw lost();
                return tx.query(asked);
              },
            }),
          wasCommitted,
        );
      },
    };
    return { context: { ...world.context, db: away }, triesAfter: () => tries };
  }

  it("is named: staging is not Sage's copy, is not asked to note its own end, and what was written is told", async () => {
    const { context, triesAfter } = awayAt(/ACME-000002/);
    const lost = await exportOne(context);
    expect(lost.error).toMatchObject({ name: "database_lost", message: expect.stringContaining(AWAY) });
    expect(lost.batches.map((batch) => batch.batch_id)).toEqual(["ACME-000001"]);
    expect(triesAfter()).toBe(0);
    expect(await exportOne(world.context)).toMatchObject({
      error: null,
      batches: [{ batch_id: "ACME-000002", recovered: false }],
    });
  });

  it("before the end is noted takes nothing from what was done", async () => {
    const { context, triesAfter } = awayAt(/ended_at/);
    const done = await exportOne(context);
    expect(done).toMatchObject({
      error: { name: "database_lost" },
      batches: [{ batch_id: "ACME-000001" }, { batch_id: "ACME-000002" }],
      copy: { highest_run: null },
    });
    expect(triesAfter()).toBe(0);
  });

  it("before the lease is taken is the company's error, and no other's", async () => {
    const { db } = world.context;
    let isFirst = true;
    const away: Db = {
      ...db,
      transaction: async (work, wasCommitted) => {
        if (!isFirst) return db.transaction(work, wasCommitted);
        isFirst = false;
        throw new DatabaseUnavailable(AWAY, "unreachable");
      },
    };
    const [acme] = world.context.config.companies;
    if (!acme) throw new Error("the configuration has a company");
    const companies = [{ ...acme, id: "BETA" }, acme];
    const config = { ...world.context.config, companies };
    expect((await exportAll({ ...world.context, db: away, config })).companies).toMatchObject([
      { company: "BETA", error: { name: "database_lost" } },
      { company: "ACME", error: null },
    ]);
  });

  it("is named where it is Sage's copy", async () => {
    const db = await openDatabase(pair.sage);
    const away: Db = {
      ...db,
      reading: async () => {
        throw new DatabaseUnavailable("reading on SAGE failed: Connection lost", "unreachable");
      },
    };
    expect(await readCopy({ db: away, schema: null, company: null, filter: null })).toMatchObject({
      problem: { name: "sage_unavailable", message: expect.stringContaining("reading on SAGE failed") },
    });
    await db.close();
    if (engine !== "sqlite") return;
    await world.sageDb.close();
    rmSync(`${pair.folder}/sage.db`);
    for (const run of [exportAll, planAll])
      expect((await run(world.context)).companies).toMatchObject([{ error: { name: "sage_unavailable" } }]);
  });
});
