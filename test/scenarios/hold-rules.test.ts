import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fieldsOf, HOLD_RULES, type HoldRuleName } from "../../src/core/holds.ts";
import type { Engine } from "../../src/db/db.ts";
import { STAGING_TABLES } from "../../src/names.ts";
import { baselineOf } from "../../src/run/decide/baseline.ts";
import { releaseDocument } from "../../src/run/decide/release.ts";
import { exportAll } from "../../src/run/export/export.ts";
import type { HoldResult } from "../../src/run/hold-result.ts";
import { lookAtHolds } from "../../src/run/look/holds.ts";
import { planAll } from "../../src/run/look/plan.ts";
import { reconcileAll } from "../../src/run/reconcile/reconcile.ts";
import { tieout } from "../support/cli.ts";
import { type DatabasePair, eachDatabase, sqlitePair } from "../support/databases.ts";
import { exportOne } from "../support/instances.ts";
import { isStandIn } from "../support/stand-in.ts";
import { ownWorld, withWorld } from "../support/with-world.ts";
import { COMPANY, stageBudget, stageModification, type World } from "../support/world.ts";

/** A line's cells in staging: sub job, cost code, cost type, amount. */
type Cells = readonly [subJob: string | null, costCode: string, costType: string, amount: string | null];

interface Case {
  readonly what: string;
  readonly rule: HoldRuleName;
  /** Where the engine can hold such a value at all. */
  readonly only?: Engine;
  /** Texts of it have a double quote: the server that stands in for SQL Server reads it back with a backslash. */
  readonly quotes?: true;
  readonly config?: Record<string, unknown>;
  /** What L2 of budget B-25-1001 says, beside L1, with which nothing is wrong. */
  readonly line?: Cells;
  /** What comes before: sent, posted. */
  readonly before?: (world: World) => Promise<unknown>;
  readonly cause?: (world: World) => Promise<unknown>;
  /** `document[/line] field=value` of every hold of the run; the budget B-25-1001 unless it is said. */
  readonly held: readonly string[];
  readonly mend: (world: World) => Promise<unknown>;
  /** What becomes of it when mended; of the budget unless another is named. */
  readonly after?: Readonly<Record<string, string>>;
}

const GOOD: Cells = [null, "16-700", "L", "50.00"];
const SAME_CODE = {
  unmapped: { cost_codes: "same_code", categories: "same_code", jobs: "same_code", extras: "same_code" },
};
const FORMATS = { formats: { job: "##-####", cost_code: "##-###", extra: "##-###" } };

const staging =
  (sql: string, ...values: (string | number)[]) =>
  (world: World) =>
    world.statement(sql, ...values);
/** A statement on Sage's copy, whose tables have a schema on SQL Server only. */
const sage =
  (sql: string, ...values: (string | number)[]) =>
  ({ sageDb }: World) =>
    sageDb.query(sageDb.sql.build.raw(sageDb.engine === "sqlite" ? sql.replaceAll("dbo.", "") : sql, values));
const all =
  (...steps: ((world: World) => Promise<unknown>)[]) =>
  async (world: World) => {
    for (const step of steps) await step(world);
  };

const MAPPING_HEADS = {
  jobs: "project_number,job\n",
  extras: "project_number,sub_job,extra,description\n",
  "cost-codes": "project_number,cost_code,sage_cost_code\n",
  categories: "project_number,cost_type,category\n",
} as const;
const MAPPING_ROWS = {
  jobs: ["25-1001,25-1001", "25-1002,25-1002"],
  extras: [",PH1,CO-001,Phase one"],
  "cost-codes": [",01-510,01-510", ",03-100,03-100", ",16-700,16-700"],
  categories: [",L,LAB", ",M,MAT", ",C,SUB"],
} as const;
/** A mapping file with its usual rows, other rows in place of those of the same key, or others only. */
const mapped =
  (file: keyof typeof MAPPING_HEADS, ...rows: string[]) =>
  async ({ map }: World) => {
    const keyOf = (row: string) =>
      row
        .split(",")
        .slice(0, file === "jobs" ? 1 : 2)
        .join();
    const keys = new Set(rows.map(keyOf));
    const kept = MAPPING_ROWS[file].filter((row) => !keys.has(keyOf(row)));
    map(file, `${MAPPING_HEADS[file]}${[...kept, ...rows].map((row) => `${row}\n`).join("")}`);
  };
const setLine = (column: string, value: string | number, line = "L2") =>
  staging(`update staging.budget_line_item set ${column} = ? where line_item_id = ?`, value, line);
const accepted = staging("update staging.budget set erp_status = 'accepted' where budget_id = 'B-25-1001'");

async function sendAndPost(world: World): Promise<void> {
  const exported = await exportOne(world.context);
  expect(exported).toMatchObject({ holds: [], error: null });
  for (const { batch_id } of exported.batches) await world.importBatch(batch_id);
  await world.sage.post({ which: "all" });
  await reconcileAll(world.context);
}

/** A master's status, on job 25-1001 or below it. */
const closes = (table: string, column: string, code: string, status = "Closed") =>
  sage(`update dbo.${table} set Status = ? where Job = '25-1001' and ${column} = ?`, status, code);

const caseOfCodes = (what: string, line: Cells, fields: string[], config: Record<string, unknown>) => ({
  what,
  line,
  config,
  held: fields.map((field) => `/L2 ${field}`),
  mend: all(
    setLine("cost_code", "16-700"),
    setLine("cost_type", "L"),
    staging("update staging.budget_line_item set sub_job_code = null"),
  ),
});

