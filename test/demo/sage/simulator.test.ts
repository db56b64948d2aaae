import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import iconv from "iconv-lite";
import { afterEach, expect, test } from "vitest";
import { formatMoney } from "../../../src/core/money.ts";
import type { Db, Row } from "../../../src/db/db.ts";
import { openSqlite } from "../../../src/db/sqlite.ts";
import { createSageCopy } from "../../../src/demo/sage/create-copy.ts";
import { type ImportRequest, sageSimulator } from "../../../src/demo/sage/simulator.ts";
import { readJce } from "../../../src/outbox/read-jce.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const KEY = { job: "25-1001", extra: "", costCode: "03-100", category: "M" };

async function office(options: { padding?: boolean; timeZone?: string } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "sage-"));
  const filename = join(folder, "sage.db");
  const db = openSqlite(filename);
  closers.push(async () => {
    await db.close();
    rmSync(folder, { recursive: true });
  });
  const clock = { time: new Date("2026-11-23T02:00:00Z"), now: () => clock.time };
  await createSageCopy(db);
  const sage = sageSimulator(db, clock, options);
  await sage.addJob("25-1001", "Main Street Clinic");
  await sage.addStandardCategory("M", "Material");
  await sage.addStandardCategory("L", "Labor");
  await sage.addStandardCostCode("03-000", "Concrete", true);
  await sage.addStandardCostCode("03-100", "Cast-in-place concrete");
  await sage.addStandardCostCode("06-100", "Rough carpentry");
  return { filename, db, clock, sage };
}

const rows = (db: Db, table: string): Promise<Row[]> =>
  db.query(db.sql.build(table).select("*").orderBy(db.sql.build.raw("rowid")));

const JOB = '*,"25-1001","Main Street Clinic"';
const line = (costCode: string, amount: string, { category = "M", extra = "" } = {}) =>
  `C,"${costCode}","As in file","${category}",11222026,0.00,"",${amount},,,,,"${extra}"`;
const file = (records: string[], request: Partial<ImportRequest> = {}): ImportRequest => ({
  fileName: "ACME-000001-1-original.jce",
  bytes: iconv.encode(records.map((record) => `${record}\r\n`).join(""), "windows-1252"),
  asApprovedChange: false,
  allowCostCodeCreation: false,
  ...request,
});

test("imported entries stay out of the copy until they are posted", async () => {
  const { db, sage } = await office();
  const report = await sage.importFile(file([JOB, line("03-100", "100.10"), line("06-100", "-20.05")]));
  expect(report).toEqual({
    imported: 2,
    createdJobs: [],
    createdExtras: [],
    rejected: [],
    rejectFile: null,
    warnings: [],
    stopped: null,
  });
  expect(await rows(db, "JCT_CURRENT__TRANSACTION")).toEqual([]);
  expect((await rows(db, "JCM_MASTER__CATEGORY"))[0]).toMatchObject({
    Cost_Code: "03-100",
    Total_Estimate: 0,
  });
  expect((await sage.newEntries()).map((entry) => entry.cents)).toEqual([10010n, -2005n]);
});

test("posting shows entries in CURRENT under one run and brings the masters' totals up to date", async () => {
  const { db, sage } = await office({ timeZone: "America/New_York" });
  await sage.importFile(file([JOB, line("03-100", "100.10"), line("06-100", "-20.05")]));
  await sage.post({ which: "all" });
  await sage.importFile(
    file([JOB, line("03-100", "0.20")], { fileName: "changes.jce", asApprovedChange: true }),
  );
  await sage.post({ which: "all" });

  const entries = await rows(db, "JCT_CURRENT__TRANSACTION");
  expect(entries.map((e) => [e.Run, e.Sequence, e.Transaction_Type, e.Cost_Code, e.Amount])).toEqual([
    [1n, 1n, "Original estimate", "03-100", 100.1],
    [1n, 2n, "Original estimate", "06-100", -20.05],
    [2n, 1n, "Approved est changes", "03-100", 0.2],
  ]);
  expect(entries[0]).toMatchObject({
    Transaction_Date: "2026-11-22",
    Accounting_Date: "2026-11-22",
    Date_Stamp: "2026-11-22",
    Application_of_Origin: "JC",
    Description: "As in file",
  });
  expect((await rows(db, "JCM_MASTER__CATEGORY"))[0]).toMatchObject({
    Original_Estimate: 100.1,
    Approved_Estimate_Changes: 0.2,
    Total_Estimate: 100.3,
  });
  expect((await rows(db, "JCM_MASTER__COST_CODE"))[0]?.JTD_Aprvd_Estimate_Chgs).toBe(0.2);
  expect(await sage.newEntries()).toEqual([]);
});

