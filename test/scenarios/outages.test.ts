import { afterAll, beforeAll, expect, it } from "vitest";
import { openSqlserver } from "../../src/db/sqlserver.ts";
import { cents, integer, text } from "../../src/db/values.ts";
import { exportAll } from "../../src/run/export/export.ts";
import { reconcileAll } from "../../src/run/reconcile/reconcile.ts";
import type { RunContext } from "../../src/run/records.ts";
import { amounts, readExported } from "../support/accounts.ts";
import { onSqlserver, type SqlserverPair } from "../support/databases.ts";
import { testSeed } from "../support/extent.ts";
import { readMovementRows } from "../support/journal-rows.ts";
import { type FaultKind, startProxy, type TcpProxy } from "../support/proxy.ts";
import { makeWorld, stageBudget, type World } from "../support/world.ts";

/** Each round is an export and a reconciliation. */
const ROUNDS = 100;
/** More messages than a run sends, so that some faults strike the next run, or none. */
const MESSAGES = 120;
const QUICK = { retries: 6, firstWait: 5, longestWait: 50, longest: 60_000 } as const;
const PROJECTS = ["25-1001", "25-1002"] as const;

onSqlserver("a network that cuts, stalls and half-closes", (makePair) => {
  let pair: SqlserverPair;
  let world: World;
  let proxy: TcpProxy;
  let context: RunContext;
  beforeAll(async () => {
    pair = await makePair();
    world = await makeWorld(pair);
    const { server, port } = pair.owner.staging;
    proxy = await startProxy({ host: server, port: port ?? 1433 });
    const { config } = world.context;
    const through = { port: proxy.port, connect_timeout: 2, statement_timeout: 2 };
    const { staging } = config;
    const [company] = config.companies;
    if (staging.client !== "sqlserver" || company?.sage.client !== "sqlserver")
      throw new Error("no SQL Server");
    const sage = { ...company.sage, ...through };
    context = {
      ...world.context,
      config: { ...config, companies: [{ ...company, sage }] },
      db: await openSqlserver({ ...staging, ...through }, { patience: QUICK }),
    };
  });
  afterAll(async () => {
    await context.db.close();
    await proxy.close();
    await world.close();
    await pair.remove();
  });

  it("loses nothing, sends nothing twice, and leaves every flag right", { timeout: 1_800_000 }, async () => {
    const seed = testSeed();
    console.log(`outages: TIEOUT_TEST_SEED=${seed}`);
    const random = generator(seed);
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
    const accepted = new Map<string, bigint>();
    const imported = new Set<string>();
    let failed = 0;

    for (const number of PROJECTS) {
      await stageBudget(world, number, [
        [`${number}-L1`, null, "03-100", "M", "100.00"],
        [`${number}-L2`, "PH1", "01-510", "C", "230750.37"],
      ]);
      accepted.set(number, 10_000n + 23_075_037n);
    }
    const disturb = () => {
      const kinds: FaultKind[] = [
        "cut before",
        "cut after",
        "half-close",
        "cut before",
        "cut after",
        "stall",
      ];
      proxy.inject({ kind: pick(kinds), atMessage: 1 + Math.floor(random() * MESSAGES) });
    };
    /** A run either says what went wrong, or throws since the database was away before it began. */
    const run = async (
      work: () => Promise<{ readonly companies: readonly { readonly error: unknown }[] }>,
    ) => {
      try {
        const { companies } = await work();
        if (companies.some(({ error }) => error !== null)) failed++;
      } catch {
        failed++;
      }
    };
    const importAndPost = async () => {
      for (const name of await world.context.files.list(world.outbox)) {
        if (name.startsWith(".") || imported.has(name)) continue;
        imported.add(name);
        await world.importBatch(name);
      }
      await world.sage.post({ which: "all" });
    };

    for (let round = 0; round < ROUNDS; round++) {
      const number = pick(PROJECTS);
      const [budget] = (await world.rows("budget")).filter((row) => row.budget_id === `B-${number}`);
      if (budget?.erp_status === "synced") {
        const amount = BigInt(Math.floor(random() * 1_000_000));
        await world.statement(
          "update staging.budget_line_item set original_amount = ? where line_item_id = ?",
          `${amount / 100n}.${String(amount % 100n).padStart(2, "0")}`,
          `${number}-L1`,
        );
        await world.statement(
          "update staging.budget set erp_status = 'accepted' where budget_id = ?",
          `B-${number}`,
        );
        accepted.set(number, amount + 23_075_037n);
      }
      disturb();
      await run(() => exportAll(context));
      await importAndPost();
      disturb();
      await run(() => reconcileAll(context));
      world.clock.addDays(1);
    }

    // The network is mended: what is left is finished by itself.
    proxy.inject({ kind: "cut before", atMessage: Number.MAX_SAFE_INTEGER });
    for (let time = 0; time < 2; time++) {
      expect((await exportAll(context)).companies).toMatchObject([{ error: null, holds: [] }]);
      await importAndPost();
      expect((await reconcileAll(context)).companies).toMatchObject([{ error: null, unexpected: 0 }]);
    }
    console.log(`outages: ${failed} of ${2 * ROUNDS} runs failed and said so; ${imported.size} batches`);

    const names = context.names;
    const rows = (table: "batch" | "import_line") =>
      world.db.query(world.db.sql.build(names.journal(table)).select());
    for (const row of await world.rows("budget"))
      expect([text(row as never, "erp_status"), Number(row.erp_locked), Number(row.erp_synced)]).toEqual([
        "synced",
        0,
        1,
      ]);
    for (const row of await world.rows("budget_line_item")) expect(Number(row.erp_synced)).toBe(1);
    expect((await rows("batch")).map((row) => integer(row, "number")).sort((a, b) => a - b)).toEqual(
      [...imported].map((_, index) => index + 1),
    );
    for (const row of await rows("import_line")) expect(text(row, "state")).toBe("posted");
    const expected = amounts([...accepted].map(([number, sum]) => [`P-${number}`, sum]));
    expect(readExported([world.outbox], (job) => `P-${job}`).byProject).toEqual(expected);
    const posted = (await readMovementRows(world.db, names)).flatMap((row) => {
      const sign =
        text(row, "to_account") === "posted" ? 1n : text(row, "from_account") === "posted" ? -1n : 0n;
      return [[text(row, "project_id"), sign * cents(row, "cents")] as const];
    });
    expect(amounts(posted)).toEqual(expected);
  });
});

/** The same numbers from 0 to 1 for the same seed. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
