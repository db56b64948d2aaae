import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { moneyJson } from "../../../src/core/money-json.ts";
import type { TieOutInParts } from "../../../src/core/tie-out/parts.ts";
import type { TieOutDifference, TieOutKey } from "../../../src/core/tie-out/schema.ts";
import { type Files, realFiles } from "../../../src/files.ts";
import { assembleReport } from "../../../src/show/report/assemble.ts";
import { headline } from "../../../src/show/report/headline.ts";
import type { Report } from "../../../src/show/report/schema.ts";
import { writeReport } from "../../../src/show/report/write.ts";
import { wholeReport } from "../../support/whole-report.ts";
import { readWorkbook } from "../../support/xlsx.ts";

const NAME = "ACME-tie-out-2026-03-31";
const where = (n: number) => ({
  ...{ project_number: `25-${n % 2_000}`, kind: "original" as const, job: `25-${n % 2_000}`, extra: "" },
  ...{ cost_code: `03-${n}`, category: "MAT" },
});
const keyRow = (n: number, changed: Partial<TieOutKey> = {}): TieOutKey => ({
  ...where(n),
  ...{ baseline: 0n, accepted: 100n, exported: 100n, posted: 100n, unexpected: 0n },
  ...{ sage_total: 100n, sage_expected: 100n, ties_out: true },
  ...changed,
});
const difference = (n: number, changed: Partial<TieOutDifference> = {}): TieOutDifference => ({
  ...where(n),
  ...{ state: "awaiting_posting", since: "2026-03-30", batch_id: "ACME-000001", line_no: n + 1 },
  ...{ exported: 100n, posted: 0n, difference: -100n, ambiguous: false, entries: [], recognised: null },
  ...changed,
});

/** What was given out of an iteration and what of it was written: the rows between the two are held. */
interface Held {
  given: number;
  written: number;
  most: number;
}

const PART = 1_000;
function tieOutOf(
  keys: number,
  waiting: number,
  { key = keyRow, further = [] as TieOutDifference[], held = null as Held | null } = {},
): TieOutInParts {
  const upTo = (from: number, all: number) => Math.max(0, Math.min(PART, all - from));
  return {
    ...{ copy: { as_of: "2026-03-31", highest_run: "9" }, notices: [], recognitions: [], reject_files: [] },
    ...{ projects: [], batches: [], keyCount: keys },
    async *parts() {
      if (further.length > 0) yield { keys: [], differences: further };
      for (let from = 0; from < Math.max(keys, waiting); from += PART) {
        const part = {
          keys: Array.from({ length: upTo(from, keys) }, (_, index) => key(from + index)),
          differences: Array.from({ length: upTo(from, waiting) }, (_, index) => difference(from + index)),
        };
        if (held) held.given += part.keys.length;
        yield part;
      }
    },
  };
}

const reportOn = (tieOut: TieOutInParts): Promise<Report> =>
  assembleReport(
    {
      ...{ company: "ACME", asOf: "2026-03-31T20:00:00Z", day: "2026-03-31", timeZone: "UTC", runId: null },
      ...{ madeBy: "auditor", toolVersion: "1", auditHead: "0".repeat(64), tieOutSha256: "1".repeat(64) },
    },
    tieOut,
    {
      ...{ holds: [], rejects: [], baselines: [], mappings: [], runs: { by_day: [], failed: [] } },
      files: new Map(),
    },
    [],
  );