const CASES: readonly Case[] = [
  {
    what: "a project that no row leads to a job",
    rule: "unmapped_project",
    cause: async ({ map }) => map("jobs", "project_number,job\n25-1002,25-1002\n"),
    held: [" project_number=25-1001"],
    mend: mapped("jobs"),
  },
  {
    what: "a project whose job, under the same name, is that of another project",
    rule: "unmapped_project",
    config: SAME_CODE,
    cause: async ({ map }) => map("jobs", "project_number,job\n25-1002,25-1001\n"),
    held: [" project_number=25-1001"],
    mend: async ({ map }) =>
      map("jobs", "project_number,job,shared\n25-1002,25-1001,yes\n25-1001,25-1001,yes\n"),
  },
  {
    what: "a sub job that no row leads to an extra",
    rule: "unmapped_sub_job",
    line: ["PH7", "16-700", "L", "50.00"],
    held: ["/L2 sub_job_code=PH7"],
    mend: mapped("extras", ",PH7,CO-007,"),
  },
  {
    what: "a cost code that no row covers, leading zeros and all",
    rule: "unmapped_cost_code",
    line: [null, "0016-700", "L", "50.00"],
    held: ["/L2 cost_code=0016-700"],
    mend: mapped("cost-codes", ",0016*,16-700"),
  },
  {
    what: "a cost code in other case than the row's",
    rule: "unmapped_cost_code",
    line: [null, "ab-1", "L", "50.00"],
    cause: mapped("cost-codes", ",AB-1,16-700"),
    held: ["/L2 cost_code=ab-1"],
    mend: mapped("cost-codes", ",ab-1,16-700"),
  },
  {
    what: "a line with blanks for a cost code",
    rule: "unmapped_cost_code",
    line: [null, "   ", "L", "50.00"],
    held: ["/L2 cost_code="],
    mend: setLine("cost_code", "  16-700 "),
  },
  {
    what: "a cost type that no row covers",
    rule: "unmapped_cost_type",
    line: [null, "16-700", "É", "50.00"],
    held: ["/L2 cost_type=É"],
    mend: mapped("categories", ",É,LAB"),
    only: "sqlite",
  },
  {
    what: "a job that Sage does not have",
    rule: "job_not_in_sage",
    cause: mapped("jobs", "25-1001,25-9999"),
    held: [" project_number=25-1001"],
    mend: ({ sage }) => sage.addJob("25-9999", "Set up at last"),
  },
  {
    what: "a job that is closed",
    rule: "job_closed",
    cause: ({ sage }) => sage.closeJob("25-1001"),
    held: [" project_number=25-1001"],
    mend: closes("JCM_MASTER__JOB", "Job", "25-1001", "In progress"),
  },
  {
    what: "a job that is closed, in the other's spelling of it, for a budget and a modification",
    rule: "job_closed",
    cause: all(closes("JCM_MASTER__JOB", "Job", "25-1001", " CLOSED "), (world) =>
      stageModification(world, "25-1001", "1", [["A1", null, "03-100", "M", "5.00"]]),
    ),
    held: [" project_number=25-1001", "M-25-1001-1 project_number=25-1001"],
    mend: closes("JCM_MASTER__JOB", "Job", "25-1001", "Unstarted"),
    after: { "B-25-1001": "exported", "M-25-1001-1": "exported" },
  },
  {
    what: "a category that is not standard",
    rule: "category_not_standard",
    line: [null, "16-700", "E", "50.00"],
    cause: mapped("categories", ",E,EQP"),
    held: ["/L2 cost_type=E"],
    mend: ({ sage }) => sage.addStandardCategory("EQP", "Equipment"),
  },
  {
    what: "a cost code that is neither standard nor on the job",
    rule: "cost_code_not_in_sage",
    line: [null, "77", "L", "50.00"],
    cause: mapped("cost-codes", ",77,77-700"),
    held: ["/L2 cost_code=77"],
    mend: ({ sage }) => sage.addCostCode({ job: "25-1001", costCode: "77-700" }, "Of the job only"),
  },
  {
    what: "a cost code that is on the job, and not on the extra",
    rule: "cost_code_not_in_sage",
    line: ["PH1", "77", "L", "50.00"],
    cause: all(mapped("cost-codes", ",77,77-700"), ({ sage }) =>
      sage.addCostCode({ job: "25-1001", costCode: "77-700" }, "Of the job only"),
    ),
    held: ["/L2 cost_code=77"],
    mend: ({ sage }) => sage.addStandardCostCode("77-700", "For every job"),
  },
  {
    what: "a group cost code of the standard list",
    rule: "group_cost_code",
    line: [null, "77", "L", "50.00"],
    cause: all(mapped("cost-codes", ",77,77-000"), ({ sage }) =>
      sage.addStandardCostCode("77-000", "Sum of 77", true),
    ),
    held: ["/L2 cost_code=77"],
    mend: mapped("cost-codes", ",77,16-700"),
  },
  {
    what: "a group cost code on the job",
    rule: "group_cost_code",
    cause: ({ sage }) =>
      sage.addCostCode({ job: "25-1001", costCode: "16-700" }, "Sum of 16-7", { group: true }),
    held: ["/L2 cost_code=16-700"],
    mend: sage("update dbo.JCM_MASTER__COST_CODE set Group_Cost_Code = 0"),
  },
  {
    what: "a cost code that is closed on the job, for every line on it",
    rule: "cost_code_closed",
    cause: all(
      (world) => world.stage("budget_line_item", budgetLine("L3", [null, "16-700", "C", "1.00"])),
      ({ sage }) => sage.addCostCode({ job: "25-1001", costCode: "16-700" }, "", { status: "Closed" }),
    ),
    held: ["/L2 cost_code=16-700", "/L3 cost_code=16-700"],
    mend: closes("JCM_MASTER__COST_CODE", "Cost_Code", "16-700", "In progress"),
  },
  {
    what: "a cost code that is closed, though the line has left it: what was sent there must be taken out",
    rule: "cost_code_closed",
    before: sendAndPost,
    cause: all(
      setLine("cost_code", "01-510"),
      accepted,
      closes("JCM_MASTER__COST_CODE", "Cost_Code", "16-700"),
    ),
    held: [" cost_code=16-700"],
    mend: closes("JCM_MASTER__COST_CODE", "Cost_Code", "16-700", "In progress"),
  },
  {
    what: "a category that is closed on the cost code",
    rule: "category_closed",
    cause: sage(
      "insert into dbo.JCM_MASTER__CATEGORY (Job, Extra, Cost_Code, Category, Status) values ('25-1001', '', '16-700', 'LAB', 'Closed')",
    ),
    held: ["/L2 cost_type=L"],
    mend: closes("JCM_MASTER__CATEGORY", "Category", "LAB", "In progress"),
  },
  {
    what: "an extra that is closed",
    rule: "extra_closed",
    line: ["PH1", "16-700", "L", "50.00"],
    cause: ({ sage }) => sage.addExtra("25-1001", "CO-001", "Phase one", "Closed"),
    held: ["/L2 sub_job_code=PH1"],
    mend: closes("JCM_MASTER__EXTRA", "Extra", "CO-001", "In progress"),
  },
  {
    what: "an extra that Sage does not have and imports may not create",
    rule: "extra_not_in_sage",
    config: { create_extras: false },
    line: ["PH1", "16-700", "L", "50.00"],
    held: ["/L2 sub_job_code=PH1"],
    mend: ({ sage }) => sage.addExtra("25-1001", "CO-001", "Phase one"),
  },
  {
    what: "a job in other case than Sage's",
    rule: "case_differs",
    cause: all(mapped("jobs", "25-1001,25-A001"), ({ sage }) => sage.addJob("25-a001", "Small letters")),
    held: [" project_number=25-1001"],
    mend: mapped("jobs", "25-1001,25-a001"),
  },
  {
    what: "an extra in other case than Sage's, whose cost codes are not looked up elsewhere",
    rule: "case_differs",
    line: ["PH1", "77", "L", "50.00"],
    cause: all(
      mapped("cost-codes", ",77,77-700"),
      ({ sage }) => sage.addExtra("25-1001", "co-001", "Phase one"),
      ({ sage }) => sage.addCostCode({ job: "25-1001", extra: "co-001", costCode: "77-700" }, ""),
    ),
    held: ["/L2 sub_job_code=PH1"],
    mend: mapped("extras", ",PH1,co-001,Phase one"),
  },
  {
    what: "a cost code in other case than Sage's",
    rule: "case_differs",
    line: [null, "77", "L", "50.00"],
    config: { create_cost_codes: true },
    cause: all(mapped("cost-codes", ",77,77-A"), ({ sage }) => sage.addStandardCostCode("77-a", "")),
    held: ["/L2 cost_code=77"],
    mend: mapped("cost-codes", ",77,77-a"),
  },
  {
    what: "a category in other case than Sage's",
    rule: "case_differs",
    line: [null, "16-700", "X", "50.00"],
    cause: mapped("categories", ",X,oth"),
    held: ["/L2 cost_type=X"],
    mend: mapped("categories", ",X,OTH"),
    before: ({ sage }) => sage.addStandardCategory("OTH", "Other"),
  },
  {
    ...caseOfCodes(
      "codes without a row that Sage has no room for",
      ["A-LONG-PHASE", "01-510-0000000", "LABOR", "50.00"],
      ["sub_job_code=A-LONG-PHASE", "cost_code=01-510-0000000", "cost_type=LABOR"],
      SAME_CODE,
    ),
    rule: "code_too_long",
  },
  {
    ...caseOfCodes(
      "codes without a row in another form than the company's",
      ["PH1X", "1510", "L", "50.00"],
      ["sub_job_code=PH1X", "cost_code=1510"],
      { ...SAME_CODE, ...FORMATS },
    ),
    rule: "code_format",
    before: mapped("extras", ",PH1,00-001,"),
  },
  {
    ...caseOfCodes(
      "a code without a row that an import file cannot carry",
      [null, '3"PIPE', "L", "50.00"],
      ['cost_code=3"PIPE'],
      SAME_CODE,
    ),
    quotes: true,
    rule: "code_format",
    before: ({ sage }) => sage.addStandardCostCode('3"PIPE', "Pipes"),
  },
  ...(
    [
      ["code_too_long", "25-1001-00001", SAME_CODE],
      ["code_format", "25-X_01", { ...SAME_CODE, ...FORMATS }],
    ] as const
  ).map(
    ([rule, number, config]): Case => ({
      what: `a project number that no row leads to a job, and that is none: ${number}`,
      rule,
      config,
      before: mapped("extras", ",PH1,00-001,"),
      cause: staging("update staging.project set project_number = ? where project_id = 'P-25-1001'", number),
      held: [` project_number=${number}`],
      mend: staging("update staging.project set project_number = '25-1001' where project_id = 'P-25-1001'"),
    }),
  ),
  ...["ten", "1.005", "  ", "1e5", "1,000.00", "--5", "$5", "5."].map(
    (amount): Case => ({
      what: `"${amount}" for an amount`,
      rule: "amount_invalid",
      only: "sqlite",
      line: [null, "16-700", "L", amount],
      held: [`/L2 original_amount=${amount.trim()}`],
      mend: setLine("original_amount", " 50.000 "),
    }),
  ),
  {
    what: "no amount",
    rule: "amount_invalid",
    line: [null, "16-700", "L", null],
    held: ["/L2 original_amount="],
    mend: setLine("original_amount", "50.00"),
  },
  {
    what: "no amount on a modification's line",
    rule: "amount_invalid",
    cause: (world) =>
      stageModification(world, "25-1001", "1", [
        ["A1", null, "03-100", "M", "5.00"],
        ["A2", null, "03-100", "M", null as unknown as string],
      ]),
    held: ["M-25-1001-1/A2 amount="],
    mend: staging("update staging.budget_modification_line set amount = '-5.00' where amount is null"),
    after: { "M-25-1001-1": "synced" },
  },
  {
    what: "a line beyond what an import takes",
    rule: "amount_too_large",
    line: [null, "16-700", "L", "100000000.00"],
    held: ["/L2 original_amount=100000000.00"],
    mend: setLine("original_amount", "99999999.99"),
  },
  {
    what: "a line beyond the company's own limit, below zero",
    rule: "amount_too_large",
    config: { jce: { max_amount: "1000.00" } },
    line: [null, "16-700", "L", "-1000.01"],
    held: ["/L2 original_amount=-1000.01"],
    mend: setLine("original_amount", "-1000.00"),
  },
  {
    what: "keys whose lines are too much together, each of them",
    rule: "amount_too_large",
    cause: all(
      ...(["16-700", "01-510"] as const).map(
        (code, n) => (world: World) =>
          world.stage(
            "budget_line_item",
            budgetLine(`L${n}5`, [null, code, "C", "60000000.00"]),
            budgetLine(`L${n}6`, [null, code, "C", "60000000.00"]),
          ),
      ),
    ),
    held: [" original_amount=120000000.00", " original_amount=120000000.00"],
    mend: staging("update staging.budget_line_item set original_amount = '1.00' where cost_type = 'C'"),
  },
  {
    what: "a budget whose lines are not there yet",
    rule: "no_lines",
    cause: staging("delete from staging.budget_line_item where budget_id = 'B-25-1001'"),
    held: [" budget_id=B-25-1001"],
    mend: (world) => world.stage("budget_line_item", budgetLine("L1", GOOD)),
  },
  {
    what: "a modification whose lines are not there yet",
    rule: "no_lines",
    cause: (world) => stageModification(world, "25-1001", "1", []),
    held: ["M-25-1001-1 modification_id=M-25-1001-1"],
    mend: (world) =>
      world.stage("budget_modification_line", {
        ...{ modification_line_id: "A1", modification_id: "M-25-1001-1", description: "", amount: "5.00" },
        ...{ sub_job_code: null, cost_code: "03-100", cost_type: "M", erp_synced: 0 },
      }),
    after: { "M-25-1001-1": "exported" },
  },
  {
    what: "a budget whose lines are not there yet, on a job with an opening position",
    rule: "no_lines",
    before: async (world) => {
      await world.sage.enter({
        ...{ job: "25-1001", extra: "", costCode: "03-100", category: "MAT" },
        ...{ kind: "original", cents: 70_000n },
      });
      const decision = { source: "sage", reason: "opening" } as const;
      expect(await baselineOf(world.context, "25-1001", { decision })).toMatchObject({ ok: true });
    },
    cause: staging("delete from staging.budget_line_item where budget_id = 'B-25-1001'"),
    held: [" budget_id=B-25-1001"],
    mend: (world) => world.stage("budget_line_item", budgetLine("L1", GOOD)),
  },
  {
    what: "half of the codes that were sent, gone",
    rule: "lines_gone",
    before: sendAndPost,
    cause: all(staging("delete from staging.budget_line_item where line_item_id = 'L2'"), accepted),
    held: [" budget_id=B-25-1001"],
    mend: async (world) =>
      expect(await releaseDocument(world.context, "B-25-1001", { reason: "cut" })).toMatchObject({
        ok: true,
      }),
  },
  {
    what: "all lines gone, and there again",
    rule: "lines_gone",
    before: sendAndPost,
    cause: all(staging("delete from staging.budget_line_item where budget_id = 'B-25-1001'"), accepted),
    held: [" budget_id=B-25-1001"],
    mend: (world) =>
      world.stage(
        "budget_line_item",
        budgetLine("L1", [null, "03-100", "M", "100.00"]),
        budgetLine("L2", GOOD),
      ),
    after: { "B-25-1001": "synced" },
  },
  {
    what: "a job that carries an estimate of somebody else's",
    rule: "no_baseline",
    cause: ({ sage }) =>
      sage.enter({
        ...{ job: "25-1001", extra: "", costCode: "01-510", category: "SUB" },
        ...{ kind: "approved_change", cents: 1n },
      }),
    held: [" project_number=25-1001"],
    mend: async (world) => {
      const decision = { source: "zero", reason: "the cent is a test" } as const;
      expect(await baselineOf(world.context, "25-1001", { decision })).toMatchObject({ ok: true });
    },
  },
  {
    what: "another job than the one that was sent to",
    rule: "target_changed",
    before: sendAndPost,
    cause: all(
      ({ sage }) => sage.addJob("25-1003", "Another"),
      mapped("jobs", "25-1001,25-1003"),
      setLine("original_amount", "60.00"),
      accepted,
    ),
    held: [" project_number=25-1001"],
    mend: mapped("jobs"),
  },
  {
    what: "a modification that was changed after it was sent",
    rule: "changed_after_export",
    before: async (world) => {
      await stageModification(world, "25-1001", "1", [["A1", null, "03-100", "M", "5.00"]]);
      await sendAndPost(world);
    },
    cause: all(
      staging("update staging.budget_modification_line set amount = '6.00'"),
      staging("update staging.budget_modification set erp_status = 'accepted'"),
    ),
    held: ["M-25-1001-1 modification_id=M-25-1001-1"],
    mend: staging("update staging.budget_modification_line set amount = '5.00'"),
    after: { "M-25-1001-1": "synced" },
  },
  {
    what: "a budget that was accepted again while its batch is not posted",
    rule: "previous_batch_open",
    before: async (world) => expect(await exportOne(world.context)).toMatchObject({ holds: [] }),
    cause: all(setLine("original_amount", "60.00"), accepted),
    held: [" budget_id=B-25-1001"],
    mend: async (world) => {
      await world.importBatch("ACME-000001");
      await world.sage.post({ which: "all" });
      await reconcileAll(world.context);
    },
  },
  {
    what: "two budgets of one project",
    rule: "two_budgets",
    cause: (world) => world.stage("budget", budgetHeader("B-OTHER")),
    held: [" budget_id=B-25-1001", "B-OTHER budget_id=B-OTHER", "B-OTHER budget_id=B-OTHER no_lines"],
    mend: staging("delete from staging.budget where budget_id = 'B-OTHER'"),
  },
  {
    what: "two projects of one number, capital letters aside",
    rule: "project_number_ambiguous",
    cause: all(
      staging("update staging.project set project_number = '25-A' where project_id = 'P-25-1001'"),
      async ({ map }) => map("jobs", "project_number,job\n25-A,25-1001\n25-1002,25-1002\n"),
      (world) =>
        world.stage("project", {
          ...{ project_id: "P-OTHER", company: COMPANY, project_number: "25-a", name: "" },
        }),
    ),
    held: [" project_number=25-A"],
    mend: staging("delete from staging.project where project_id = 'P-OTHER'"),
  },
  {
    what: "a project that staging has twice, once under another company",
    rule: "project_number_ambiguous",
    cause: (world) =>
      world.stage("project", {
        ...{ project_id: "P-25-1001 ", company: "BETA", project_number: "25-1001", name: "" },
      }),
    held: [" project_id=P-25-1001"],
    mend: staging("delete from staging.project where company = 'BETA'"),
  },
  {
    what: "a line that is there twice",
    rule: "duplicate_line",
    cause: (world) => world.stage("budget_line_item", budgetLine("l2 ", [null, "16-700", "C", "1.00"])),
    held: ["/L2 line_item_id=L2", "/l2 line_item_id=l2"],
    mend: staging("update staging.budget_line_item set line_item_id = 'L3' where cost_type = 'C'"),
  },
  {
    what: "a line that is there twice in one spelling, told once",
    rule: "duplicate_line",
    cause: (world) => world.stage("budget_line_item", budgetLine("L2", GOOD)),
    held: ["/L2 line_item_id=L2"],
    mend: async (world) => {
      await staging("delete from staging.budget_line_item where line_item_id = 'L2'")(world);
      await world.stage("budget_line_item", budgetLine("L2", GOOD));
    },
  },
  {
    what: "a budget whose header is there twice, told once",
    rule: "duplicate_line",
    cause: (world) => world.stage("budget", budgetHeader("B-25-1001", "Bob")),
    held: [" budget_id=B-25-1001"],
    mend: staging("delete from staging.budget where accepted_by = 'Bob'"),
  },
  ...[null, "", "   "].map(
    (name): Case => ({
      what: `${name === null ? "no name" : `"${name}" for a name`} beside the acceptance`,
      rule: "acceptance_without_name",
      cause:
        name === null
          ? staging("update staging.budget set accepted_by = null where budget_id = 'B-25-1001'")
          : staging("update staging.budget set accepted_by = ? where budget_id = 'B-25-1001'", name),
      held: [" accepted_by="],
      mend: staging("update staging.budget set accepted_by = 'Ann' where budget_id = 'B-25-1001'"),
    }),
  ),
  {
    what: "a status that nobody knows",
    rule: "unknown_status",
    quotes: true,
    cause: staging("update staging.budget set erp_status = ' Approved ' where budget_id = 'B-25-1001'"),
    held: [" erp_status=Approved"],
    mend: staging("update staging.budget set erp_status = ' ACCEPTED ' where budget_id = 'B-25-1001'"),
  },
];

