import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { z } from "zod";
import { acceptDifference } from "../../src/run/decide/accept.ts";
import { reconcileAll } from "../../src/run/reconcile/reconcile.ts";
import { type CompanyReport, reportAll, writeReportOfRun } from "../../src/show/report/report.ts";
import { reportSchema } from "../../src/show/report/schema.ts";
import { type DatabasePair, eachDatabase } from "../support/databases.ts";
import { exportOne } from "../support/instances.ts";
import { wholeReport } from "../support/whole-report.ts";
import { withWorld } from "../support/with-world.ts";
import { stageBudget, stageModification, type World } from "../support/world.ts";
import { readWorkbook } from "../support/xlsx.ts";

const HOSTILE = {
  name: `=cmd|' /C calc'!A0 <script>alert("x")</script> \u202Eتقرير\u202C `.padEnd(200, "W"),
  reason: `+1 "quoted" <img src=x onerror=alert(1)> & more`,
};

/** A report as its JSON file has it. */
type WrittenReport = z.input<typeof reportSchema>;

eachDatabase("the tie-out report", (makePair) => {
  let pair: DatabasePair;
  let world: World;
  withWorld(makePair, (site) => {
    ({ world, pair } = site);
  });

  const BATCH = "ACME-000001";
  const company = async (asOf?: string): Promise<CompanyReport> => {
    const [one] = (await reportAll(world.context, { asOf })).companies;
    if (!one) throw new Error("the configuration has a company");
    return one;
  };
  const report = async (asOf?: string): Promise<WrittenReport> => {
    const { report: found, error } = await company(asOf);
    if (!found) throw new Error(error?.message ?? "no report");
    return reportSchema.encode(await wholeReport(found));
  };
  const reconcile = async () => {
    const [one] = (await reconcileAll(world.context)).companies;
    expect(one?.error).toBeNull();
    return one;
  };
  const file = (day: string, kind: string) => join(pair.folder, "reports", `ACME-tie-out-${day}.${kind}`);
  const stageThreeLines = () =>
    stageBudget(world, "25-1001", [
      ["L1", null, "03-100", "M", "9600.00"],
      ["L2", null, "16-700", "L", "70.00"],
      ["L3", "PH1", "01-510", "C", "12.34"],
    ]);
  const postAllBut = async (costCode: string) => {
    await world.importBatch(BATCH);
    await world.sage.post({ which: (entry) => entry.costCode !== costCode });
  };

  it("says of a company without a single budget that everything ties out, in explicit zeros", async () => {
    const empty = await report();
    expect(empty).toMatchObject({
      verdict: "ties_out",
      money: { waiting: "0.00", held: "0.00", awaiting_posting: "0.00", differing: "0.00", posted: "0.00" },
      totals: { originals: { accepted: "0.00", exported: "0.00", posted: "0.00", difference: "0.00" } },
      ...{ differences: [], holds: [], projects: [], batches: [] },
    });
    const page = readFileSync(file("2026-03-02", "html"), "utf8");
    expect(page).toContain("Everything ties out");
    expect(page).toContain("0.00");
  });

  it("does not say that nothing is left to do where something accepted waits for the next export", async () => {
    await stageThreeLines();
    await exportOne(world.context);
    await postAllBut("");
    await reconcile();
    const words = "Nothing is held and nothing is open";
    expect(readFileSync(file("2026-03-02", "html"), "utf8")).toContain(`${words}.`);
    await stageModification(world, "25-1001", "1", [["ML1", null, "03-100", "M", "1100.00"]]);
    expect(await report()).toMatchObject({ verdict: "ties_out", money: { waiting: "1100.00" } });
    expect(readFileSync(file("2026-03-02", "html"), "utf8")).toContain(
      `${words}; 1,100.00 is accepted and waits for the next export.`,
    );
  });

  it("is written after each reconciliation as page, workbook and JSON, which say the same", async () => {
    await stageThreeLines();
    await exportOne(world.context);
    await postAllBut("16-700");
    await reconcile();
    const kinds = ["html", "json", "xlsx"];
    expect(
      readdirSync(join(pair.folder, "reports"), { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => name)
        .sort(),
    ).toEqual(kinds.map((kind) => `ACME-tie-out-2026-03-02.${kind}`));

    const stored: WrittenReport = JSON.parse(readFileSync(file("2026-03-02", "json"), "utf8"));
    reportSchema.strict().parse(stored);
    expect(stored).toMatchObject({
      verdict: "waits_for_posting",
      money: { awaiting_posting: "70.00", posted: "9612.34", differing: "0.00" },
      lines: { posted: 2, awaiting_posting: 1 },
      waiting_lines: [{ batch_id: BATCH, cost_code: "16-700", exported: "70.00", age_days: 0 }],
      projects: [
        {
          project_number: "25-1001",
          originals: { accepted: "9682.34", exported: "9682.34", posted: "9612.34", difference: "-70.00" },
          ties_out: false,
        },
      ],
      batches: [{ batch_id: BATCH, files: [{ name: `${BATCH}-1-original.jce` }] }],
    });
    expect(stored.audit_head).toMatch(/^[0-9a-f]{64}$/);

    const page = readFileSync(file("2026-03-02", "html"), "utf8");
    const sheets = readWorkbook(readFileSync(file("2026-03-02", "xlsx")));
    for (const words of ["9,682.34", "9,612.34", "70.00", stored.audit_head, BATCH])
      expect(page).toContain(words);
    const [titles = [], ...codes] = sheets.get("Codes") ?? [];
    const column = (title: string) => titles.findIndex((cell) => cell?.value === title);
    const exported = codes.map((row) => row[column("Exported")]);
    expect(exported.every((cell) => cell?.is === "number")).toBe(true);
    expect(exported.reduce((sum, cell) => sum + Math.round(Number(cell?.value) * 100), 0)).toBe(968_234);
  });

  it("of a past day is the report of that day, whatever came after", async () => {
    await stageThreeLines();
    await exportOne(world.context);
    await postAllBut("16-700");
    await reconcile();
    const then = JSON.parse(readFileSync(file("2026-03-02", "json"), "utf8"));

    world.clock.addDays(3);
    await world.sage.post({ which: "all", change: ({ cents }) => cents - 1_000n });
    await reconcile();
    world.clock.set("2026-03-05T16:00:00Z");
    await stageModification(world, "25-1001", "1", [["A1", null, "99-999", "M", "5.00"]]);
    await exportOne(world.context);
    world.clock.addDays(40);
    await acceptDifference(world.context, { batchId: BATCH, lineNo: 2 }, HOSTILE.reason);
    world.map("categories", "project_number,cost_type,category\n,L,LAB\n,M,MAT\n,C,SUB\n,O,MAT\n");
    await exportOne(world.context);
    await reconcile();

    expect(await report("2026-03-02")).toEqual(then);
    expect(await report("2026-03-04"), "the last one up to that day").toEqual(then);
    const after = await report("2026-03-05");
    expect(after).toMatchObject({ verdict: "needs_a_person", day: "2026-03-05", holds: [] });
    expect(after.differences).toMatchObject([
      { state: "amount_differs", posted: "60.00", since: "2026-03-05" },
    ]);
    const now = await report();
    expect(now).toMatchObject({ run_id: null, holds: [{ rule: "unmapped_cost_code", value: "99-999" }] });
    expect(now.accepted_differences).toMatchObject([{ posted_then: "60.00", reason: HOSTILE.reason }]);
    expect(now.mappings.map(({ version }) => version)).toEqual([2, 1]);
    expect(now.mappings[0]?.changes).toEqual([{ file: "categories.csv", added: [",O,MAT"], removed: [] }]);
    expect(await company("2026-03-01")).toMatchObject({ report: null, error: { name: "tie_out_missing" } });
  });

  it("still has a project whose row has gone from staging", async () => {
    await stageThreeLines();
    await exportOne(world.context);
    await postAllBut("16-700");
    await reconcile();
    for (const table of ["budget_line_item", "budget", "project"])
      await world.statement(`delete from staging.${table}`);
    const stored = await report();
    const sides = { accepted: "9682.34", exported: "9682.34", posted: "9612.34", difference: "-70.00" };
    expect(stored).toMatchObject({
      totals: { originals: sides },
      projects: [{ project_number: "25-1001", originals: sides, documents: [], open_lines: 1 }],
    });
  });

  it("classes by age what is open and what differs", async () => {
    await stageThreeLines();
    await exportOne(world.context);
    await postAllBut("16-700");
    await reconcile();
    const ages = async () =>
      (await report()).open_by_age.map(({ waiting, differing }) => [waiting.lines, differing.lines]);
    expect(await ages()).toEqual([
      [1, 0],
      [0, 0],
      [0, 0],
    ]);
    world.clock.addDays(8);
    expect(await ages()).toEqual([
      [0, 0],
      [1, 0],
      [0, 0],
    ]);
    await world.sage.post({ which: "all", change: () => 6_000n });
    await reconcile();
    expect(await ages()).toEqual([
      [0, 1],
      [0, 0],
      [0, 0],
    ]);
    world.clock.addDays(31);
    expect(await ages()).toEqual([
      [0, 0],
      [0, 0],
      [0, 1],
    ]);
  });

  it("shows no mark-up and runs no formula of what people wrote in other systems", async () => {
    await stageThreeLines();
    await world.statement("update staging.project set name = ?", HOSTILE.name);
    await exportOne(world.context);
    await world.importBatch(BATCH);
    await world.sage.post({ which: "all", change: ({ cents }) => cents - 1n });
    await reconcile();
    await acceptDifference(world.context, { batchId: BATCH, lineNo: 1 }, HOSTILE.reason);
    await company();
    const page = readFileSync(file("2026-03-02", "html"), "utf8");
    expect(page).not.toMatch(/<script|<img/);
    expect(page).toMatch(/<bdi>[^<]*&lt;script&gt;[^<]*\u202E[^<]*<\/bdi>/);
    const sheets = readWorkbook(readFileSync(file("2026-03-02", "xlsx")));
    const texts = [...sheets.values()].flat(2).filter((cell) => cell !== null);
    const found = texts.filter(({ value }) => value.startsWith("=cmd") || value.startsWith("+1"));
    expect(found.map(({ is }) => is)).toEqual(["text", "text"]);
  });

  it("is not written where the folder cannot be, which is said and costs nothing else", async () => {
    writeFileSync(join(pair.folder, "reports"), "a file where a folder should be");
    await stageThreeLines();
    await exportOne(world.context);
    await world.importBatch(BATCH);
    await world.sage.post({ which: "all" });
    const reconciled = await reconcile();
    expect(reconciled?.synced).toEqual(["B-25-1001"]);
    expect(reconciled?.notices.join()).toMatch(/The report could not be written to .*reports/);
    const asked = await company();
    expect(asked).toMatchObject({ files: [], error: null, report: { verdict: "ties_out" } });
    expect(asked.notices.join()).toContain("could not be written");
  });

  it("is left alone by a reconciliation that finds nothing new, and made again when it is gone", async () => {
    await stageThreeLines();
    await exportOne(world.context);
    await reconcile();
    await reconcile();
    const written = statSync(file("2026-03-02", "html")).mtimeMs;
    const marked = readFileSync(file("2026-03-02", "html"), "utf8");
    await reconcile();
    expect(statSync(file("2026-03-02", "html")).mtimeMs).toBe(written);
    rmSync(file("2026-03-02", "html"));
    await reconcile();
    expect(readFileSync(file("2026-03-02", "html"), "utf8").length).toBeGreaterThan(marked.length / 2);
    world.clock.addDays(1);
    await reconcile();
    expect(existsSync(file("2026-03-03", "html"))).toBe(true);
  });

  it("is left alone with its CSV too, and made again when that is gone", async () => {
    await stageThreeLines();
    await exportOne(world.context);
    await postAllBut("");
    await reconcile();
    const [own] = world.context.config.companies;
    if (!own) throw new Error("the configuration has a company");
    const write = (rowsOfASheet: number) => writeReportOfRun(world.context, own, rowsOfASheet);
    const codes = join(pair.folder, "reports", "ACME-tie-out-2026-03-02-codes.csv");
    const writtenAt = () => statSync(file("2026-03-02", "json")).mtimeMs;

    expect(await write(2)).toBeNull();
    expect(readFileSync(codes, "utf8").trimEnd().split("\r\n")).toHaveLength(4);
    const written = writtenAt();
    expect(await write(2)).toBeNull();
    expect(writtenAt()).toBe(written);
    rmSync(codes);
    expect(await write(2)).toBeNull();
    expect(existsSync(codes)).toBe(true);
    expect(writtenAt()).toBeGreaterThan(written);
  });

  it("is asked what it says by its beginning alone", async () => {
    await stageThreeLines();
    await exportOne(world.context);
    await reconcile();
    await reconcile();
    const asked: string[] = [];
    const files = {
      ...world.context.files,
      read: (path: string) => {
        asked.push(path);
        return world.context.files.read(path);
      },
    };
    await reconcileAll({ ...world.context, files });
    expect(asked.filter((path) => path.includes("tie-out"))).toEqual([]);
  });

  it("is made again by the next reconciliation where one of its files could not be written", async () => {
    await stageThreeLines();
    await exportOne(world.context);
    await reconcile();
    await postAllBut("");
    const isOpen = { ...world.context.files };
    isOpen.rename = async (from, to) => {
      if (to.endsWith(".xlsx")) throw new Error("somebody has it open");
      await world.context.files.rename(from, to);
    };
    const [one] = (await reconcileAll({ ...world.context, files: isOpen })).companies;
    expect(one?.notices.join()).toContain("somebody has it open");
    await reconcile();
    const sheets = readWorkbook(readFileSync(file("2026-03-02", "xlsx")));
    expect(sheets.get("Waiting for posting"), "the titles alone").toHaveLength(1);
    expect(JSON.parse(readFileSync(file("2026-03-02", "json"), "utf8"))).toMatchObject({
      verdict: "ties_out",
    });
  });

  it("of a stored tie-out that somebody altered is refused", async () => {
    await stageThreeLines();
    await exportOne(world.context);
    await reconcile();
    const { names } = world.context;
    await world.db.query(
      world.db.sql.build.raw(`update ${names.journal("tie_out_part")} set body = replace(body, 'A', 'B')`),
    );
    expect(await company("2026-03-02")).toMatchObject({ report: null, error: { name: "tie_out_altered" } });
    await reconcileAll(world.context, { full: true });
    expect(await company("2026-03-02")).toMatchObject({ error: null });
  });

  it("needs a folder only for its files", async () => {
    const [own] = world.context.config.companies;
    if (!own) throw new Error("the configuration has a company");
    const context = {
      ...world.context,
      config: { ...world.context.config, companies: [{ ...own, reports: null }] },
    };
    await reconcileAll(context);
    expect((await reportAll(context)).companies).toMatchObject([{ files: [], error: null }]);
    expect(existsSync(join(pair.folder, "reports"))).toBe(false);
    mkdirSync(join(pair.folder, "reports"));
  });
});