test("an accountant may post some entries only, and change an amount before", async () => {
  const { db, sage } = await office();
  await sage.importFile(file([JOB, line("03-100", "100.00"), line("06-100", "50.00")]));
  const posted = await sage.post({
    which: (entry) => entry.costCode === "06-100",
    change: (entry) => entry.cents - 1n,
    run: 900n,
  });
  expect(posted.map(({ run, sequence, cents }) => [run, sequence, cents])).toEqual([[900n, 1n, 4999n]]);
  expect((await sage.newEntries()).map((entry) => entry.costCode)).toEqual(["03-100"]);
  const [next] = await sage.post({ which: "all" });
  expect(next).toMatchObject({ run: 901n, sequence: 1n, cents: 10000n });
  expect((await rows(db, "JCT_CURRENT__TRANSACTION")).map((e) => e.Amount)).toEqual([49.99, 100]);
});

test("entries added to an earlier run go on counting, so that run and sequence stay unique", async () => {
  const { sage } = await office();
  const first = await sage.enter({ ...KEY, kind: "original", cents: 1n });
  const second = await sage.enter({ ...KEY, kind: "original", cents: 2n, run: first.run });
  expect([second.run, second.sequence]).toEqual([first.run, 2n]);
});

test("a category that is not standard stops the import and nothing goes in", async () => {
  const { db, sage } = await office();
  const records = ['*,"25-9999","New"', line("03-100", "1.00"), line("03-100", "1.00", { category: "X" })];
  const report = await sage.importFile(file(records));
  expect(report.stopped).toMatch(/record 3: X is not a standard category/);
  expect(report.imported).toBe(0);
  expect(await sage.newEntries()).toEqual([]);
  expect(await rows(db, "JCM_MASTER__JOB")).toHaveLength(1);
  const again = await sage.importFile(file([JOB, line("03-100", "1.00")]));
  expect(again.warnings).toEqual([]);
});

test("a file that breaks the layout stops the import with the record and field", async () => {
  const { sage } = await office();
  const report = await sage.importFile(file([JOB, line("03-100", "1.0")]));
  expect(report.stopped).toMatch(/ACME-000001-1-original.jce: record 2: field 8 \(amount\)/);
});

test("a job and an extra that do not exist are created; an extra that exists keeps its description", async () => {
  const { db, sage } = await office();
  await sage.addExtra("25-1001", "CO-001", "Canopy");
  const report = await sage.importFile(
    file([
      JOB,
      'E,"CO-001","Other"',
      'E,"CO-002","Ramp"',
      line("03-100", "5.00", { extra: "CO-002" }),
      '*,"25-9999","New"',
      line("03-100", "1.00"),
    ]),
  );
  expect(report).toMatchObject({
    imported: 2,
    createdJobs: ["25-9999"],
    createdExtras: [{ job: "25-1001", extra: "CO-002" }],
  });
  expect((await rows(db, "JCM_MASTER__JOB")).map((job) => [job.Job, job.Description])).toEqual([
    ["25-1001", "Main Street Clinic"],
    ["25-9999", "New"],
  ]);
  expect((await rows(db, "JCM_MASTER__EXTRA")).map((e) => e.Description)).toEqual(["Canopy", "Ramp"]);
});