const budgetHeader = (budget_id: string, accepted_by = "Ann Approver") => ({
  ...{ budget_id, project_id: "P-25-1001", erp_status: "accepted", accepted_by },
  ...{ accepted_at: "2026-03-02T14:00:00", erp_synced: 0, erp_locked: 0, estimate_import_blocked: 0 },
});
function budgetLine(line_item_id: string, [sub_job_code, cost_code, cost_type, original_amount]: Cells) {
  return {
    ...{ line_item_id, budget_id: "B-25-1001", sub_job_code, cost_code, cost_type, original_amount },
    ...{ description: `Line ${line_item_id}`, uom: null, quantity: null, erp_synced: 0 },
  };
}

const told = ({ document_id, staging_line_id, field, value, rule }: HoldResult): string =>
  `${document_id}${staging_line_id === null ? "" : `/${staging_line_id}`} ${field}=${value} ${rule}`;
/** A case's expectation in full. */
const expected = ({ held, rule }: Case): string[] =>
  held
    .map((text) => (/^[/ ]/.test(text) ? `B-25-1001${text}` : text))
    .map((text) =>
      Object.keys(HOLD_RULES).some((name) => text.endsWith(` ${name}`)) ? text : `${text} ${rule}`,
    )
    .toSorted();

/** Every hold is told in full, where its rule's row says it may be. */
function expectWhole(holds: readonly HoldResult[]): void {
  for (const { rule, field, staging_line_id, message, remedy } of holds) {
    const { levels } = HOLD_RULES[rule as HoldRuleName];
    expect(fieldsOf(HOLD_RULES[rule as HoldRuleName])).toContain(field);
    expect([rule, levels.some((level) => (level === "line") === (staging_line_id !== null))]).toEqual([
      rule,
      true,
    ]);
    expect(message).toMatch(/^\S.+\.$/s);
    expect(remedy).toMatch(/^\S.+[.”)\]]$/s);
    expect(`${message} ${remedy}`).not.toMatch(/undefined|null|\[object| {2}/);
  }
}

