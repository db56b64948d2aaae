import { describe, expect, it } from "vitest";
import { type Cell, type Sheet, xlsxFile } from "../../../../src/show/report/workbook/xlsx-file.ts";
import { readWorkbook } from "../../../support/xlsx.ts";

const MADE = new Date("2026-03-31T20:00:00Z");
const sheet = (rows: Sheet["rows"], name = "Codes"): Sheet => ({
  name,
  columns: ["A", "B", "C"].map((title) => ({ title, width: 10 })),
  rows,
});
async function bytesOf(...sheets: Sheet[]): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of xlsxFile(sheets, MADE)) pieces.push(piece);
  return Buffer.concat(pieces);
}
const rowsOf = async (...rows: Cell[][]) =>
  readWorkbook(await bytesOf(sheet(() => rows)))
    .get("Codes")
    ?.slice(1);

describe("a workbook", () => {
  it("has its sheets in their order, each with its titles and rows", async () => {
    const found = readWorkbook(
      await bytesOf(
        sheet(() => [["1", null, 2]], "First"),
        sheet(() => []),
      ),
    );
    const titles = ["A", "B", "C"].map((value) => ({ is: "text", value }));
    expect([...found]).toEqual([
      ["First", [titles, [{ is: "text", value: "1" }, null, { is: "number", value: "2" }]]],
      ["Codes", [titles]],
    ]);
  });

  it("has amounts as numbers, the same to the cent however large", async () => {
    const amounts = [-5n, 0n, 900_719_925_474_099_355n];
    expect(await rowsOf(amounts)).toEqual([
      ["-0.05", "0.00", "9007199254740993.55"].map((value) => ({ is: "number", value })),
    ]);
  });

  it("has text as it was, but for what XML cannot carry, and no formula of it", async () => {
    const text = `=1+1 <b>&amp; "é" \u202E\t😀`;
    expect(await rowsOf([text, "a\u0000b\uD800c", "x".repeat(40_000)])).toEqual([
      [text, "ab\uFFFDc", "x".repeat(32_767)].map((value) => ({ is: "text", value })),
    ]);
  });

  it("asks for rows no faster than they are taken, and lets them go when no more is wanted", async () => {
    let asked = 0;
    let isLetGo = false;
    function* rows(): Generator<Cell[]> {
      try {
        for (; asked < 1_000_000; asked++) yield [String(Math.random()), asked, BigInt(asked)];
      } finally {
        isLetGo = true;
      }
    }
    for await (const _piece of xlsxFile([sheet(rows)], MADE)) if (asked > 10_000) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(asked).toBeLessThan(100_000);
    expect(isLetGo).toBe(true);
  });

  it("whose rows cannot be had is none", async () => {
    function* rows(): Generator<Cell[]> {
      yield ["1", "2", "3"];
      throw new Error("the journal is gone");
    }
    await expect(bytesOf(sheet(rows))).rejects.toThrow("the journal is gone");
  });
});
