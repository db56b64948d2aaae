import knex, { type Knex } from "knex";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { Db } from "../../src/db/db.ts";
import { openSqlserver } from "../../src/db/sqlserver.ts";
import { integer } from "../../src/db/values.ts";
import { onSqlserver, type SqlserverPair } from "../support/databases.ts";

/** Enough for what happens more often than not to happen at least once. */
const ROUNDS = 30;

onSqlserver("a transaction that is rolled back beside work on another database", (makePair) => {
  let pair: SqlserverPair;
  let one: Db;
  let other: Db;
  beforeAll(async () => {
    pair = await makePair();
    one = await openSqlserver(pair.owner.staging);
    other = await openSqlserver(pair.owner.sage);
    for (const db of [one, other]) await db.query(db.sql.build.raw("create table leak (n int not null)"));
  });
  beforeEach(async () => {
    for (const db of [one, other]) await db.query(db.sql.build("leak").delete());
  });
  afterAll(async () => {
    await one.close();
    await other.close();
    await pair.remove();
  });
  const leaked = async () => {
    let rows = 0;
    for (const db of [one, other]) {
      const [row] = await db.query(db.sql.build("leak").count("* as n"));
      rows += row ? integer(row, "n") : 0;
    }
    return rows;
  };

  it("leaves nothing anywhere", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const rolledBack = one
        .transaction(async (tx) => {
          for (const n of [1, 2, 3]) await tx.query(tx.sql.build("leak").insert({ n }));
          throw new Error("rolled back");
        })
        .catch((error: Error) => error.message);
      const beside = Array.from({ length: 3 }, () => other.query(other.sql.build.raw("select 1 as one")));
      await Promise.all([rolledBack, ...beside]);
      expect(await rolledBack).toBe("rolled back");
    }
    expect(await leaked()).toBe(0);
  });

  it("leaves rows in the other database where knex itself runs it, which is why knex only builds statements here", async () => {
    const plain = ({ server, port, database, user, password }: SqlserverPair["owner"]["staging"]): Knex =>
      knex({
        client: "mssql",
        connection: {
          server,
          port: port ?? 1433,
          database,
          user: user ?? "",
          password: password ?? "",
          options: { encrypt: false, trustServerCertificate: true },
        },
      });
    const [knexOne, knexOther] = [plain(pair.owner.staging), plain(pair.owner.sage)];
    try {
      for (let round = 0; round < ROUNDS; round++) {
        const rolledBack = knexOne
          .transaction(async (trx) => {
            // As one would write it: the statements of a transaction, all at once.
            await Promise.all([1, 2, 3].map((n) => trx("leak").insert({ n })));
            throw new Error("rolled back");
          })
          .catch(() => undefined);
        const beside = Array.from({ length: 3 }, () => knexOther.raw("select 1 as one"));
        await Promise.allSettled([rolledBack, ...beside]);
      }
    } finally {
      await knexOne.destroy();
      await knexOther.destroy();
    }
    expect(await leaked()).toBeGreaterThan(0);
  });
});