/** Every row of staging, as text. */
async function snapshot(world: World): Promise<string[]> {
  const plain = (_: string, value: unknown) => (typeof value === "bigint" ? Number(value) : value);
  const rows: string[] = [];
  for (const table of STAGING_TABLES)
    for (const row of await world.rows(table)) rows.push(`${table} ${JSON.stringify(row, plain)}`);
  return rows.toSorted();
}

async function stateOf(world: World, id: string): Promise<string> {
  const found = [
    ...(await world.rows("budget")).filter((row) => row.budget_id === id),
    ...(await world.rows("budget_modification")).filter((row) => row.modification_id === id),
  ];
  return found.map((row) => String(row.erp_status)).join();
}

/** What the audit trail says has begun and ended, as `began document field rule`. */
async function auditedHolds(world: World): Promise<string[]> {
  const events = await world.db.query(
    world.db.sql
      .build(world.context.names.journal("audit_event"))
      .where({ event: "holds_changed" })
      .orderBy("sequence")
      .select("details"),
  );
  return events.flatMap(({ details }) => {
    const changed = JSON.parse(String(details)) as Record<"began" | "ended", HoldResult[]>;
    return (["began", "ended"] as const).flatMap((what) =>
      changed[what].map((hold) => `${what} ${told(hold)}`).toSorted(),
    );
  });
}

