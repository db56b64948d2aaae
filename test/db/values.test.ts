import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Db } from "../../src/db/db.ts";
import { openDatabase } from "../../src/db/open.ts";
import { bit, cents, integer, text, textOrNull, trimmed } from "../../src/db/values.ts";
import { type DatabasePair, eachDatabase } from "../support/databases.ts";

eachDatabase("what is read from a column", (makePair) => {
  let pair: DatabasePair;
  let db: Db;
  beforeAll(async () => {
    pair = await makePair();
    db = await openDatabase(pair.owner.staging, { create: true });
  });
  afterAll(async () => {
    await db.close();
    await pair.remove();
  });

  const table = async (name: string, columns: string) => {
    await db.query(db.sql.build.raw(`create table ${name} (${columns})`));
    return () => db.sql.build(name);
  };

  it("is exact in cents beyond the numbers that a float tells apart, one by one and in sums", async () => {
    const amounts = [2n ** 53n + 1n, -(2n ** 53n) - 3n, 2n ** 62n, 9_007_199_254_740_993n, 1n];
    const money = await table("money", "position int, amount bigint");
    for (const [position, amount] of amounts.entries())
      await db.query(money().insert({ position, amount: amount.toString() }));
    const rows = await db.query(money().orderBy("position").select("amount"));
    expect(rows.map((row) => cents(row, "amount"))).toEqual(amounts);
    const [sum] = await db.query(
      money()
        .whereNot({ amount: (2n ** 62n).toString() })
        .sum("amount as total"),
    );
    expect(sum && cents(sum, "total")).toBe(2n ** 53n + 1n - (2n ** 53n + 3n) + 9_007_199_254_740_993n + 1n);
  });

  it("has every digit of a decimal, read as text", async () => {
    const written = ["123456789012345.67", "-9999999999999999.99", "0.10", "-0.01"];
    const decimals = await table("decimals", db.engine === "sqlite" ? "amount text" : "amount decimal(18,2)");
    for (const amount of written) await db.query(decimals().insert({ amount }));
    const rows = await db.query(decimals().select(db.sql.text("decimals.amount")));
    expect(rows.map((row) => text(row, "amount")).sort()).toEqual([...written].sort());
  });

  it("is the day and the moment that were written, whatever the machine's time zone", async () => {
    const type = db.engine === "sqlite" ? ["text", "text"] : ["date", "datetime2(0)"];
    const moments = await table("moments", `d ${type[0]}, m ${type[1]}`);
    await db.query(moments().insert({ d: "2026-03-08", m: "2026-03-08T02:30:00" }));
    const [row] = await db.query(moments().select(db.sql.text("d"), db.sql.text("m")));
    // The stand-in server writes a blank where SQL Server writes a T.
    const moment = row && text(row, "m").replace(" ", "T");
    expect([row && text(row, "d"), moment]).toEqual(["2026-03-08", "2026-03-08T02:30:00"]);
  });

  it("is the same double that was written, read as a float", async () => {
    const doubles = await table("doubles", "position int, amount float");
    const given = [0.1 + 0.2, 1 / 3, -1e-7, 123456789012345.67, 99999999.99, 1.7976931348623157e308, 0];
    const values = [
      ...given,
      ...fc.sample(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }), 20),
    ];
    for (const [position, amount] of values.entries())
      await db.query(db.sql.build.raw(`insert into doubles values (${position}, ${amount.toExponential()})`));
    const rows = await db.query(doubles().orderBy("position").select(db.sql.float("doubles.amount")));
    // A copy has no use for a negative zero, and not every server keeps it.
    expect(rows.map((row) => Number(row.amount) + 0)).toEqual(values.map((value) => value + 0));
  });

  it("is a text with every character it was written with", async () => {
    const written = [
      "Łódź “ß” – 5 × ½",
      "comma, 'single' \"double\" \\ back",
      "tab\tand\r\nlines",
      "🏗️ crane",
      "  padded  ",
      "",
    ];
    const texts = await table(
      "texts",
      `position int, t ${db.engine === "sqlite" ? "text" : "nvarchar(100)"}`,
    );
    for (const [position, t] of written.entries()) await db.query(texts().insert({ position, t }));
    const rows = await db.query(texts().orderBy("position").select("t"));
    expect(rows.map((row) => text(row, "t"))).toEqual(written);
  });

  it("is the database's own time, which goes on and is not the program's to set", async () => {
    const { build, now } = db.sql;
    const [row] = await db.query(
      build.raw("select ? as past, ? as present, ? as future", [now(-5), now(), now(5)]),
    );
    const [past, present, future] = ["past", "present", "future"].map((column) => row && text(row, column));
    expect(present).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect([past, present, future].sort()).toEqual([past, present, future]);
    expect(Date.parse(future ?? "") - Date.parse(past ?? "")).toBeGreaterThanOrEqual(10_000);
  });
});

describe("a value that a driver gives", () => {
  it("is refused as cents when it is not whole, and as a count when it is too large", () => {
    for (const value of [1.5, 2 ** 53, "1.00", "", null, true])
      expect(() => cents({ value }, "value")).toThrow("value holds");
    expect(cents({ value: "-9007199254740993" }, "value")).toBe(-9_007_199_254_740_993n);
    expect(() => integer({ value: 2n ** 53n }, "value")).toThrow("too large");
    expect(integer({ value: -3n }, "value")).toBe(-3);
  });

  it("is a flag in every form that sites keep flags in, and 0 when it is null", () => {
    for (const value of [1, 1n, true, "1", " true ", "TRUE", -1]) expect(bit({ value }, "value")).toBe(true);
    for (const value of [0, 0n, false, "0", "false", "", null]) expect(bit({ value }, "value")).toBe(false);
  });

  it("keeps null apart from an empty text where it matters, and blanks away from codes", () => {
    expect([textOrNull({ value: null }, "value"), text({ value: null }, "value")]).toEqual([null, ""]);
    expect(trimmed({ value: "  03-100 " }, "value")).toBe("03-100");
    expect(text({ value: 7n }, "value")).toBe("7");
  });

  it("is a bug when its column was not selected", () => {
    expect(() => text({}, "value")).toThrow("column value was not selected");
  });
});
