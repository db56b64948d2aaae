import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatMoney, sumCents } from "../../../src/core/money.ts";
import {
  type ExportOutcome,
  type ExportRow,
  readProcoreExport,
} from "../../../src/staging/load/procore-export.ts";

const HEADER = [
  "Sub Job",
  "Cost Code Tier 1",
  "Cost Code Tier 2",
  "Cost Type",
  "Budget Code",
  "Budget Code Description",
  "Original Budget Amount",
  "Budget Modifications",
  "Approved COs",
  "Revised Budget",
  "Forecast To Complete",
].join(",");
const GOOD =
  ",01 - General,01-010 - Project Manager,L,01-010.L,Project Manager.Labor,100.00,5.00,0.00,105.00,x";

const read = (text: string | Uint8Array, ignoreApprovedCos = false): ExportOutcome =>
  readProcoreExport("b.csv", typeof text === "string" ? new TextEncoder().encode(text) : text, {
    ignoreApprovedCos,
  });
const file = (...rows: string[]) => [HEADER, ...rows].join("\n");
const rowsOf = (outcome: ExportOutcome): readonly ExportRow[] => {
  if (!outcome.ok) throw new Error(outcome.problems.map((problem) => problem.message).join("\n"));
  return outcome.rows;
};
const namesOf = (outcome: ExportOutcome) => (outcome.ok ? [] : outcome.problems.map((one) => one.name));
const messagesOf = (outcome: ExportOutcome) => (outcome.ok ? [] : outcome.problems.map((one) => one.message));

