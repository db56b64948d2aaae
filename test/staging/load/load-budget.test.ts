import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseMoney } from "../../../src/core/money.ts";
import type { Db, Row } from "../../../src/db/db.ts";
import { openDatabase } from "../../../src/db/open.ts";
import { text } from "../../../src/db/values.ts";
import { type Names, namesFor, type StagingTable } from "../../../src/names.ts";
import { createStaging } from "../../../src/staging/create-staging.ts";
import { type BudgetInput, type LoadResult, loadBudget } from "../../../src/staging/load/load-budget.ts";
import { type ExportRow, readProcoreExport } from "../../../src/staging/load/procore-export.ts";
import { type DatabasePair, eachDatabase } from "../../support/databases.ts";

const NOON = { now: () => new Date("2026-03-02T12:00:00.500Z") };
const LATER = { now: () => new Date("2026-03-09T08:30:00Z") };
const UUID_5 = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const cents = (amount: string): bigint => {
  const parsed = parseMoney(amount);
  if (!parsed.ok) throw new Error(amount);
  return parsed.cents;
};
/** `PH1/01-010/L`, original amount, modifications so far. */
const line = (code: string, original: string, modifications = "0"): ExportRow => {
  const [subJob = "", costCode = "", costType = ""] = code.split("/");
  return {
    row: 2,
    subJob,
    subJobName: "",
    costCode,
    costType,
    description: `${costCode}.${costType}`,
    original: cents(original),
    modifications: cents(modifications),
  };
};

