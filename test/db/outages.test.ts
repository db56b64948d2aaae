import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import type { Db, Queries } from "../../src/db/db.ts";
import { CommitUnknown, DatabaseUnavailable } from "../../src/db/failures.ts";
import { openSqlserver } from "../../src/db/sqlserver.ts";
import { integer } from "../../src/db/values.ts";
import { onSqlserver, type SqlserverPair } from "../support/databases.ts";
import { type FaultKind, startProxy, type TcpProxy } from "../support/proxy.ts";

/** As patient as in production, and quick: a test's server is back at once. */
const QUICK = { retries: 8, firstWait: 5, longestWait: 50, longest: 120_000 } as const;
const FAULTS: readonly FaultKind[] = ["cut before", "cut after", "half-close", "stall"];

const add = (queries: Queries, n: number) => queries.query(queries.sql.build("counter").insert({ n }));
const numbers = async (queries: Queries) =>
  (await queries.query(queries.sql.build("counter").orderBy("n").select("n"))).map((row) =>
    integer(row, "n"),
  );

onSqlserver("an outage", (makePair) => {
  let pair: SqlserverPair;
  let direct: Db;
  let proxy: TcpProxy;
  let db: Db;
  beforeAll(async () => {
    pair = await makePair();
    direct = await openSqlserver(pair.owner.staging);
    await direct.query(direct.sql.build.raw("create table counter (n int not null)"));
  });
  beforeEach(async () => {
    await direct.query(direct.sql.build("counter").delete());
    const { server, port } = pair.owner.staging;
    proxy = await startProxy({ host: server, port: port ?? 1433 });
    db = await open();
    // The connection is there: the first message of a test is that of its first statement.
    await numbers(db);
  });
  afterEach(async () => {
    await db.close();
    await proxy.close();
  });
  afterAll(async () => {
    await direct.close();
    await pair.remove();
  });
  const open = (changes = {}) =>
    openSqlserver(
      { ...pair.owner.staging, port: proxy.port, connect_timeout: 2, statement_timeout: 1, ...changes },
      { patience: QUICK },
    );
  const onlyOnce = async (work: () => Promise<unknown>, expected: number[]) => {
    await work();
    expect(proxy.armed).toBe(false);
    expect(await numbers(direct)).toEqual(expected);
  };

  for (const kind of FAULTS) {
    it(`(${kind}) in a read is not noticed by whoever reads`, async () => {
      await add(direct, 7);
      proxy.inject({ kind, atMessage: 1 });
      expect(await numbers(db)).toEqual([7]);
      expect(proxy.armed).toBe(false);
    });

    it(`(${kind}) at the opening of a cursor is not noticed by whoever reads from it`, async () => {
      await add(direct, 7);
      proxy.inject({ kind, atMessage: 1 });
      const found: number[] = [];
      for await (const row of db.rows(db.sql.build("counter").select("n"))) found.push(integer(row, "n"));
      expect(found).toEqual([7]);
    });

    // Begin, two inserts, the look at @@trancount, commit.
    for (const atMessage of [1, 2, 3, 4, 5])
      it(`(${kind}) at message ${atMessage} of a transaction leaves it done once`, () =>
        onlyOnce(async () => {
          proxy.inject({ kind, atMessage });
          const isThere = async (queries: Queries) => (await numbers(queries)).length === 2;
          const result = await db.transaction(async (tx) => {
            await add(tx, 1);
            await add(tx, 2);
            return "done";
          }, isThere);
          expect(result).toBe("done");
        }, [1, 2]));

    it(`(${kind}) in a single write is told, and the write not sent again`, async () => {
      proxy.inject({ kind, atMessage: 1 });
      await expect(add(db, 1)).rejects.toThrow(DatabaseUnavailable);
      expect((await numbers(direct)).length).toBeLessThan(2);
    });

    it(`(${kind}) in a commit that nobody can ask about is told as an unknown outcome, and not done again`, async () => {
      const working = db.transaction(async (tx) => {
        await add(tx, 1);
        // The look at @@trancount, then the commit.
        proxy.inject({ kind, atMessage: 2 });
      });
      await expect(working).rejects.toThrow(CommitUnknown);
      expect((await numbers(direct)).length).toBeLessThan(2);
    });
  }

  it("in the middle of a cursor fails it as a whole, and work that only reads begins again", async () => {
    for (let n = 0; n < 5_000; n += 1_000)
      await direct.insert(
        "counter",
        { n: "integer" },
        Array.from({ length: 1_000 }, (_, index) => ({ n: n + index })),
      );
    let begun = 0;
    const read = await db.reading(async () => {
      begun++;
      const found: number[] = [];
      for await (const row of db.rows(db.sql.build("counter").orderBy("n").select("n"))) {
        found.push(integer(row, "n"));
        if (begun === 1 && found.length === 1) proxy.cut();
      }
      return found;
    });
    expect(begun).toBe(2);
    expect(read).toEqual(Array.from({ length: 5_000 }, (_, n) => n));
  });

  it("that lasts longer than patience is told as what it is, and the next run finds the server again", async () => {
    proxy.fail();
    await expect(numbers(db)).rejects.toThrow(DatabaseUnavailable);
    proxy.mend();
    await db.transaction((tx) => add(tx, 1));
    expect(await numbers(db)).toEqual([1]);
  });

  it("of a refused login is told at once: tried again it may lock the account", async () => {
    const before = proxy.connections;
    await expect(open({ password: "wrong" })).rejects.toThrow(/login failed|password/i);
    expect(proxy.connections - before).toBe(1);
  });

  it("is over as soon as the process is asked to stop", async () => {
    const stopping = new AbortController();
    const stopped = await openSqlserver(
      { ...pair.owner.staging, port: proxy.port },
      {
        patience: { ...QUICK, firstWait: 3_600_000, longestWait: 3_600_000, longest: 7_200_000 },
        signal: stopping.signal,
      },
    );
    proxy.fail();
    const reading = numbers(stopped);
    setImmediate(() => stopping.abort());
    await expect(reading).rejects.toThrow();
    proxy.mend();
    await stopped.close();
  });

  it("by a deadlock is over by itself: the one that was undone is done again", async () => {
    await direct.query(direct.sql.build.raw("create table pair_of_rows (id int not null, n int not null)"));
    for (const id of [1, 2]) await direct.query(direct.sql.build("pair_of_rows").insert({ id, n: 0 }));
    // Each takes its first row before either takes its second.
    const bothHaveOne = rendezvous(2);
    const countUp = (on: Db, order: readonly number[]) => {
      let isFirstTry = true;
      return on.transaction(async (tx) => {
        for (const [index, id] of order.entries()) {
          if (index === 1 && isFirstTry) await bothHaveOne();
          await tx.query(
            tx.sql
              .build("pair_of_rows")
              .where({ id })
              .update({ n: tx.sql.build.raw("n + 1") }),
          );
        }
        isFirstTry = false;
      });
    };
    const slow = { statement_timeout: 30 };
    const [one, two] = [await open(slow), await open(slow)];
    await Promise.all([countUp(one, [1, 2]), countUp(two, [2, 1])]);
    const rows = await direct.query(direct.sql.build("pair_of_rows").select("n"));
    expect(rows.map((row) => integer(row, "n"))).toEqual([2, 2]);
    for (const each of [one, two]) await each.close();
  });

  it("of a transaction that a trigger began and left open is found before the commit", async () => {
    await expect(
      db.transaction(async (tx) => {
        await add(tx, 1);
        await tx.query(tx.sql.build.raw("begin transaction"));
      }),
    ).rejects.toThrow(/2 transactions are open instead of 1|mismatching number of BEGIN/);
    expect(await numbers(direct)).toEqual([]);
  });
});

/** Gives a function that resolves once it has been called `count` times; a later call resolves at once. */
function rendezvous(count: number): () => Promise<void> {
  let arrived = 0;
  let open = () => {};
  const everybody = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    if (++arrived >= count) open();
    return everybody;
  };
}