eachDatabase("a hold", (makePair, engine) => {
  for (const one of CASES.filter(({ only }) => !only || only === engine))
    it(`${one.rule} is told of ${one.what}, holds nothing else, and ends with its cause`, async (test) => {
      const { world } = await ownWorld(makePair, one.config);
      if (one.quotes && (await isStandIn(world.db))) test.skip();
      const [subJob, costCode, costType, amount] = one.line ?? GOOD;
      await stageBudget(world, "25-1001", [["L1", null, "03-100", "M", "100.00"]]);
      await world.stage("budget_line_item", budgetLine("L2", [subJob, costCode, costType, amount]));
      await one.before?.(world);
      await one.cause?.(world);
      await stageBudget(world, "25-1002", [["N1", null, "03-100", "M", "7.00"]]);

      const before = await snapshot(world);
      const planned = await planAll(world.context);
      expect((planned.companies[0]?.holds ?? []).map(told).toSorted()).toEqual(expected(one));
      expect(await snapshot(world)).toEqual(before);

      const exported = await exportOne(world.context);
      expect(exported.error).toBeNull();
      expect(exported.holds.map(told).toSorted()).toEqual(expected(one));
      expectWhole(exported.holds);
      expect(planned.companies[0]?.holds.map(({ began_at: _, ...hold }) => hold)).toEqual(exported.holds);

      // The healthy project goes out, and of the others whatever was not held; the held documents stay as they were.
      expect(await stateOf(world, "B-25-1002")).toBe("exported");
      const heldIds = [...new Set(exported.holds.map((hold) => hold.document_id))];
      const ofHeld = before.filter((row) => heldIds.some((id) => row.includes(`"${id}"`)));
      const stayed = new Set(await snapshot(world));
      expect(ofHeld.length).toBeGreaterThan(0);
      expect(ofHeld.filter((row) => !stayed.has(row))).toEqual([]);
      const shown = await lookAtHolds(world.context);
      expect(shown.companies[0]?.holds.map(told).toSorted()).toEqual(expected(one));
      expect(await auditedHolds(world)).toEqual(expected(one).map((hold) => `began ${hold}`));

      // Another run finds the same, and writes down nothing new.
      world.clock.addDays(1);
      expect((await exportOne(world.context)).holds.map(told).toSorted()).toEqual(expected(one));
      expect(await auditedHolds(world)).toHaveLength(one.held.length);

      await one.mend(world);
      const mended = await exportOne(world.context);
      expect(mended).toMatchObject({ error: null, holds: [] });
      for (const [id, status] of Object.entries(one.after ?? { "B-25-1001": "exported" }))
        expect([id, await stateOf(world, id)]).toEqual([id, status]);
      expect((await lookAtHolds(world.context)).companies[0]?.holds).toEqual([]);
      expect(await auditedHolds(world)).toEqual(
        ["began", "ended"].flatMap((what) => expected(one).map((hold) => `${what} ${hold}`)),
      );
    });
});

