import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseMappingSet } from "../../src/mapping/parse.ts";
import {
  anyFormat,
  categories,
  costCodes,
  extras,
  filesOf,
  jobs,
  messagesOf,
  mistakesOf,
  problemOf,
  rules,
  setOf,
} from "./support.ts";

describe("a mistake in form", () => {
  it("is told with file, row, column, value and what Sage has", () => {
    const problem = problemOf(costCodes(",03-100,03100-0000001,"));
    expect(problem.name).toBe("mapping_mistakes");
    expect(problem.mistakes).toEqual([
      {
        name: "mapping_width",
        file: "cost-codes.csv",
        row: 2,
        column: "sage_cost_code",
        value: "03100-0000001",
        message: 'cost-codes.csv row 2, column sage_cost_code: "03100-0000001" is 13 characters, Sage has 12',
        hint: "Use the code that Sage has; a code is never cut to make it fit.",
      },
    ]);
    expect(problem.message).toContain(problem.mistakes[0]?.message);
    expect(problem.hint).toBe(problem.mistakes[0]?.hint);
  });

  it("is reported together with all others of all files, in the order of files and rows", () => {
    expect(
      mistakesOf({
        ...categories(",L,LABOR", ",L,LAB"),
        ...jobs("25-1001,251001,maybe", ",25-1002,"),
        ...costCodes(",01-510,,"),
      }),
    ).toEqual([
      ["mapping_format", "jobs.csv", 2, "job"],
      ["mapping_shared_value", "jobs.csv", 2, "shared"],
      ["mapping_value_missing", "jobs.csv", 3, "project_number"],
      ["mapping_value_missing", "cost-codes.csv", 2, "sage_cost_code"],
      ["mapping_width", "categories.csv", 2, "category"],
      ["mapping_key_twice", "categories.csv", 3, "cost_type"],
    ]);
  });

  it("is listed up to fifty times; the others are counted", () => {
    const problem = problemOf(categories(...Array.from({ length: 53 }, (_, i) => `,T${i},LABOR`)));
    expect(problem.mistakes).toHaveLength(53);
    expect(problem.message.split("\n")).toHaveLength(52);
    expect(problem.message).toMatch(/^the mapping files have 53 mistakes:\n/);
    expect(problem.message).toMatch(/\nand 3 more$/);
  });

  it("is a file that the set cannot do without", () => {
    const outcome = parseMappingSet([], rules);
    expect(!outcome.ok && outcome.problem.mistakes.map(({ name, file }) => [name, file])).toEqual([
      ["mapping_file_missing", "jobs.csv"],
      ["mapping_file_missing", "cost-codes.csv"],
      ["mapping_file_missing", "categories.csv"],
    ]);
  });

  it.each([
    ["mapping_empty", ""],
    ["mapping_empty", "\ufeff\r\n\r\n"],
    ["mapping_delimiter", "project_number;job\n25-1001;25-1001,5\n"],
    ["mapping_delimiter", "project_number\tjob\n25-1001\t25-1001\n"],
  ])("of the whole file is named once: %s", (name, text) => {
    expect(problemOf({ "jobs.csv": text }).mistakes.map((mistake) => mistake.name)).toEqual([name]);
  });

  it("is a column that is missing or stands twice, but not a further column that does", () => {
    expect(mistakesOf({ "jobs.csv": "number,job,Job,x,x\n1,2,3,4,5\n" })).toEqual([
      ["mapping_column_missing", "jobs.csv", 1, "project_number"],
      ["mapping_duplicate_header", "jobs.csv", 1, "job"],
    ]);
    expect(mistakesOf({ "extras.csv": "project_number,sub_job,extra\n" })).toEqual([
      ["mapping_column_missing", "extras.csv", 1, "description"],
    ]);
    expect(setOf({ "jobs.csv": "project_number,job,x,x\nA,25-1001,,\n" }).job("A")?.job).toBe("25-1001");
  });

  it("is a row with more or fewer columns, which does not hide the mistakes of the other rows", () => {
    const changed = extras("25-1001,PH1,P1,Phase 1, west", "25-1001,PH2", "25-1001,,P3,Phase 3");
    expect(mistakesOf(changed)).toEqual([
      ["mapping_csv", "extras.csv", 2, null],
      ["mapping_csv", "extras.csv", 3, null],
      ["mapping_value_missing", "extras.csv", 4, "sub_job"],
    ]);
    expect(messagesOf(changed)[0]).toBe("extras.csv row 2: the row has 5 columns, the header has 4");
  });

  it.each([
    ['25-1001,PH2,P2,12" pipe', "inside a value"],
    ['25-1001,PH2,P2,"pipe" work', "goes on after"],
    ['25-1001,PH2,P2,"pipe', "never closed"],
  ])("is a misplaced quote, named at its row and once: %s", (row, words) => {
    const changed = extras("25-1001,PH1,P1,One", "", row, "25-1001,PH3,P3,Three", "25-1001,,P4,Four");
    expect(mistakesOf(changed)).toEqual([["mapping_csv", "extras.csv", 4, null]]);
    expect(messagesOf(changed)[0]).toContain(words);
  });

  it.each([
    ["mapping_excel_number", ",1E+05,01-510,", "cost_code"],
    ["mapping_excel_number", ",01-510,1.5E+11,", "sage_cost_code"],
    ["mapping_excel_date", ",10-Jan,01-510,", "cost_code"],
    ["mapping_excel_date", ",01-510,Jan-10,", "sage_cost_code"],
    ["mapping_excel_error", ",01-510,#N/A,", "sage_cost_code"],
    ["mapping_nbsp", ",01\u00a0510,01-510,", "cost_code"],
    ["mapping_nbsp", ",01-510,01-\u200b510,", "sage_cost_code"],
    ["mapping_control_character", ',"01\n510",01-510,', "cost_code"],
    ["mapping_control_character", ',01-510,"01\t510",', "sage_cost_code"],
    ["mapping_quote", ',01-510,"01""510",', "sage_cost_code"],
    ["mapping_comma", ',01-510,"01,510",', "sage_cost_code"],
    ["mapping_not_ascii", ",01-510,01-51О,", "sage_cost_code"],
    ["mapping_star", ",01*5,01-510,", "cost_code"],
    ["mapping_star", ",**,01-510,", "cost_code"],
    ["mapping_star", ",01*,01*,", "sage_cost_code"],
    ["mapping_star", "*,01-510,01-510,", "project_number"],
    ["mapping_value_missing", ",,01-510,", "cost_code"],
    ["mapping_leading_zero", ",01-510,1-510,", "sage_cost_code"],
    ["mapping_format", ",01-510,01.510,", "sage_cost_code"],
    ["mapping_format", ",01-510,01-5--,", "sage_cost_code"],
    ["mapping_format", ",01-510,01-5100,", "sage_cost_code"],
  ])("in a value has a name of its own: %s in %j", (name, row, column) => {
    expect(mistakesOf(costCodes(row))).toEqual([[name, "cost-codes.csv", 2, column]]);
  });

  it("shows the characters that cannot be seen", () => {
    expect(messagesOf(costCodes(",01\u00a0510,01-510,"))[0]).toContain('"01<U+00A0>510"');
  });

  it("is no mistake in a description, which is cleaned as it is written, nor blanks around a value", () => {
    const set = setOf(extras('25-1001,\u00a0PH1\u00a0,P1,"Phase ""1"", wést\u00a0wing"'));
    expect(set.extra("25-1001", "PH1")?.description).toBe('Phase "1", wést\u00a0wing');
  });

  it.each([
    ["mapping_job_width", jobs("A,12345-67.8901,"), "job"],
    ["mapping_width", extras(",PH1,PHASE-00001,"), "extra"],
    ["mapping_width", costCodes(",01-510,1234567890123,"), "sage_cost_code"],
    ["mapping_width", categories(",L,LABO"), "category"],
  ])("is a code wider than Sage's: %s", (name, changed, column) => {
    expect(problemOf(changed, anyFormat).mistakes).toMatchObject([{ name, row: 2, column }]);
  });

  it("is a key that stands twice, equal targets or not", () => {
    const changed = costCodes(
      ",01-510,01-510,",
      ",01-510,01-510,L",
      ",01-510 ,01-510,",
      "25-1001,01-510,01-510,",
    );
    expect(mistakesOf(changed)).toEqual([["mapping_key_twice", "cost-codes.csv", 4, "cost_code"]]);
    expect(messagesOf(changed)[0]).toContain("01-510 is mapped in row 2 already");
    expect(mistakesOf(jobs("A,25-1001,", "A,25-1001,"))).toEqual([
      ["mapping_key_twice", "jobs.csv", 3, "project_number"],
    ]);
  });

  it("is a job for two projects, unless every row says shared; all rows are named", () => {
    const changed = jobs("25-1001,25-1001,yes", "25-1002,25-1001,no");
    expect(mistakesOf(changed)).toEqual([["mapping_job_twice", "jobs.csv", 3, "job"]]);
    expect(messagesOf(changed)[0]).toContain("25-1001 in row 2, 25-1002 in row 3");
    expect(mistakesOf(jobs("A,25-1001,", "B,25-1001,"))).toEqual([
      ["mapping_job_twice", "jobs.csv", 3, "job"],
    ]);
  });

  it.each([
    ["keys of one file", categories(",L,LAB", ",l,MAT"), "categories.csv", 3, "cost_type"],
    ["a project's own and the common", extras("25-1001,ph1,P1,", ",PH1,P2,"), "extras.csv", 2, "sub_job"],
    ["codes of Sage's", categories(",L,LAB", ",M,Lab"), "categories.csv", 3, "category"],
    ["jobs", jobs("A,25-100A,", "B,25-100a,"), "jobs.csv", 3, "job"],
    [
      "projects of two files",
      { ...jobs("25-100A,25-1001,"), ...extras("25-100a,PH1,P1,") },
      "extras.csv",
      2,
      "project_number",
    ],
  ])("is two values equal but for case: %s", (_, changed, file, row, column) => {
    expect(mistakesOf(changed)).toEqual([["mapping_case_differs", file, row, column]]);
  });

  it("is not that two projects write a sub job in different case", () => {
    const set = setOf(extras("25-1001,Site,Site,", "25-1002,SITE,SITE,"));
    expect(set.extra("25-1002", "SITE")?.extra).toBe("SITE");
    expect(set.extra("25-1002", "Site")).toBeNull();
  });

  it("reports a spelling once, however many rows have it", () => {
    const rows = Array.from({ length: 20 }, (_, i) => `,T${i},${i % 2 ? "lab" : "LAB"}`);
    expect(mistakesOf(categories(...rows))).toHaveLength(1);
  });
});

it("never throws, whatever the text", () => {
  const text = fc.string({ unit: fc.constantFrom(...'abL*-19,;"\n\r\t \u00a0\ufeff') });
  fc.assert(
    fc.property(text, fc.boolean(), (body, header) => {
      const csv = header ? `project_number,cost_type,category\n${body}` : body;
      const outcome = parseMappingSet(filesOf({ "categories.csv": csv }), rules);
      for (const mistake of outcome.ok ? [] : outcome.problem.mistakes)
        expect(mistake.message).toMatch(/^categories\.csv/);
    }),
    { numRuns: 500 },
  );
});