describe("Procore's budget export", () => {
  it.each([
    ["budget-25-1001-riverside-clinic.csv", 155],
    ["budget-25-1002-warehouse-shell.csv", 144],
    ["budget-25-1003-elementary-school.csv", 143],
    ["budget-25-1004-fire-station.csv", 18],
    ["budget-25-1005-library-annex.csv", 14],
    ["budget-25-1006-parking-deck.csv", 12],
  ])("%s is read whole, with the amounts that stand in it", (name, count) => {
    const bytes = readFileSync(new URL(`../../../samples/${name}`, import.meta.url));
    const rows = rowsOf(read(bytes));
    expect(rows).toHaveLength(count);
    // The same sums another way: the amounts are the cells from the right, which no quoted comma shifts.
    const cells = bytes
      .toString()
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(","));
    const sum = (fromRight: number) =>
      cells.reduce((total, line) => total + BigInt((line.at(-fromRight) ?? "").replace(".", "")), 0n);
    expect(sumCents(rows.map((row) => row.original))).toBe(sum(14));
    expect(sumCents(rows.map((row) => row.modifications))).toBe(sum(13));
  });

  it("gives codes without their names, the deepest tier, and the cell's description", () => {
    const header = HEADER.replace("Cost Code Tier 2", "Cost Code Tier 2,Cost Code Tier 3");
    const outcome = read(
      [
        header,
        "PH1 - Phase 1,01 - General,01-010 - Manager,01-010-A - Night,L - Labor,PH1.01-010-A.L,Night.Labor,1,0,0,1,",
        "PH1,02 - Site - West,,,M,,,2,0,0,2,",
      ].join("\r\n"),
    );
    expect(rowsOf(outcome)).toEqual([
      {
        row: 2,
        subJob: "PH1",
        subJobName: "Phase 1",
        costCode: "01-010-A",
        costType: "L",
        description: "Night.Labor",
        original: 100n,
        modifications: 0n,
      },
      {
        row: 3,
        subJob: "PH1",
        subJobName: "",
        costCode: "02",
        costType: "M",
        description: "Site - West",
        original: 200n,
        modifications: 0n,
      },
    ]);
  });

  it("reads amounts with dollar signs, thousands separators and parentheses", () => {
    const rows = rowsOf(read(file(',01,,L,,,"$1,234,567.80",($567.80),-$0.00,"$1,234,000",')));
    expect(rows[0]).toMatchObject({ original: 123456780n, modifications: -56780n });
  });

  it("reads back any amount from any of the ways it is written", () => {
    const amount = fc.bigInt({ min: -(10n ** 18n) + 1n, max: 10n ** 18n - 1n });
    fc.assert(
      fc.property(amount, fc.boolean(), fc.boolean(), fc.boolean(), (cents, dollar, commas, parentheses) => {
        const [whole = "", fraction = ""] = formatMoney(cents < 0n ? -cents : cents).split(".");
        const digits = `${dollar ? "$" : ""}${commas ? whole.replace(/\B(?=(\d{3})+$)/g, ",") : whole}.${fraction}`;
        const written = cents >= 0n ? digits : parentheses ? `(${digits})` : `-${digits}`;
        expect(rowsOf(read(file(`,01,,L,,,"${written}",0,0,"${written}",`)))[0]?.original).toBe(cents);
      }),
    );
  });

  it.each([
    "",
    "n/a",
    "1.005",
    "1E+05",
    '"1,5"',
    '"1.234,50"',
    "-(5.00)",
    "--5",
    "$",
    "1 234.00",
    "10000000000000000.00",
    "€5",
  ])("refuses the amount '%s' by row and column", (amount) => {
    const outcome = read(file(GOOD, `,02,,L,,,${amount},0,0,0,`));
    expect(namesOf(outcome)).toEqual(["stage_amount"]);
    expect(messagesOf(outcome)[0]).toContain('b.csv, row 3, column "Original Budget Amount"');
  });

  it("skips empty rows and counts them, so that a row number is the one a spreadsheet shows", () => {
    const outcome = read(file("", GOOD, ",,,,,,,,,,", ",02,,L,,,1,0,0,2,", ""));
    expect(messagesOf(outcome)[0]).toContain("row 5,");
  });

  it("takes totals rows that add up, named or recognised by having amounts and no codes", () => {
    const rows = rowsOf(
      read(
        file(
          GOOD,
          ",02,,L,,,(50.00),1,0,(49.00),",
          "Grand Total,,,,,,$50.00,6,0,56,",
          ",,,,,,50,6,0,56,",
          "",
        ),
      ),
    );
    expect(rows.map((row) => row.original)).toEqual([10000n, -5000n]);
  });

  it.each(["Totals,,,,,,100,5,0,106,", ",,,,,,100,5,0,106,"])(
    "refuses a totals row that is not the sum of its column: %s",
    (total) => {
      const outcome = read(file(GOOD, total));
      expect(namesOf(outcome)).toEqual(["stage_total"]);
      expect(messagesOf(outcome)[0]).toBe(
        'b.csv, row 3, column "Revised Budget": the total says 106.00, but the rows add up to 105.00.',
      );
    },
  );

  it("does not blame a total for a row whose amount cannot be read", () => {
    expect(namesOf(read(file(GOOD, ",02,,L,,,oops,0,0,5,", "Total,,,,,,999,5,0,110,")))).toEqual([
      "stage_amount",
    ]);
  });

  it("refuses an empty amount in a totals row", () => {
    expect(namesOf(read(file(GOOD, "Total,,,,,,100,,0,105,")))).toEqual(["stage_amount"]);
  });

  it("refuses a row whose revised budget is not the sum of its parts, with both figures", () => {
    expect(messagesOf(read(file(",01,,L,,,100,5,0,104.99,")))).toEqual([
      'b.csv, row 2, column "Revised Budget": 104.99, but original, modifications and approved change orders make 105.00.',
    ]);
  });

  it("does without the columns that only serve to check", () => {
    const header = HEADER.replace("Budget Code,Budget Code Description,", "").replace("Revised Budget,", "");
    expect(rowsOf(read(`${header}\n,01,01-010 - Manager,L,7,0,0,x`))[0]).toMatchObject({
      original: 700n,
      description: "Manager",
    });
  });

  it("refuses approved change orders unless told to ignore them, and adds them up all the same", () => {
    expect(namesOf(read(file(",01,,L,,,100,5,20,125,")))).toEqual(["stage_approved_cos"]);
    expect(rowsOf(read(file(",01,,L,,,100,5,20,125,"), true))[0]).toMatchObject({ modifications: 500n });
    expect(namesOf(read(file(",01,,L,,,100,5,20,105,"), true))).toEqual(["stage_row_sum"]);
  });

  it("refuses a budget code that is not sub job, cost code and cost type", () => {
    const outcome = read(file("PH1,01,01-010 - M,L,01-010.L,M,1,0,0,1,"));
    expect(namesOf(outcome)).toEqual(["stage_budget_code"]);
    expect(messagesOf(outcome)[0]).toContain('row 2, column "Budget Code": "01-010.L"');
    expect(messagesOf(outcome)[0]).toContain('"PH1.01-010.L"');
  });

  it("refuses a line that stands twice and names both rows, also in other case", () => {
    const outcome = read(file("ph1,01,,L,,,1,0,0,1,", GOOD, "PH1,01,,L,,,2,0,0,2,", GOOD));
    expect(messagesOf(outcome)).toEqual([
      "b.csv, row 4: PH1.01.L stands already in row 2 as ph1.01.L, in other case.",
      "b.csv, row 5: 01-010.L stands already in row 3.",
    ]);
  });

  it("names a missing code by its column", () => {
    const outcome = read(file(",,,L,,,1,0,0,1,", ",01,,,,,1,0,0,1,", " - Phase 1,02,,L,,,1,0,0,1,"));
    expect(namesOf(outcome)).toEqual(Array(3).fill("stage_code_missing"));
    expect(messagesOf(outcome).map((message) => /column "(.*?)"/.exec(message)?.[1])).toEqual([
      "Cost Code Tier 1",
      "Cost Type",
      "Sub Job",
    ]);
  });

  it("never cuts a text: what is too long for staging is refused", () => {
    const outcome = read(
      file(
        `${"S".repeat(51)},01,,L,,,1,0,0,1,`,
        `,${"C".repeat(51)},,L,,d,1,0,0,1,`,
        `,01,,${"T".repeat(51)},,,1,0,0,1,`,
        `P - ${"n".repeat(201)},01,,L,,,1,0,0,1,`,
        `,03,,L,,${"d".repeat(201)},1,0,0,1,`,
      ),
    );
    expect(namesOf(outcome)).toEqual(Array(5).fill("stage_too_long"));
    expect(messagesOf(outcome)[3]).toContain(
      'row 5, column "Sub Job": 201 characters where staging holds 200',
    );
    const fits = `${"S".repeat(50)} - ${"n".repeat(200)},01,,L,,${"d".repeat(200)},1,0,0,1,`;
    expect(rowsOf(read(file(fits)))).toHaveLength(1);
  });

  it("refuses codes with a non-breaking blank or a control character in them", () => {
    expect(namesOf(read(file(",01\u00a0010,,L,,,1,0,0,1,", ",02,,L\u0007,,,1,0,0,1,")))).toEqual([
      "stage_code_characters",
      "stage_code_characters",
    ]);
  });

  it("names every missing column at once", () => {
    expect(messagesOf(read("Cost Code Tier 1,Budget Modifications\n01,5"))).toEqual(
      ["Sub Job", "Cost Type", "Original Budget Amount", "Approved COs"].map(
        (column) => `b.csv: the header has no column "${column}".`,
      ),
    );
  });

  it("refuses a column that is there twice, but not one that it does not read", () => {
    expect(namesOf(read(`${HEADER},Cost Type,Note,Note\n`))).toEqual(["stage_column_twice"]);
  });

  it.each([
    [";", '";"'],
    ["\t", "tabs"],
  ])("names another delimiter than the comma: '%s'", (delimiter, shown) => {
    const outcome = read(file(GOOD).replaceAll(",", delimiter));
    expect(namesOf(outcome)).toEqual(["stage_delimiter"]);
    expect(messagesOf(outcome)[0]).toContain(shown);
  });

  it("reads a file that begins with the byte order mark of UTF-8", () => {
    expect(rowsOf(read(`\ufeff${file(GOOD)}`))).toHaveLength(1);
  });

  it("names a file in UTF-16", () => {
    expect(namesOf(read(Buffer.from(`\ufeff${file(GOOD)}`, "utf16le")))).toEqual(["stage_utf16"]);
  });

  it("names the line of a file that is not UTF-8", () => {
    const outcome = read(Buffer.from(file(GOOD, ",02 - Beton\u00e9,,L,,,1,0,0,1,"), "latin1"));
    expect(namesOf(outcome)).toEqual(["stage_not_utf8"]);
    expect(messagesOf(outcome)[0]).toContain("line 3");
  });

  it("names a quote that is left open, and a row that is cut off or has slipped", () => {
    expect(namesOf(read(file(`,01,,L,,"oops,1,0,0,1,`)))).toEqual(["stage_quotes"]);
    expect(namesOf(read(file(GOOD, ",02,,L,,,1,0")))).toEqual(["stage_row_cells"]);
    expect(namesOf(read(file(",02,,L,,,1,234.00,0,0,1234.00,x")))).toEqual(["stage_row_cells"]);
  });

  it("names a file that is empty, and one without a budget line", () => {
    expect(namesOf(read("\n"))).toEqual(["stage_empty_file"]);
    expect(namesOf(read(file("Total,,,,,,0,0,0,0,")))).toEqual(["stage_no_rows"]);
  });

  it("shows the first twenty mistakes and says how many there are", () => {
    const outcome = read(file(...Array.from({ length: 25 }, (_, index) => `,${index},,L,,,x,0,0,0,`)));
    expect(outcome).toMatchObject({ ok: false, found: 25 });
    expect(namesOf(outcome)).toHaveLength(20);
    expect(messagesOf(outcome)[19]).toContain("row 21,");
  });
});