/** Held elsewhere: of a whole company, or of none. */
const ELSEWHERE: readonly HoldRuleName[] = ["no_mapping_set", "unknown_company", "orphan_line"];

it("every rule that there is has a case from outside", () => {
  expect([...new Set([...CASES.map(({ rule }) => rule), ...ELSEWHERE])].toSorted()).toEqual(
    Object.keys(HOLD_RULES).toSorted(),
  );
});

eachDatabase("what is not of one project", (makePair) => {
  let pair: DatabasePair;
  let world: World;
  withWorld(makePair, async (site) => {
    ({ world, pair } = site);
    await stageBudget(world, "25-1001", [["L1", null, "03-100", "M", "100.00"]]);
    await stageBudget(world, "25-1002", [["N1", null, "03-100", "M", "7.00"]]);
  });

  it("no_mapping_set holds all of a company, tells what else can be told, and ends with the first good set", async () => {
    world.map("jobs", "project_number;job\n25-1001;25-1001\n");
    await staging("update staging.budget set accepted_by = null where budget_id = 'B-25-1002'")(world);
    await staging("update staging.budget_line_item set original_amount = null where line_item_id = 'N1'")(
      world,
    );
    const held = await exportOne(world.context);
    expectWhole(held.holds);
    expect(held.holds.map(told)).toEqual([
      "B-25-1001 project_number=25-1001 no_mapping_set",
      "B-25-1002 accepted_by= acceptance_without_name",
      "B-25-1002 project_number=25-1002 no_mapping_set",
      "B-25-1002/N1 original_amount= amount_invalid",
    ]);
    expect(held.holds[0]?.remedy).toContain("jobs.csv");

    await mapped("jobs")(world);
    const mended = await exportOne(world.context);
    expect(mended.holds.map(({ rule }) => rule)).toEqual(["acceptance_without_name", "amount_invalid"]);
    expect(await stateOf(world, "B-25-1001")).toBe("exported");
    expect((await auditedHolds(world)).filter((one) => one.startsWith("ended"))).toEqual([
      "ended B-25-1001 project_number=25-1001 no_mapping_set",
      "ended B-25-1002 project_number=25-1002 no_mapping_set",
    ]);
  });

  it.each([
    [
      "another company",
      "update staging.project set company = ? where project_id = 'P-25-1001'",
      " BETA ",
      "BETA",
    ],
    [
      "its own in small letters",
      "update staging.project set company = ? where project_id = 'P-25-1001'",
      "acme",
      "acme",
    ],
    ["no company", "update staging.project set company = ? where project_id = 'P-25-1001'", "  ", ""],
  ])("unknown_company reports documents of a project with %s", async (_what, sql, value, toldValue) => {
    await world.statement(sql, value);
    const { companies, unassigned } = await exportAll(world.context);
    expect(unassigned.map(told)).toEqual([`B-25-1001 company=${toldValue} unknown_company`]);
    expect(unassigned[0]).toMatchObject({ project_id: "P-25-1001", project_number: "25-1001" });
    expectWhole(unassigned);
    expect(companies).toMatchObject([{ holds: [], error: null }]);
    expect([await stateOf(world, "B-25-1001"), await stateOf(world, "B-25-1002")]).toEqual([
      "accepted",
      "exported",
    ]);
    expect((await planAll(world.context)).unassigned).toEqual(unassigned);
    expect((await lookAtHolds(world.context)).unassigned).toEqual(unassigned);

    await world.statement(sql, "ACME ");
    expect(await exportAll(world.context)).toMatchObject({ unassigned: [], companies: [{ holds: [] }] });
    expect(await stateOf(world, "B-25-1001")).toBe("exported");
  });

  it("orphan_line reports lines without their document, and accepted documents without their project", async () => {
    await world.stage(
      "budget_line_item",
      { ...budgetLine("O1", GOOD), budget_id: "B-GONE" },
      { ...budgetLine("O2", GOOD), budget_id: "b-25-1001" },
      { ...budgetLine("O3", GOOD), budget_id: null },
    );
    await world.stage("budget_modification_line", {
      ...{ modification_line_id: "O4", modification_id: "M-GONE", description: "", amount: "5.00" },
      ...{ sub_job_code: null, cost_code: "03-100", cost_type: "M", erp_synced: 0 },
    });
    await stageModification(world, "GONE", "1", [["A1", null, "03-100", "M", "5.00"]]);
    await stageModification(world, "GONE", "2", [["A2", null, "03-100", "M", "5.00"]], "sent");
    const { companies, unassigned } = await exportAll(world.context);
    expect(unassigned.map(told).toSorted()).toEqual([
      "/O3 budget_id= orphan_line",
      "B-GONE/O1 budget_id=B-GONE orphan_line",
      "M-GONE-1 project_id=P-GONE orphan_line",
      "M-GONE/O4 modification_id=M-GONE orphan_line",
      "b-25-1001/O2 budget_id=b-25-1001 orphan_line",
    ]);
    expectWhole(unassigned);
    expect(companies).toMatchObject([{ holds: [], error: null, batches: [{}, {}] }]);

    await staging("delete from staging.budget_line_item where line_item_id in ('O1', 'O2', 'O3')")(world);
    await staging("delete from staging.budget_modification_line where modification_line_id = 'O4'")(world);
    await world.stage("project", {
      project_id: "P-GONE",
      company: COMPANY,
      project_number: "25-1003",
      name: "",
    });
    const mended = await exportAll(world.context);
    expect(mended.unassigned).toEqual([]);
    expect(mended.companies[0]?.holds.map(told)).toEqual([
      "M-GONE-1 project_number=25-1003 unmapped_project",
    ]);
  });

  it("target_changed holds a project that was sent from another company, until it is back there", async () => {
    await sendAndPost(world);
    const [own] = world.context.config.companies;
    if (!own) throw new Error("there is a company");
    const beta = { ...own, id: "BETA", outbox: join(pair.folder, "outbox-beta") };
    const context = { ...world.context, config: { ...world.context.config, companies: [own, beta] } };
    await staging("update staging.project set company = 'BETA' where project_id = 'P-25-1001'")(world);
    await all(setLine("original_amount", "120.00", "L1"), accepted)(world);
    const held = (await exportAll(context)).companies;
    expect(held.map(({ holds }) => holds.map(told))).toEqual([[], ["B-25-1001 company=BETA target_changed"]]);
    expectWhole(held[1]?.holds ?? []);
    await staging("update staging.project set company = 'ACME' where project_id = 'P-25-1001'")(world);
    expect((await exportAll(context)).companies).toMatchObject([
      { holds: [], batches: [{ files: [{ amount_total: "20.00" }] }] },
      { holds: [], batches: [] },
    ]);
  });
});