eachDatabase("a budget that is loaded", (makePair) => {
  let pair: DatabasePair;
  let db: Db;
  let names: Names;
  beforeEach(async () => {
    pair = await makePair();
    db = await openDatabase(pair.owner.staging, { create: true });
    names = namesFor(db.engine);
    await createStaging(db, names);
  });
  afterEach(async () => {
    await db.close();
    await pair.remove();
  });

  const input = (rows: readonly ExportRow[], more: Partial<BudgetInput> = {}): BudgetInput => ({
    company: "ACME",
    projectNumber: "25-1001",
    projectName: "Riverside Clinic",
    rows,
    accept: false,
    acceptedBy: "",
    ...more,
  });
  const accepted = { accept: true, acceptedBy: "Kim Lee" };
  const load = async (budget: BudgetInput, clock = NOON): Promise<LoadResult> => {
    const outcome = await loadBudget(db, names, budget, clock);
    if (!outcome.ok) throw new Error(outcome.problem.message);
    return outcome.value;
  };
  const refusal = async (budget: BudgetInput) => {
    const outcome = await loadBudget(db, names, budget, NOON);
    return outcome.ok ? null : outcome.problem;
  };
  const all = (table: StagingTable) => db.query(db.sql.build(names.staging(table)).select("*"));
  const everything = async () => {
    const tables: Row[][] = [];
    for (const table of ["project", "sub_job", "budget", "budget_line_item"] as const)
      tables.push(await all(table));
    for (const table of ["budget_modification", "budget_modification_line"] as const)
      tables.push(await all(table));
    return tables;
  };
  const set = (table: StagingTable, values: Record<string, string | number | null>) =>
    db.query(db.sql.build(names.staging(table)).update(values));
  const amounts = async (table: StagingTable, column: string) =>
    (
      await db.query(
        db.sql
          .build(names.staging(table))
          .select("sub_job_code", "cost_code", "cost_type", "erp_synced", db.sql.text(column))
          .orderBy(["cost_code", "sub_job_code", column]),
      )
    ).map((row) =>
      [
        `${text(row, "sub_job_code")}/${text(row, "cost_code")}/${text(row, "cost_type")}`,
        text(row, column),
        Number(row.erp_synced),
      ].join(" "),
    );
  const headers = async (table: "budget" | "budget_modification") =>
    (
      await db.query(db.sql.build(names.staging(table)).select("erp_status", "accepted_by", "erp_synced"))
    ).map((row) => [row.erp_status, row.accepted_by, Number(row.erp_synced)]);

  it("stages a new budget as sent, with its sub jobs, lines and one modification", async () => {
    const rows = [
      { ...line("PH1/01-010/L", "100.10", "5"), subJobName: "Phase 1" },
      line("PH2/01-010/L", "0.20", "-5"),
      line("/02-100/M", "-7"),
    ];
    const result = await load(input(rows));
    expect(result).toMatchObject({
      linesAdded: 3,
      linesChanged: 0,
      linesRemoved: 0,
      budgetTotal: 9330n,
      modification: { number: "1", lines: 2, total: 0n },
      status: "sent",
      unchanged: false,
    });
    expect(await all("project")).toEqual([
      {
        project_id: result.projectId,
        company: "ACME",
        project_number: "25-1001",
        name: "Riverside Clinic",
      },
    ]);
    expect((await all("sub_job")).map((row) => [row.sub_job_code, row.name])).toEqual([
      ["PH1", "Phase 1"],
      ["PH2", "PH2"],
    ]);
    expect(await amounts("budget_line_item", "original_amount")).toEqual([
      "PH1/01-010/L 100.10 0",
      "PH2/01-010/L 0.20 0",
      "/02-100/M -7.00 0",
    ]);
    expect((await all("budget_line_item"))[2]).toMatchObject({
      budget_id: result.budgetId,
      sub_job_code: null,
      description: "02-100.M",
      uom: null,
      quantity: null,
    });
    expect((await all("budget"))[0]).toMatchObject({
      project_id: result.projectId,
      erp_status: "sent",
      accepted_by: null,
      accepted_at: null,
    });
    expect((await all("budget_modification"))[0]).toMatchObject({
      number: "1",
      title: "Budget modification 1",
      erp_status: "sent",
    });
    expect(await amounts("budget_modification_line", "amount")).toEqual([
      "PH1/01-010/L 5.00 0",
      "PH2/01-010/L -5.00 0",
    ]);
  });

  it("accepts what it stages when told to, with name and time", async () => {
    const result = await load(input([line("/01/L", "1", "1")], accepted));
    expect(result.status).toBe("accepted");
    for (const table of ["budget", "budget_modification"] as const) {
      const [row] = await db.query(
        db.sql.build(names.staging(table)).select("erp_status", "accepted_by", db.sql.text("accepted_at")),
      );
      expect(row).toMatchObject({ erp_status: "accepted", accepted_by: "Kim Lee" });
      expect(row && text(row, "accepted_at")).toMatch(/^2026-03-02[T ]12:00:00/);
    }
  });

  it("gives every row an id that depends on what it is and on nothing else", async () => {
    const rows = [line("PH1/01/L", "1", "1"), line("/01/L", "2", "2")];
    await load(input(rows));
    const ids = async () => {
      const [, , , lines = [], modifications = [], moved = []] = await everything();
      return [
        ...(await all("project")).map((row) => row.project_id),
        ...(await all("budget")).map((row) => row.budget_id),
        ...lines.map((row) => row.line_item_id),
        ...modifications.map((row) => row.modification_id),
        ...moved.map((row) => row.modification_line_id),
      ].sort();
    };
    const first = await ids();
    expect(new Set(first).size).toBe(7);
    for (const id of first) expect(id).toMatch(UUID_5);
    // An id once given is for ever: sites hold them.
    expect((await all("project"))[0]?.project_id).toBe("e0a82fea-ca1e-5634-91a4-42aed910e273");

    const again = await makePair();
    const kept = db;
    db = await openDatabase(again.owner.staging, { create: true });
    try {
      await createStaging(db, names);
      await load(input([...rows].reverse(), accepted), LATER);
      expect(await ids()).toEqual(first);
    } finally {
      await db.close();
      db = kept;
      await again.remove();
    }
  });

  it("writes nothing when the file says what staging holds", async () => {
    const budget = input([line("PH1/01/L", "1", "3"), line("/02/L", "2")]);
    await load(budget);
    const before = await everything();
    expect(await load(budget, LATER)).toMatchObject({
      linesAdded: 0,
      linesChanged: 0,
      linesRemoved: 0,
      modification: null,
      status: "sent",
      unchanged: true,
    });
    expect(await everything()).toEqual(before);
  });

  it("accepts an unchanged budget and its modifications that were only sent, once", async () => {
    const budget = input([line("/01/L", "1", "3")]);
    await load(budget);
    await load({ ...budget, rows: [line("/01/L", "1", "4")] });
    await set("budget_modification", { erp_status: " Not_Sent " });
    const late = { ...budget, rows: [line("/01/L", "1", "4")], ...accepted };
    expect(await load(late)).toMatchObject({ status: "accepted", linesChanged: 0, unchanged: false });
    expect(await headers("budget")).toEqual([["accepted", "Kim Lee", 0]]);
    expect(await headers("budget_modification")).toEqual([
      ["accepted", "Kim Lee", 0],
      ["accepted", "Kim Lee", 0],
    ]);
    expect((await load(late, LATER)).unchanged).toBe(true);
  });

  it("does not accept a modification that was rejected or is synced", async () => {
    const budget = input([line("/01/L", "1", "3")]);
    await load(budget);
    for (const erp_status of ["rejected", "retrieved", "synced"]) {
      await set("budget_modification", { erp_status });
      await load({ ...budget, ...accepted });
      expect((await headers("budget_modification"))[0]?.[0]).toBe(erp_status);
    }
  });

  it("replaces the lines of a budget that waits for acceptance", async () => {
    await load(input([line("/01/L", "1"), line("/02/L", "2"), line("/03/L", "3")]));
    const result = await load(input([line("/01/L", "1"), line("/02/L", "2.50"), line("PH1/04/L", "4")]));
    expect(result).toMatchObject({ linesAdded: 1, linesChanged: 1, linesRemoved: 1, budgetTotal: 750n });
    expect(await amounts("budget_line_item", "original_amount")).toEqual([
      "/01/L 1.00 0",
      "/02/L 2.50 0",
      "PH1/04/L 4.00 0",
    ]);
  });

  it("re-sends a synced budget: unchanged lines stay synced, changed and new ones are not", async () => {
    await load(input([line("/01/L", "1"), line("/02/L", "2")], accepted));
    await set("budget", { erp_status: "synced", erp_synced: 1, erp_locked: 0, estimate_import_blocked: 1 });
    await set("budget_line_item", { erp_synced: 1, uom: "ea" });
    expect((await load(input([line("/01/L", "1"), line("/02/L", "5"), line("/03/L", "0")]))).status).toBe(
      "sent",
    );
    expect(await amounts("budget_line_item", "original_amount")).toEqual([
      "/01/L 1.00 1",
      "/02/L 5.00 0",
      "/03/L 0.00 0",
    ]);
    expect((await all("budget"))[0]).toMatchObject({ erp_status: "sent", accepted_by: null });
    expect(await headers("budget")).toEqual([["sent", null, 0]]);
    expect(Number((await all("budget"))[0]?.estimate_import_blocked)).toBe(1);
    const units = (await all("budget_line_item")).map((row) => String(row.uom));
    expect(units.sort()).toEqual(["ea", "ea", "null"]);
  });

  it("makes a further modification of the difference only, and leaves the budget alone", async () => {
    await load(
      input([line("/01/L", "1", "10"), line("/02/L", "2", "-10"), line("/03/L", "3", "4")], accepted),
    );
    await set("budget", { erp_status: "synced", erp_synced: 1 });
    await set("budget_modification", { erp_status: "synced", erp_synced: 1 });
    await set("budget_line_item", { erp_synced: 1 });
    const result = await load(
      input([line("/01/L", "1", "25"), line("/02/L", "2", "-25"), line("/03/L", "3", "4")]),
    );
    expect(result).toMatchObject({
      linesChanged: 0,
      modification: { number: "2", lines: 2, total: 0n },
      status: "synced",
      unchanged: false,
    });
    expect(await headers("budget")).toEqual([["synced", "Kim Lee", 1]]);
    expect(await headers("budget_modification")).toEqual([
      ["synced", "Kim Lee", 1],
      ["sent", null, 0],
    ]);
    expect(await amounts("budget_modification_line", "amount")).toEqual([
      "/01/L 10.00 0",
      "/01/L 15.00 0",
      "/02/L -10.00 0",
      "/02/L -15.00 0",
      "/03/L 4.00 0",
    ]);
  });

  it("takes a modification back when its line leaves the file", async () => {
    await load(input([line("/01/L", "1", "10"), line("PH1/02/L", "2", "3")]));
    expect((await load(input([line("/01/L", "1", "10")]))).modification).toEqual({
      number: "2",
      lines: 1,
      total: -300n,
    });
    const lines = await all("budget_modification_line");
    expect(lines.find((row) => Number(row.amount) === -3)).toMatchObject({
      sub_job_code: "PH1",
      description: "02.L",
    });
  });

  it("counts on after the highest number there is, and counts modifications others wrote", async () => {
    const { projectId } = await load(input([line("/01/L", "1")]));
    await db.query(
      db.sql.build(names.staging("budget_modification")).insert({
        modification_id: "theirs",
        project_id: projectId,
        number: "9",
        erp_status: "rejected",
      }),
    );
    await db.query(
      db.sql.build(names.staging("budget_modification_line")).insert({
        modification_line_id: "theirs-1",
        modification_id: "theirs",
        sub_job_code: " ",
        cost_code: "01 ",
        cost_type: "L",
        amount: "2",
      }),
    );
    expect((await load(input([line("/01/L", "1", "5")]))).modification).toEqual({
      number: "10",
      lines: 1,
      total: 300n,
    });
  });

  describe.each([
    ["budget", { erp_status: "accepted" }],
    ["budget", { erp_status: "Exported ", erp_locked: 1 }],
    ["budget", { erp_status: "synced", erp_locked: 1 }],
    ["budget", { erp_status: "posted?" }],
    ["budget_modification", { erp_status: "accepted" }],
    ["budget_modification", { erp_status: "exported" }],
  ] as const)("while a %s is %o", (table, state) => {
    const before = [line("/01/L", "1", "3")];
    beforeEach(async () => {
      await load(input(before));
      await set(table, state);
    });

    it.each([
      ["another amount", [line("/01/L", "2", "3")]],
      ["a new line", [...before, line("/02/L", "2")]],
      ["another modification", [line("/01/L", "1", "4")]],
    ])("a file with %s is refused and nothing is written", async (_what, rows) => {
      const staged = await everything();
      const problem = await refusal(input(rows, { ...accepted, projectName: "Other name" }));
      expect(problem?.name).toBe("stage_budget_locked");
      expect(problem?.message).toContain(table === "budget" ? "the budget is" : "modification 1 is");
      expect(await everything()).toEqual(staged);
    });

    it("the same file again is welcome", async () => {
      expect((await load(input(before))).unchanged).toBe(true);
    });
  });

  it("corrects names of project and sub jobs, but never replaces a name by a code", async () => {
    const named = { ...line("PH1/01/L", "1"), subJobName: "Phase 1" };
    await load(input([named]));
    await load(input([line("PH1/01/L", "1")]));
    expect((await all("sub_job"))[0]?.name).toBe("Phase 1");
    const result = await load(
      input([{ ...named, subJobName: "Phase One" }], { projectName: "Riverside Clinic II" }),
    );
    expect(result).toMatchObject({ unchanged: false, linesChanged: 0 });
    expect((await all("sub_job")).map((row) => row.name)).toEqual(["Phase One"]);
    expect((await all("project")).map((row) => row.name)).toEqual(["Riverside Clinic II"]);
  });

  it("keeps projects apart", async () => {
    await load(input([line("PH1/01/L", "1", "1")]));
    await load(input([line("PH1/01/L", "8", "8")], { projectNumber: "25-1002" }));
    await load(input([line("PH1/02/L", "2", "1")]));
    expect(await amounts("budget_line_item", "original_amount")).toEqual([
      "PH1/01/L 8.00 0",
      "PH1/02/L 2.00 0",
    ]);
  });

  it("refuses a project that another program staged, or that differs in case only", async () => {
    await db.query(
      db.sql
        .build(names.staging("project"))
        .insert({ project_id: "42", company: "ACME ", project_number: "25-1001A", name: "x" }),
    );
    for (const projectNumber of ["25-1001A", "25-1001a"])
      expect((await refusal(input([line("/01/L", "1")], { projectNumber })))?.name).toBe(
        "stage_other_project",
      );
    expect(await all("budget")).toEqual([]);
  });

  it("refuses a second budget beside another program's", async () => {
    const budget = input([line("/01/L", "1")]);
    await load(budget);
    await set("budget", { budget_id: "42" });
    expect((await refusal(budget))?.name).toBe("stage_other_budget");
  });

  it("refuses to reckon with a staged modification amount that cannot be read", async () => {
    const budget = input([line("/01/L", "1", "1")]);
    await load(budget);
    await set("budget_modification_line", { amount: null });
    expect((await refusal(budget))?.name).toBe("stage_staged_amount");
  });

  it.each([
    ["stage_field_empty", "company", " "],
    ["stage_field_empty", "projectNumber", ""],
    ["stage_field_empty", "projectName", ""],
    ["stage_too_long", "company", "A".repeat(21)],
    ["stage_too_long", "projectNumber", "1".repeat(51)],
    ["stage_too_long", "projectName", "n".repeat(201)],
    ["stage_too_long", "acceptedBy", "n".repeat(101)],
  ])("refuses with %s a %s that staging cannot hold", async (name, field, value) => {
    expect((await refusal(input([line("/01/L", "1")], { [field]: value })))?.name).toBe(name);
    expect(await all("project")).toEqual([]);
  });

  it("refuses letters in codes that SQL Server's varchar would turn into question marks", async () => {
    const outcome = await loadBudget(
      { ...db, engine: "sqlserver" },
      names,
      input([line("\u0141/01/L", "1")]),
      NOON,
    );
    expect(outcome).toMatchObject({ ok: false, problem: { name: "stage_code_letters" } });
  });

  it("stages the sample budgets to the cent", async () => {
    const file = new URL("../../../samples/budget-25-1001-riverside-clinic.csv", import.meta.url);
    const read = readProcoreExport("sample", readFileSync(file), { ignoreApprovedCos: false });
    if (!read.ok) throw new Error(read.problems[0]?.message);
    const result = await load(input(read.rows));
    expect(result.linesAdded).toBe(155);
    const staged = await db.query(
      db.sql.build(names.staging("budget_line_item")).select(db.sql.text("original_amount")),
    );
    expect(staged.reduce((total, row) => total + cents(text(row, "original_amount")), 0n)).toBe(
      result.budgetTotal,
    );
    expect((await load(input(read.rows))).unchanged).toBe(true);
  });
});