test("a cost code off the standard list goes in if the job has it or its creation is allowed", async () => {
  const { db, sage } = await office();
  await sage.addCostCode({ job: "25-1001", costCode: "99-100" }, "On the job");
  const records = [JOB, line("99-100", "1.00"), line("99-200", "2.00")];
  expect((await sage.importFile(file(records))).rejected).toEqual([
    { record: 3, reason: "99-200 is not on the standard cost code list" },
  ]);
  const allowed = await sage.importFile(file(records, { fileName: "b.jce", allowCostCodeCreation: true }));
  expect(allowed).toMatchObject({ imported: 2, rejected: [] });
  expect((await rows(db, "JCM_MASTER__COST_CODE")).map((e) => [e.Cost_Code, e.Description])).toEqual([
    ["99-100", "On the job"],
    ["99-200", "As in file"],
  ]);
});

test("records for group codes, closed masters and extras without an E record are rejected", async () => {
  const { sage } = await office();
  await sage.addExtra("25-1001", "OLD", "Done", "Closed");
  await sage.addCostCode({ job: "25-1001", costCode: "06-100" }, "Carpentry", { status: "Closed" });
  await sage.addCostCode({ job: "25-1001", costCode: "03-100" }, "Concrete", { group: true });
  const report = await sage.importFile(
    file([
      JOB,
      line("03-000", "1.00"),
      line("06-100", "1.00"),
      line("03-100", "1.00"),
      line("03-100", "1.00", { extra: "OLD" }),
      line("03-100", "1.00", { extra: "NONE" }),
    ]),
  );
  expect(report.imported).toBe(0);
  expect(report.rejected.map(({ reason }) => reason)).toEqual([
    "03-000 is a group cost code",
    "cost code 06-100 is closed",
    "03-100 is a group cost code",
    "extra OLD is closed",
    "job 25-1001 has no extra NONE",
  ]);
});

test("a closed job's records are rejected, and the reject file can be imported once the job is open", async () => {
  const { db, sage } = await office();
  await sage.addJob("25-1002", "Lager Süd");
  await sage.closeJob("25-1002");
  const records = ['*,"25-1002","Lager Süd"', 'E,"PH1","Phase €"', line("06-100", "2.00", { extra: "PH1" })];
  const report = await sage.importFile(file([JOB, line("03-100", "1.00"), ...records]));
  expect(report).toMatchObject({ imported: 1, createdExtras: [] });
  expect(report.rejected).toEqual([
    { record: 4, reason: "job 25-1002 is closed" },
    { record: 5, reason: "job 25-1002 is closed" },
  ]);
  expect(report.rejectFile).toEqual(file(records).bytes);

  await db.query(db.sql.build("JCM_MASTER__JOB").where({ Job: "25-1002" }).update({ Status: "In progress" }));
  const bytes = report.rejectFile ?? new Uint8Array();
  const again = await sage.importFile(file([], { fileName: "rejects.jce", bytes }));
  expect(again).toMatchObject({ imported: 1, rejected: [], warnings: [] });
});

test("a reject file names only the jobs that have rejected records", async () => {
  const { sage } = await office();
  const report = await sage.importFile(
    file([JOB, line("03-000", "1.00"), line("03-100", "2.00"), '*,"25-9999","New"', line("03-100", "3.00")]),
  );
  const rejects = readJce(report.rejectFile ?? new Uint8Array(), {
    encoding: "windows-1252",
    extraField: 13,
  });
  expect(rejects.ok && rejects.value.jobs.map(({ job }) => job)).toEqual(["25-1001"]);
  expect(rejects.ok && rejects.value.lines.map(({ costCode }) => costCode)).toEqual(["03-000"]);
});

test("a second import of a file only warns and adds everything again", async () => {
  const { db, sage } = await office();
  const request = file([JOB, line("03-100", "100.00")]);
  await sage.importFile(request);
  const second = await sage.importFile(request);
  expect(second).toMatchObject({ imported: 1, stopped: null });
  expect(second.warnings).toEqual([expect.stringContaining("already imported")]);
  await sage.post({ which: "all" });
  expect((await rows(db, "JCM_MASTER__CATEGORY"))[0]?.Original_Estimate).toBe(200);
});

