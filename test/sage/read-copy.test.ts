import { afterEach, beforeEach, expect, it } from "vitest";
import type { Db } from "../../src/db/db.ts";
import { openDatabase } from "../../src/db/open.ts";
import { copyNotices } from "../../src/run/copy.ts";
import type { CopyLook, SageCopy } from "../../src/sage/read-copy.ts";
import type { SageSource } from "../../src/sage/tables.ts";
import { type DatabasePair, eachDatabase } from "../support/databases.ts";
import { readCopy } from "../support/sage-copy.ts";

const never = () => Promise.reject(new Error("there was nothing to wait for"));

eachDatabase("a copy of Sage", (makePair) => {
  let pair: DatabasePair;
  let db: Db;
  beforeEach(async () => {
    pair = await makePair();
    db = await openDatabase(pair.owner.sage, { create: true });
  });
  afterEach(async () => {
    await db.close();
    await pair.remove();
  });

  const run = async (...statements: string[]) => {
    for (const statement of statements) await db.query(db.sql.build.raw(statement));
  };
  const source = (changes: Partial<SageSource> = {}): SageSource => ({
    db,
    schema: null,
    company: null,
    filter: null,
    ...changes,
  });
  const read = async (
    from = source(),
    wait: Parameters<typeof readCopy>[1] = never,
  ): Promise<CopyLook & SageCopy> => {
    const copy = await readCopy(from, wait);
    if (!copy.ok) throw new Error(copy.problem.name);
    return copy.value;
  };
  /** The least a copy has, with one job and one category. */
  const masters = (job = "25-1001") => [
    "create table JCM_MASTER__JOB (Job char(15), Description varchar(30), Status varchar(20))",
    `insert into JCM_MASTER__JOB values ('${job}', 'Clinic', 'In progress')`,
    "create table JCM_MASTER__STANDARD_CATEGORY (Category char(5), Description varchar(30))",
    "insert into JCM_MASTER__STANDARD_CATEGORY values ('  LAB', 'Labor')",
  ];
  const ENTRY = "Job, Extra, Cost_Code, Category, Transaction_Type, Amount, Run, Sequence, Date_Stamp";
  const entries = (amount: string, number: string, stamp: string, table = "JCT_CURRENT__TRANSACTION") =>
    `create table ${table} (Job char(15), Extra char(10), Cost_Code char(15), Category char(5),
      Transaction_Type char(25), Amount ${amount} null, Run ${number} null, Sequence ${number} null, Date_Stamp ${stamp} null)`;
  const entry = (values: string, table = "JCT_CURRENT__TRANSACTION") =>
    `insert into ${table} (${ENTRY}) values (${values})`;

  for (const [amount, number, stamp] of [
    ["float", "int", "date"],
    ["real", "float", "datetime"],
    ["money", "bigint", "varchar(30)"],
    ["decimal(18, 4)", "varchar(12)", "datetime"],
    ["varchar(20)", "smallint", "varchar(10)"],
  ] as const)
    it(`is read to the cent, the number and the day where amounts are ${amount}, numbers ${number}, stamps ${stamp}`, async () => {
      await run(
        ...masters(),
        entries(amount, number, stamp),
        entry("'  25-1001', null, ' 03-100', 'LAB  ', 'ORIGINAL Estimate ', '1234.57', 12, 3, '2026-03-02'"),
        entry("'25-1001', '', '03-100', 'LAB', 'Approved est changes', '-0.01', 12, 4, '2026-03-02'"),
        entry("'25-1001', '', '03-100', 'LAB', 'JC cost', '99.99', 12, 5, '2026-03-02'"),
      );
      const key = { job: "25-1001", extra: "", costCode: "03-100", category: "LAB", stampDay: "2026-03-02" };
      const copy = await read();
      expect(copy.entries).toEqual([
        { ...key, kind: "original", cents: 123457n, run: 12n, sequence: 3n },
        { ...key, kind: "approved_change", cents: -1n, run: 12n, sequence: 4n },
      ]);
      expect([...copy.masters.standardCategories]).toEqual(["LAB"]);
      expect(copy.asOf?.slice(0, 10)).toBe("2026-03-02");
      expect(copy.highestRun).toBe(12n);
    });

  it("where a number or an amount is none loses that entry alone, and says so", async () => {
    const at = "'25-1001', '', '03-100', 'LAB'";
    await run(
      ...masters(),
      entries("varchar(20)", "varchar(25)", "varchar(10)"),
      entry(`${at}, 'Original estimate', '5.00', '7', '1', '2026-03-02'`),
      entry(`${at}, 'Original estimate', '5.00', 'seven', '1', '2026-03-02'`),
      entry(`${at}, 'Original estimate', '5.00', '7', '99999999999999999999x', '2026-03-02'`),
      entry(`${at}, 'Original estimate', '1.234,50', '8', '1', '2026-03-02'`),
      entry(`${at}, 'JC cost', 'void', '9', '1', '2026-03-02'`),
      entry(`${at}, 'JC cost', '1e300', '1e300', '1', '2026-03-02'`),
    );
    const copy = await read();
    expect(copy.entries.map(({ cents, run: number }) => [cents, number])).toEqual([[500n, 7n]]);
    const lacking = copy.lacking.join("\n");
    expect(lacking).toContain("2 estimate entries have no Run or Sequence");
    expect(lacking).toContain("1 estimate entries have an Amount that is no number, and count for nothing");
  });

  it("of several companies shows one of them, and shares the lists that have no company", async () => {
    const schema = db.engine === "sqlserver" ? "s300" : null;
    const at = schema ? "s300." : "";
    if (schema) await run("create schema s300");
    await run(
      `create table ${at}JCM_MASTER__JOB (Data_Folder_Id varchar(20), Job varchar(15), Description varchar(30), Status varchar(20))`,
      `insert into ${at}JCM_MASTER__JOB values (' ACME  ', '1', 'ours', 'In progress'), ('BETA', '1', 'theirs', 'Closed'), ('acme', '2', 'other case', 'In progress')`,
      `create table ${at}JCM_MASTER__STANDARD_CATEGORY (Category varchar(5))`,
      `insert into ${at}JCM_MASTER__STANDARD_CATEGORY values ('LAB')`,
      `create table ${at}JCT_CURRENT__TRANSACTION (Job varchar(15), Transaction_Type varchar(20), Amount float, Run int, Sequence int)`,
      `insert into ${at}JCT_CURRENT__TRANSACTION values ('1', 'Original estimate', 5, 1, 1)`,
    );
    const copy = await read(source({ schema, company: { column: "Data_Folder_Id", value: "ACME" } }));
    expect([...copy.masters.jobs.values()]).toEqual([{ job: "1", description: "ours", closed: false }]);
    expect(copy.entries).toEqual([]);
    expect(copy.lacking.join("\n")).toContain(
      "JCM_MASTER__STANDARD_CATEGORY has no Data_Folder_Id: it is taken to be for all companies",
    );
    expect(copy.lacking.join("\n")).toContain(
      "JCT_CURRENT__TRANSACTION has no Data_Folder_Id, so ACME cannot be told from other companies",
    );
  });

  it("says what is lost with each table and column that it lacks, and stops where nothing could be checked", async () => {
    await run(...masters(), entries("float", "int", "date"));
    const { lacking } = await read();
    for (const table of ["EXTRA", "COST_CODE", "CATEGORY", "STANDARD_COST_CODE"])
      expect(lacking.join("\n")).toContain(`JCM_MASTER__${table} is not there: `);
    expect(lacking.join("\n")).toContain(
      "JCT_HISTORY__TRANSACTION is not there: entries moved to history are not seen",
    );
    await run("delete from JCM_MASTER__JOB");
    expect(await readCopy(source(), never)).toMatchObject({ problem: { name: "sage_table_empty" } });
    await run("drop table JCM_MASTER__JOB");
    expect(await readCopy(source(), never)).toMatchObject({ problem: { name: "sage_table_empty" } });
  });

  it("that is refilled while it is read is read again when it has come to rest", async () => {
    await run(...masters(), entries("float", "int", "date"));
    const waits: number[] = [];
    let restless = 4;
    // Before each of the first four readings, the refresh adds an entry.
    const refilled = refillBeforeReading(() => (restless-- > 0 ? restless : null));
    const copy = await read(source({ db: refilled }), async (milliseconds) => waits.push(milliseconds));
    expect(copy.entries.map((one) => one.run)).toEqual([3n, 2n, 1n, 0n]);
    expect(waits).toEqual([5_000, 5_000]);
  });

  const at = "'25-1001', '', '03-100', 'LAB', 'Original estimate', 1";
  const fill = {
    JCM_MASTER__JOB: ["insert into JCM_MASTER__JOB values ('25-1001', 'Clinic', 'In progress')"],
    JCM_MASTER__CATEGORY: ["insert into JCM_MASTER__CATEGORY values ('25-1001', '', '03-100', 'LAB', 2)"],
    JCT_CURRENT__TRANSACTION: [entry(`${at}, 1, 1, '2026-03-02'`), entry(`${at}, 1, 2, '2026-03-02'`)],
  };
  for (const [table, isThere] of [
    ["JCM_MASTER__JOB", "nothing"],
    ["JCM_MASTER__CATEGORY", "nothing"],
    ["JCT_CURRENT__TRANSACTION", "nothing"],
    ["JCT_CURRENT__TRANSACTION", "half"],
  ] as const)
    it(`that is refilled within one reading is read again, if ${isThere} of ${table} was there then`, async () => {
      await run(
        ...masters(),
        `create table JCM_MASTER__CATEGORY (Job char(15), Extra char(10), Cost_Code char(15), Category char(5),
          Original_Estimate float)`,
        ...fill.JCM_MASTER__CATEGORY,
        entries("float", "int", "date"),
        ...fill.JCT_CURRENT__TRANSACTION,
      );
      const whole = await read();
      let waited = 0;
      let isFirst = true;
      const refilled: Db = {
        ...db,
        // The rows are away while they are read, and back before the next look.
        async *rows(statement) {
          const isIt = isFirst && statement.toQuery().includes(table);
          if (!isIt) return yield* db.rows(statement);
          isFirst = false;
          await run(`delete from ${table}`, ...(isThere === "half" ? fill[table].slice(1) : []));
          yield* db.rows(statement);
          await run(`delete from ${table}`, ...fill[table]);
        },
      };
      const copy = await read(source({ db: refilled }), async () => waited++);
      expect(waited).toBe(1);
      expect([copy.masters, copy.entries]).toEqual([whole.masters, whole.entries]);
      expect(copy.entries).toHaveLength(2);
      expect(copy.masters.categories.size).toBe(1);
    });

  it("that never comes to rest is given up until the next run, and nothing is concluded from it", async () => {
    await run(...masters(), entries("float", "int", "date"));
    let filled = 0;
    let waited = 0;
    const copy = await readCopy(source({ db: refillBeforeReading(() => filled++) }), async () => waited++);
    expect(copy).toMatchObject({ ok: false, problem: { name: "sage_copy_refreshing" } });
    expect(waited).toBe(5);
  });

  /** A database whose copy gets another entry just as it is begun to be read, with the run that `next` gives. */
  function refillBeforeReading(next: () => number | null): Db {
    return {
      ...db,
      reading: async (work) => {
        const runNumber = next();
        if (runNumber !== null)
          await run(
            entry(`'25-1001', '', '03-100', 'LAB', 'Original estimate', 1, ${runNumber}, 1, '2026-03-02'`),
          );
        return db.reading(work);
      },
    };
  }

  it("counts an entry once that stands in CURRENT and HISTORY, or twice in one table, and each of two that differ", async () => {
    const at = "'25-1001', '', '03-100', 'LAB', 'Original estimate'";
    await run(
      ...masters(),
      entries("float", "int", "date"),
      entries("float", "int", "date", "JCT_HISTORY__TRANSACTION"),
      entry(`${at}, 10, 1, 1, '2026-03-02'`),
      entry(`${at}, 11, 1, 1, '2026-03-02'`, "JCT_HISTORY__TRANSACTION"),
      entry(`${at}, 30, 2, 1, '2026-03-02'`),
      entry(`${at}, 20, 2, 1, '2026-03-02'`),
      entry(`${at}, 20, 2, 1, '2026-03-03'`),
      entry(`${at}, 40, null, 1, '2026-03-02'`),
    );
    const copy = await read();
    expect(copy.entries.map((one) => [one.cents, one.twin])).toEqual([
      [1000n, undefined],
      [2000n, undefined],
      [3000n, 1],
    ]);
    expect(copy.lacking.join("\n")).toContain(
      "under one number with different contents, and each counts: 25-1001 run 2 sequence 1",
    );
    expect(copy.lacking.join("\n")).toContain("1 estimate entries have no Run or Sequence");
  });

  it("tells entries apart by the number of their distribution, where it has one", async () => {
    const at = "'25-1001', '', '03-100', 'LAB', 'Original estimate'";
    const history = "JCT_HISTORY__TRANSACTION";
    await run(
      ...masters(),
      `create table JCT_CURRENT__TRANSACTION (Job char(15), Extra char(10), Cost_Code char(15), Category char(5),
        Transaction_Type char(25), Amount float, Run int, Sequence int, Date_Stamp date, DIST_SEQUENCE int)`,
      entries("float", "int", "date", history),
      `insert into JCT_CURRENT__TRANSACTION (${ENTRY}, DIST_SEQUENCE) values (${at}, 10, 1, 1, '2026-03-02', 1)`,
      `insert into JCT_CURRENT__TRANSACTION (${ENTRY}, DIST_SEQUENCE) values (${at}, 10, 1, 1, '2026-03-02', 2)`,
      entry(`${at}, 10, 1, 1, '2026-03-02'`, history),
      entry(`${at}, 10, 1, 2, '2026-03-02'`, history),
    );
    const copy = await read();
    expect(copy.entries.map((one) => [one.sequence, one.cents, one.twin])).toEqual([
      [1n, 1000n, undefined],
      [1n, 1000n, 1],
      [2n, 1000n, undefined],
    ]);
    expect(copy.lacking.join("\n")).not.toContain("different contents");
  });

  it("hands over no entry that is no estimate, however many there are, and is as old as the newest of any", async () => {
    const at = "'25-1001', '', '03-100', 'LAB'";
    await run(
      ...masters(),
      entries("float", "int", "date"),
      entry(`${at}, ' ORIGINAL Estimate', 5, 1, 1, '2026-03-02'`),
      ...Array.from({ length: 9 }, (_, n) => entry(`${at}, 'AP cost', 5, 2, ${n}, '2026-03-05'`)),
    );
    let handedOver = 0;
    const counting: Db = {
      ...db,
      async *rows(statement) {
        for await (const row of db.rows(statement)) {
          if (statement.toQuery().includes("TRANSACTION")) handedOver++;
          yield row;
        }
      },
    };
    const copy = await read(source({ db: counting }));
    expect(copy.entries.map((one) => one.run)).toEqual([1n]);
    expect(handedOver).toBe(1);
    expect(copy.asOf?.slice(0, 10)).toBe("2026-03-05");
  });

  for (const [type, there, gone, keep] of [
    ["bit", "0", "1", ["0"]],
    ["varchar(5)", "'false '", "'true'", ["false"]],
    ["int", "7", "9", ["7", "8"]],
  ] as const)
    it(`with a column of ${type} that marks what Sage has deleted shows only what it keeps`, async () => {
      const at = "'25-1001', '', '03-100', 'LAB', 'Original estimate'";
      await run(
        ...masters(),
        entries("float", "int", "date"),
        `alter table JCT_CURRENT__TRANSACTION add _fivetran_deleted ${type} null`,
        `insert into JCT_CURRENT__TRANSACTION (${ENTRY}, _fivetran_deleted) values (${at}, 5, 1, 1, '2026-03-02', ${there})`,
        `insert into JCT_CURRENT__TRANSACTION (${ENTRY}, _fivetran_deleted) values (${at}, 6, 1, 2, '2026-03-02', ${gone})`,
        `alter table JCM_MASTER__JOB add _fivetran_deleted ${type} null`,
        `update JCM_MASTER__JOB set _fivetran_deleted = ${there}`,
        `insert into JCM_MASTER__JOB values ('25-1002', 'Gone', 'In progress', ${gone})`,
      );
      const copy = await read(source({ filter: { column: "_fivetran_deleted", keep } }));
      expect(copy.entries.map((one) => one.cents)).toEqual([500n]);
      expect([...copy.masters.jobs.keys()]).toEqual(["25-1001"]);
      expect((await read()).entries).toHaveLength(2);
    });

  it("names records that differ only by blanks or capital letters", async () => {
    await run(
      ...masters("25-1001a"),
      "insert into JCM_MASTER__JOB values ('25-1001A', 'Clinic', 'Closed'), (' 25-1001a', 'Clinic', 'Closed')",
    );
    const copy = await read();
    // Of two rows of one record the stricter counts.
    expect(copy.masters.jobs.get("25-1001a")).toMatchObject({ description: "Clinic", closed: true });
    expect(copy.lacking.join("\n")).toMatch(
      /JCM_MASTER__JOB has more than one row for 25-1001A; 25-1001a, case aside/,
    );
  });

  it("that shows an older state than before is told, for it may have been restored", async () => {
    await run(...masters(), entries("float", "int", "date"));
    const copy = await read();
    expect(copyNotices(copy, 12n)[0]).toContain("its highest run is none, and run 12 was seen");
    await run(entry("'25-1001', '', '03-100', 'LAB', 'Original estimate', 1, 12, 1, '2026-03-02'"));
    expect(copyNotices(await read(), 12n)).toEqual((await read()).lacking);
    expect(copyNotices(await read(), null)).toEqual((await read()).lacking);
  });
});
