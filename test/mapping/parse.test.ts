import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseMappingSet } from "../../src/mapping/parse.ts";
import { anyFormat, costCodes, filesOf, good, jobs, rules, setOf } from "./support.ts";

describe("a good mapping set", () => {
  it("answers with the row's code and where it came from", () => {
    const set = setOf();
    expect(set.job("25-1002")).toEqual({ job: "25-1002", shared: false, source: "jobs.csv:3" });
    expect(set.extra("25-1001", "PH1")).toEqual({
      extra: "P1",
      description: "Phase 1",
      source: "extras.csv:2",
    });
    expect(set.costCode("25-1001", "01-510", "L")).toEqual({ code: "01-511", source: "cost-codes.csv:2" });
    expect(set.category("25-1001", "L")).toEqual({ code: "LB1", source: "categories.csv:3" });
  });

  it("falls back to the rows for all projects, and gives null for what no row covers", () => {
    const set = setOf();
    expect(set.extra("25-1002", "PH1")?.extra).toBe("PX");
    expect(set.category("25-1002", "L")?.code).toBe("LAB");
    expect(set.job("25-9999")).toBeNull();
    expect(set.extra("25-1001", "PH9")).toBeNull();
    expect(set.costCode("25-1001", "01-511", "L")).toBeNull();
    expect(set.category("25-1001", "M")).toBeNull();
  });

  it("compares values exactly: another case is another value", () => {
    expect(setOf().extra("25-1001", "ph1")).toBeNull();
    expect(setOf().category("25-1001", "l")).toBeNull();
  });

  it("takes no extras.csv for no extras", () => {
    const outcome = parseMappingSet(
      filesOf().filter(({ name }) => name !== "extras.csv"),
      rules,
    );
    expect(outcome.ok && outcome.value.extra("25-1001", "PH1")).toBeNull();
  });

  it("reads past a byte order mark, CRLF, blanks, blank rows, further columns and column names in another case", () => {
    const set = setOf({
      "jobs.csv":
        '\ufeffNote, Project_Number ,JOB\r\n\r\n"a, b", 25-1001 ,"25-1001"\r\n   \r\n,,\r\n,,,,\nx,25-1002,25-1002',
    });
    expect(set.job("25-1001")).toEqual({ job: "25-1001", shared: false, source: "jobs.csv:3" });
    expect(set.job("25-1002")?.source).toBe("jobs.csv:7");
  });

  it("counts a quoted value with a line break as one row, as a spreadsheet does", () => {
    const text = 'project_number,job,note\n25-1001,25-1001,"two\nlines"\n25-1002,25-1002,\n';
    expect(setOf({ "jobs.csv": text }).job("25-1002")?.source).toBe("jobs.csv:3");
  });

  it("lets two projects share a job if both rows say so", () => {
    const set = setOf(jobs("25-1001,25-1001,yes", "25-1002,25-1001, YES "));
    expect(set.job("25-1002")).toEqual({ job: "25-1001", shared: true, source: "jobs.csv:3" });
  });

  it("takes a separator of the job's format, or the usual ones without a format, for no character", () => {
    expect(setOf(jobs("A,12345-67.890,"), anyFormat).job("A")?.job).toBe("12345-67.890");
    const format = { formats: { ...anyFormat.formats, job: "#####/#####" } };
    expect(setOf(jobs("A,12345/67890,"), format).job("A")?.job).toBe("12345/67890");
  });
});

describe("the most specific row of cost-codes.csv", () => {
  // From the most specific to the least: each wins over all that follow.
  const ranked = [
    ["25-1001", "01-510", "L"],
    ["25-1001", "01-510", ""],
    ["25-1001", "01-51*", "L"],
    ["25-1001", "01-51*", ""],
    ["25-1001", "01-*", "L"],
    ["25-1001", "*", ""],
    ["", "01-510", "L"],
    ["", "01-510", ""],
    ["", "01-510*", ""],
    ["", "01*", "L"],
    ["", "*", "L"],
    ["", "*", ""],
  ] as const;
  const row = (rank: number) => {
    const [project, code, type] = ranked[rank] ?? ["", "", ""];
    return `${project},${code},00-${String(rank).padStart(3, "0")},${type}`;
  };

  it("wins whichever rows stand beside it, in whatever order", () => {
    const ranks = fc.shuffledSubarray(
      ranked.map((_, rank) => rank),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(ranks, (chosen) => {
        const found = setOf(costCodes(...chosen.map(row))).costCode("25-1001", "01-510", "L");
        expect(found).toEqual({
          code: `00-${String(Math.min(...chosen)).padStart(3, "0")}`,
          source: `cost-codes.csv:${chosen.indexOf(Math.min(...chosen)) + 2}`,
        });
      }),
    );
  });

  it("covers nothing of another project, another cost type or another beginning", () => {
    const set = setOf(costCodes("25-1001,01-510,01-001,", ",02*,02-000,L", ",03-1*,03-000,"));
    expect(set.costCode("25-1002", "01-510", "L")).toBeNull();
    expect(set.costCode("25-1002", "02-300", "M")).toBeNull();
    expect(set.costCode("25-1002", "03-200", "M")).toBeNull();
    expect(set.costCode("25-1002", "03-", "M")).toBeNull();
  });

  it("is not found by a staging code that looks like a prefix row", () => {
    expect(setOf(costCodes(",01-510,01-510,", ",02-*,02-000,")).costCode("25-1001", "01-*", "L")).toBeNull();
  });

  it("is found among 100,000 without looking at each", () => {
    const rows = Array.from({ length: 100_000 }, (_, i) => `,P-${i}${i % 10 ? "" : "*"},01-510,`);
    const set = setOf(costCodes(...rows));
    // To look at each would take hours, and no test has those.
    for (let i = 0; i < 100_000; i += 1) set.costCode("25-1001", `P-${i}`, "L");
    expect(set.costCode("25-1001", "P-99999", "L")?.source).toBe("cost-codes.csv:100001");
  });
});

describe("the set's sha256", () => {
  it("is the same for the same files in any order, and another for any change of name or content", () => {
    const sha = setOf().sha256;
    const reversed = parseMappingSet(filesOf().reverse(), rules);
    expect(reversed.ok && reversed.value.sha256).toBe(sha);
    expect(setOf({ "jobs.csv": `${good["jobs.csv"]}\n` }).sha256).not.toBe(sha);
    const fewer = parseMappingSet(
      filesOf().filter(({ name }) => name !== "extras.csv"),
      rules,
    );
    expect(fewer.ok && fewer.value.sha256).not.toBe(sha);
  });

  it("can be had from sha256sum", () => {
    const sum = (text: string) => createHash("sha256").update(text).digest("hex");
    const names = ["categories.csv", "cost-codes.csv", "extras.csv", "jobs.csv"] as const;
    expect(setOf().sha256).toBe(sum(names.map((name) => `${sum(good[name])}  ${name}\n`).join("")));
  });
});