describe("the files of a report", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tieout-report-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
  });
  const write = (report: Report, rowsOfASheet: number, files: Files = realFiles) =>
    writeReport(files, { reports: folder }, report, rowsOfASheet);
  const text = (ending: string) => readFileSync(join(folder, `${NAME}${ending}`), "utf8");
  const sheet = (name: string) =>
    readWorkbook(readFileSync(join(folder, `${NAME}.xlsx`)))
      .get(name)
      ?.map((row) => row.map((cell) => cell?.value ?? null)) ?? [];
  const endings = () =>
    readdirSync(folder)
      .map((name) => name.slice(NAME.length))
      .sort();

  it("are page, workbook and JSON where every row has room in a sheet", async () => {
    const report = await reportOn(tieOutOf(10, 10));
    const paths = await write(report, 10);
    expect(paths.map((path) => path.slice(join(folder, NAME).length))).toEqual([".html", ".xlsx", ".json"]);
    expect(endings()).toEqual([".html", ".json", ".xlsx"]);
    expect(sheet("Codes")).toHaveLength(11);
    expect(sheet("Waiting for posting")).toHaveLength(11);
    expect(text(".json")).toBe(`${moneyJson(await wholeReport(report), 1)}\n`);
  });

  it("have the codes in a CSV where they are too many, and the workbook and the page say which", async () => {
    const report = await reportOn(tieOutOf(11, 10));
    await write(report, 10);
    expect(endings()).toEqual(["-codes.csv", ".html", ".json", ".xlsx"]);
    const [titles, ...rows] = text("-codes.csv").trimEnd().split("\r\n");
    expect(titles).toBe(sheet("Codes")[0]?.join(","));
    expect(rows).toHaveLength(11);
    expect(rows[10]).toBe("25-10,original,25-10,,03-10,MAT,0.00,1.00,1.00,1.00,0.00,1.00,1.00,yes");
    const words = `11 codes: too many for a sheet. All are in ${NAME}-codes.csv, beside this workbook.`;
    expect(sheet("Codes").slice(1)).toEqual([[words]]);
    expect(sheet("Summary").map(([, value]) => value)).toContain(`11, in ${NAME}-codes.csv`);
    expect(sheet("Waiting for posting")).toHaveLength(11);
    expect(text(".html")).toContain(`${NAME}-codes.csv`);
    expect(text(".json")).toBe(`${moneyJson(await wholeReport(report), 1)}\n`);
  });

  it("have the lines that wait in a CSV where they are too many", async () => {
    await write(await reportOn(tieOutOf(2, 11)), 10);
    expect(endings()).toEqual(["-waiting.csv", ".html", ".json", ".xlsx"]);
    expect(text("-waiting.csv").trimEnd().split("\r\n")).toHaveLength(12);
    expect(sheet("Waiting for posting")[1]?.[0]).toMatch(/^11 lines: .*-waiting\.csv/);
    expect(text(".html")).toMatch(
      /11 lines wait for posting and are not late; together 11\.00, .*-waiting\.csv/,
    );
  });

  it("run no formula of what people wrote elsewhere, and have amounts as they are", async () => {
    const key = (n: number) =>
      keyRow(n, {
        project_number: ["=1+1", "+1", "-1", "@a", 'a "b", c'][n] ?? "",
        ...{ exported: -123_456n, sage_total: null },
      });
    await write(await reportOn(tieOutOf(5, 0, { key })), 4);
    const rows = text("-codes.csv").trimEnd().split("\r\n").slice(1);
    expect(rows.map((row) => row.split(",original")[0])).toEqual([
      "'=1+1",
      "'+1",
      "'-1",
      "'@a",
      '"a ""b"", c"',
    ]);
    expect(rows[0]).toBe("'=1+1,original,25-0,,03-0,MAT,0.00,1.00,-1234.56,1.00,0.00,,1.00,yes");
  });

  it("keep no CSV of an earlier report of the day that had more rows", async () => {
    await write(await reportOn(tieOutOf(11, 11)), 10);
    writeFileSync(join(folder, "ACME-tie-out-2026-03-30-codes.csv"), "another day's");
    await write(await reportOn(tieOutOf(10, 0)), 10);
    expect(readdirSync(folder).sort()).toEqual([
      "ACME-tie-out-2026-03-30-codes.csv",
      ...[".html", ".json", ".xlsx"].map((ending) => NAME + ending),
    ]);
  });

  it("tell of every code that is wrong though no line differs, also where the codes are elsewhere", async () => {
    const key = (n: number) => keyRow(n, n === 7 ? { accepted: 90n, ties_out: false } : {});
    const report = await reportOn(tieOutOf(20, 0, { key }));
    expect(report.verdict).toBe("needs_a_person");
    expect(headline(report)).toBe("1 code needs a person");
    await write(report, 10);
    expect(sheet("Codes")[2]).toContain("03-7");
    expect(text(".html")).toMatch(/1 code: accepted is not exported.*25-7 \/ 03-7 \/ MAT/s);
  });

  it("list every difference that needs somebody, however many lines wait", async () => {
    const overdue = difference(5_000, { state: "overdue", since: "2026-02-01" });
    const unexpected = difference(5_001, { state: "unexpected", batch_id: null, line_no: null });
    const report = await reportOn(tieOutOf(30, 3_000, { further: [overdue, unexpected] }));
    expect(report.differences.map(({ state }) => state)).toEqual(["overdue", "unexpected"]);
    expect(report).toMatchObject({
      verdict: "needs_a_person",
      unexpected: 1,
      waiting_lines: { count: 3_000, exported: 300_000n, since: "2026-03-30" },
    });
    expect(report.open_by_age.map(({ waiting, differing }) => [waiting.lines, differing.lines])).toEqual([
      [3_000, 1],
      [0, 0],
      [1, 0],
    ]);
  });

  it("are written of 200,000 codes without holding more than some thousand of them", async () => {
    const held: Held = { given: 0, written: 0, most: 0 };
    // A piece has been written when the next one is asked for.
    async function* watched(path: string, pieces: AsyncIterable<string | Uint8Array>) {
      const row = path.includes("-codes.csv") ? /\r\n/g : path.includes(".json") ? /"ties_out"/g : null;
      held.given = held.written = 0;
      for await (const piece of pieces) {
        if (row) held.most = Math.max(held.most, held.given - held.written);
        yield piece;
        if (row) held.written += String(piece).match(row)?.length ?? 0;
      }
      if (row) expect(held.written).toBeGreaterThanOrEqual(200_000);
    }
    const files: Files = {
      ...realFiles,
      write: (path, contents) =>
        realFiles.write(path, contents instanceof Uint8Array ? contents : watched(path, contents)),
    };
    await write(await reportOn(tieOutOf(200_000, 0, { held })), 100_000, files);
    expect(endings()).toEqual(["-codes.csv", ".html", ".json", ".xlsx"]);
    expect(held.most).toBeGreaterThan(0);
    expect(held.most).toBeLessThan(5_000);
  });
});