describe("holds at the command line", () => {
  it("are in the JSON of plan and export with the keys that are agreed, and in their exit codes", async () => {
    const { world, pair } = await ownWorld(sqlitePair);
    const { mappings, outbox } = world.context.config.companies[0] ?? {};
    const config = join(pair.folder, "tieout.yaml");
    writeFileSync(
      config,
      JSON.stringify({
        staging: pair.staging,
        companies: [{ id: COMPANY, sage: pair.sage, mappings, outbox }],
      }),
    );
    const asked = async (...args: string[]) => {
      const { code, out } = await tieout(...args, "--config", config, "--json");
      return { code, json: JSON.parse(out) };
    };
    await stageBudget(world, "25-1001", [["L1", null, "99-999", "M", "100.00"]]);
    await world.stage("budget_line_item", { ...budgetLine("O1", GOOD), budget_id: "B-GONE" });
    const hold = {
      project_id: "P-25-1001",
      project_number: "25-1001",
      document: "budget",
      document_id: "B-25-1001",
      staging_line_id: "L1",
      field: "cost_code",
      value: "99-999",
      rule: "unmapped_cost_code",
      message: "Cost code 99-999 has no Sage cost code in the mapping files.",
      remedy: "Add a row for cost code 99-999 to cost-codes.csv.",
    };
    const orphan = { rule: "orphan_line", document_id: "B-GONE", staging_line_id: "O1", value: "B-GONE" };
    expect(await asked("plan")).toMatchObject({
      code: 2,
      json: { companies: [{ holds: [hold] }], unassigned: [orphan] },
    });
    const exported = await asked("export");
    expect(exported).toMatchObject({ code: 2, json: { unassigned: [orphan] } });
    expect(exported.json.companies[0].holds).toEqual([hold]);
    expect(await asked("holds")).toMatchObject({ code: 0, json: { companies: [{ holds: [hold] }] } });

    // What belongs to nobody needs a person too.
    await mapped("cost-codes", ",99-999,03-100")(world);
    expect(await asked("export")).toMatchObject({ code: 2, json: { companies: [{ holds: [] }] } });
    await staging("delete from staging.budget_line_item where line_item_id = 'O1'")(world);
    expect(await asked("export")).toMatchObject({ code: 0, json: { unassigned: [] } });
  });
});