test("an entry by hand is posted at once, and its opposite takes it off the totals", async () => {
  const { db, sage } = await office();
  await sage.enter({ ...KEY, kind: "original", cents: 12345n });
  await sage.enter({ ...KEY, kind: "original", cents: -12345n, day: "2026-12-01" });
  const entries = await rows(db, "JCT_CURRENT__TRANSACTION");
  expect(entries.map((e) => [e.Run, e.Amount, e.Transaction_Date])).toEqual([
    [1n, 123.45, "2026-11-23"],
    [2n, -123.45, "2026-12-01"],
  ]);
  expect((await rows(db, "JCM_MASTER__CATEGORY"))[0]).toMatchObject({
    Description: "Material",
    Total_Estimate: 0,
  });
  expect(await sage.newEntries()).toEqual([]);
});

test("entries moved to HISTORY leave CURRENT, unchanged, and stay in the totals", async () => {
  const { db, sage } = await office();
  await sage.importFile(file([JOB, line("03-100", "1.00"), line("06-100", "2.00")]));
  await sage.post({ which: "all" });
  const before = await rows(db, "JCT_CURRENT__TRANSACTION");
  const moveFirst = () => sage.moveToHistory((entry) => entry.sequence === 1n);
  await moveFirst();
  await moveFirst();
  expect(await rows(db, "JCT_HISTORY__TRANSACTION")).toEqual(before.slice(0, 1));
  expect(await rows(db, "JCT_CURRENT__TRANSACTION")).toEqual(before.slice(1));
  await sage.enter({ ...KEY, kind: "original", cents: 100n });
  expect((await rows(db, "JCM_MASTER__CATEGORY"))[0]?.Total_Estimate).toBe(2);
});

test("with padding, codes carry blanks, cost codes before and the others after, and are still found", async () => {
  const { db, sage } = await office({ padding: true });
  await sage.importFile(file([JOB, line("03-100", "1.00")]));
  await sage.post({ which: "all" });
  await sage.importFile(file([JOB, line("03-100", "2.00")], { fileName: "b.jce" }));
  await sage.post({ which: "all" });
  expect((await rows(db, "JCT_CURRENT__TRANSACTION"))[0]).toMatchObject({
    Job: "25-1001      ",
    Extra: "          ",
    Cost_Code: "      03-100",
    Category: "M  ",
    Transaction_Type: "Original estimate   ",
  });
  const categories = await rows(db, "JCM_MASTER__CATEGORY");
  expect(categories.map((category) => category.Total_Estimate)).toEqual([3]);
  await sage.closeJob("25-1001");
  const closed = await sage.importFile(file([JOB, line("03-100", "2.00")], { fileName: "c.jce" }));
  expect(closed.rejected).toHaveLength(1);
});

test("what waits is seen by another process on the same file", async () => {
  const { filename, clock, sage } = await office();
  await sage.importFile(file([JOB, line("03-100", "1.00")]));
  const other = openSqlite(filename);
  closers.unshift(other.close);
  expect(await sageSimulator(other, clock).newEntries()).toHaveLength(1);
});

test("totals are exact to the cent where floating-point sums are not", async () => {
  const { db, sage } = await office();
  const amounts = fc.array(fc.bigInt({ min: -9_999_999_999n, max: 9_999_999_999n }), {
    minLength: 1,
    maxLength: 6,
  });
  let sum = 0n;
  await fc.assert(
    fc.asyncProperty(amounts, async (all) => {
      for (const cents of all) {
        await sage.enter({ ...KEY, kind: "approved_change", cents });
        sum += cents;
      }
      const [category] = await rows(db, "JCM_MASTER__CATEGORY");
      expect(category?.Total_Estimate).toBe(Number(formatMoney(sum)));
    }),
    { numRuns: 15, endOnFailure: true },
  );
});