describe("several causes on a line", () => {
  const SUB_JOBS: readonly Caused<string | null>[] = [
    [null],
    ["PH7", "sub_job_code", "unmapped_sub_job"],
    ["SHUT", "sub_job_code", "extra_closed"],
    ["CASE", "sub_job_code", "case_differs"],
    ["NEW", "sub_job_code", "extra_not_in_sage"],
  ];
  const COST_CODES: readonly Caused<string>[] = [
    ["03-100"],
    ["99-999", "cost_code", "unmapped_cost_code"],
    ["GROUP", "cost_code", "group_cost_code"],
    ["CASE", "cost_code", "case_differs"],
    ["ABSENT", "cost_code", "cost_code_not_in_sage"],
  ];
  const COST_TYPES: readonly Caused<string>[] = [
    ["M"],
    ["X", "cost_type", "unmapped_cost_type"],
    ["ODD", "cost_type", "category_not_standard"],
    ["CASE", "cost_type", "case_differs"],
  ];
  const AMOUNTS: readonly Caused<string | null>[] = [
    ["1.00"],
    [null, "original_amount", "amount_invalid"],
    ["100000000.00", "original_amount", "amount_too_large"],
  ];
  /** Which cost codes an extra has cannot be told while it is not known which extra it is. */
  const isTold = (subJob: string | null, costCode: string) =>
    costCode !== "ABSENT" || (subJob !== "PH7" && subJob !== "CASE");

  it("are all named, whichever they are: every combination of one cause a column", async () => {
    const { world } = await ownWorld(sqlitePair, { create_extras: false });
    world.map("extras", `${MAPPING_HEADS.extras},SHUT,CO-8,\n,CASE,CO-A,\n,NEW,CO-9,\n`);
    await mapped("cost-codes", ",GROUP,90-000", ",CASE,91-A00", ",ABSENT,92-000")(world);
    await mapped("categories", ",ODD,ZZZ", ",CASE,oth")(world);
    await world.sage.addExtra("25-1001", "CO-8", "", "Closed");
    await world.sage.addExtra("25-1001", "CO-a", "");
    await world.sage.addStandardCostCode("90-000", "", true);
    await world.sage.addStandardCostCode("91-a00", "");
    await world.sage.addStandardCategory("OTH", "");

    const expectedHolds: string[] = [];
    const lines: Parameters<typeof stageBudget>[2][number][] = [];
    for (const [subJob, ...ofSubJob] of SUB_JOBS)
      for (const [costCode, ...ofCostCode] of COST_CODES)
        for (const [costType, ...ofCostType] of COST_TYPES)
          for (const [amount, ...ofAmount] of AMOUNTS) {
            const id = `L${lines.length + 1}`;
            lines.push([id, subJob, costCode, costType, amount as string]);
            for (const [[field, rule], value] of [
              [ofSubJob, subJob],
              [isTold(subJob, costCode) ? ofCostCode : [], costCode],
              [ofCostType, costType],
              [ofAmount, amount],
            ] as const)
              if (rule) expectedHolds.push(`B-25-1001/${id} ${field}=${value ?? ""} ${rule}`);
          }
    expect(lines).toHaveLength(300);
    await stageBudget(world, "25-1001", lines);
    const { holds, batches } = await exportOne(world.context);
    expect(batches).toEqual([]);
    expect(holds.map(told).toSorted()).toEqual(expectedHolds.toSorted());
    expectWhole(holds);
  });

  it("are named beside those of the project and the document", async () => {
    const { world } = await ownWorld(sqlitePair);
    await stageBudget(world, "25-2000", [["L1", "PH7", "99-999", "ODD", "x"]]);
    await mapped("categories", ",ODD,ZZZ")(world);
    await staging("update staging.budget set accepted_by = ''")(world);
    await world.stage("budget_line_item", {
      ...budgetLine("L1", ["PH1", "03-100", "M", "1.00"]),
      budget_id: "B-25-2000",
    });
    const { holds } = await exportOne(world.context);
    expect(holds.map(told).toSorted()).toEqual([
      "B-25-2000 accepted_by= acceptance_without_name",
      "B-25-2000 project_number=25-2000 unmapped_project",
      "B-25-2000/L1 cost_code=99-999 unmapped_cost_code",
      "B-25-2000/L1 cost_type=ODD category_not_standard",
      "B-25-2000/L1 line_item_id=L1 duplicate_line",
      "B-25-2000/L1 original_amount=x amount_invalid",
      "B-25-2000/L1 sub_job_code=PH7 unmapped_sub_job",
    ]);
  });
});

/** A value, and the cause it is. */
type Caused<T> = readonly [value: T, field?: string, rule?: HoldRuleName];
