import { describe, expect, it } from "vitest";
import { HOLD_RULES } from "../../../src/core/holds.ts";
import { joinKey } from "../../../src/core/key.ts";
import { documentContent } from "../../../src/core/plan/content.ts";
import { documentKey, type PlanInput } from "../../../src/core/plan/types.ts";
import type { StagedDocument } from "../../../src/core/staged.ts";
import {
  budgetOf,
  holdsOf,
  type LineCells,
  ledgerOf,
  mappingOf,
  masters,
  modificationOf,
  planOf,
  projectOf,
  rules,
  SAME_CODE,
  sentDocuments,
} from "../support.ts";

type Row = [
  situation: string,
  documents: StagedDocument[],
  input: Partial<PlanInput>,
  /** `document[/line] field=value rule`; the bare rule of B-25-1001 is the last word. */
  holds: string[],
];

const concrete: LineCells = ["L1", "", "03-100", "M", "100.00"];
/** A budget of 25-1001 with one good line and one of these cells. */
const withLine = (subJob: string, costCode: string, costType: string, amount: string | null = "50.00") => [
  budgetOf("25-1001", [concrete, ["L2", subJob, costCode, costType, amount]]),
];
const good = [budgetOf("25-1001", [concrete])];
const of = (projectNumber: string) => [budgetOf(projectNumber, [concrete])];
const sameCode = { rules: { ...rules, unmapped: SAME_CODE } };
const formatted = {
  rules: { ...sameCode.rules, formats: { job: "##-####", cost_code: "##-###", extra: "##-###" } },
};
const change = modificationOf("25-1001", "1", [["A1", "", "03-100", "M", "5.00"]]);
const sentBefore = ledgerOf([["L1", "", "03-100", "MAT", 10_000n]], {
  sentContents: new Map([[documentKey(change), documentContent(change)]]),
});
const changedLater = { ...change, lines: change.lines.map((line) => ({ ...line, amount: "6.00" })) };

const ROWS: Row[] = [
  ["a project in no mapping file", of("25-2000"), {}, ["B-25-2000 project_number=25-2000 unmapped_project"]],
  [
    "a sub job in none",
    withLine("PH7", "03-100", "M"),
    {},
    ["B-25-1001/L2 sub_job_code=PH7 unmapped_sub_job"],
  ],
  [
    "a cost code in none",
    withLine("", "99-999", "M"),
    {},
    ["B-25-1001/L2 cost_code=99-999 unmapped_cost_code"],
  ],
  ["no cost code at all", withLine("", "", "M"), {}, ["B-25-1001/L2 cost_code= unmapped_cost_code"]],
  ["a cost type in none", withLine("", "03-100", "X"), {}, ["B-25-1001/L2 cost_type=X unmapped_cost_type"]],
  [
    "no mapping set yet",
    good,
    { mapping: null, mappingProblem: "jobs.csv is missing" },
    ["B-25-1001 project_number=25-1001 no_mapping_set"],
  ],
  ["a job that Sage lacks", of("25-1004"), {}, ["B-25-1004 project_number=25-1004 job_not_in_sage"]],
  ["a closed job", of("25-1003"), {}, ["B-25-1003 project_number=25-1003 job_closed"]],
  ["a job in other case", of("25-1005"), {}, ["B-25-1005 project_number=25-1005 case_differs"]],
  [
    "an extra that Sage lacks and must not create",
    withLine("NEW", "03-100", "M"),
    { rules: { ...rules, create_extras: false } },
    ["B-25-1001/L2 sub_job_code=NEW extra_not_in_sage"],
  ],
  [
    "a closed extra",
    withLine("CLOSED", "03-100", "M"),
    {},
    ["B-25-1001/L2 sub_job_code=CLOSED extra_closed"],
  ],
  [
    "an extra in other case",
    withLine("CASE", "03-100", "M"),
    {},
    ["B-25-1001/L2 sub_job_code=CASE case_differs"],
  ],
  [
    "a cost code neither standard nor on the job",
    withLine("", "ABSENT", "M"),
    {},
    ["B-25-1001/L2 cost_code=ABSENT cost_code_not_in_sage"],
  ],
  [
    "a cost code on the job, but not on the extra",
    withLine("PH1", "77-700", "M"),
    {},
    ["B-25-1001/L2 cost_code=77-700 cost_code_not_in_sage"],
  ],
  ["a closed cost code", withLine("", "CLOSED", "M"), {}, ["B-25-1001/L2 cost_code=CLOSED cost_code_closed"]],
  ["a group cost code", withLine("", "GROUP", "M"), {}, ["B-25-1001/L2 cost_code=GROUP group_cost_code"]],
  ["a cost code in other case", withLine("", "CASE", "M"), {}, ["B-25-1001/L2 cost_code=CASE case_differs"]],
  [
    "a category that is not standard",
    withLine("", "03-100", "ODD"),
    {},
    ["B-25-1001/L2 cost_type=ODD category_not_standard"],
  ],
  ["a closed category", withLine("", "03-100", "E"), {}, ["B-25-1001/L2 cost_type=E category_closed"]],
  [
    "a category in other case",
    withLine("", "03-100", "CASE"),
    {},
    ["B-25-1001/L2 cost_type=CASE case_differs"],
  ],
  [
    "an unmapped code that Sage has in other case",
    withLine("co-001", "05-a00", "sub"),
    sameCode,
    [
      "B-25-1001/L2 sub_job_code=co-001 case_differs",
      "B-25-1001/L2 cost_code=05-a00 case_differs",
      "B-25-1001/L2 cost_type=sub case_differs",
    ],
  ],
  [
    "unmapped codes that Sage lacks under the same name",
    withLine("PH7", "99-999", "X"),
    sameCode,
    [
      "B-25-1001/L2 sub_job_code=PH7 unmapped_sub_job",
      "B-25-1001/L2 cost_code=99-999 unmapped_cost_code",
      "B-25-1001/L2 cost_type=X unmapped_cost_type",
    ],
  ],
  [
    "unmapped codes that Sage has no room for",
    withLine("A-LONG-PHASE", "01-510-0000000", "LABOR"),
    sameCode,
    [
      "B-25-1001/L2 sub_job_code=A-LONG-PHASE code_too_long",
      "B-25-1001/L2 cost_code=01-510-0000000 code_too_long",
      "B-25-1001/L2 cost_type=LABOR code_too_long",
    ],
  ],
  [
    "a project number too long for a job",
    of("25-1001-00001"),
    sameCode,
    ["B-25-1001-00001 project_number=25-1001-00001 code_too_long"],
  ],
  [
    "unmapped codes of another form than the company's",
    withLine("PH1X", "1510", "M"),
    formatted,
    ["B-25-1001/L2 sub_job_code=PH1X code_format", "B-25-1001/L2 cost_code=1510 code_format"],
  ],
  [
    "an unmapped code that an import file cannot carry, though Sage has it",
    withLine("", '3"PIPE', "M"),
    {
      ...sameCode,
      masters: {
        ...masters,
        standardCostCodes: new Map([
          ...masters.standardCostCodes,
          ['3"PIPE', { description: "", group: false }],
        ]),
      },
    },
    ['B-25-1001/L2 cost_code=3"PIPE code_format'],
  ],
  ["no amount", withLine("", "03-100", "M", null), {}, ["B-25-1001/L2 original_amount= amount_invalid"]],
  [
    "an amount of words",
    withLine("", "03-100", "M", "ten"),
    {},
    ["B-25-1001/L2 original_amount=ten amount_invalid"],
  ],
  [
    "half a cent",
    withLine("", "03-100", "M", "0.005"),
    {},
    ["B-25-1001/L2 original_amount=0.005 amount_invalid"],
  ],
  [
    "an amount beyond what a record takes",
    withLine("", "01-510", "M", "-100000000.00"),
    {},
    ["B-25-1001/L2 original_amount=-100000000.00 amount_too_large"],
  ],
  [
    "lines of one key that are too much together",
    withLine("", "03-100", "M", "99999999.99"),
    {},
    ["B-25-1001 original_amount=100000099.99 amount_too_large"],
  ],
  ["a header without lines", [budgetOf("25-1001", [])], {}, ["B-25-1001 budget_id=B-25-1001 no_lines"]],
  [
    "half of the codes that were sent have gone",
    [budgetOf("25-1001", [concrete])],
    {
      ledgers: ledgerOf([
        ["L1", "", "03-100", "MAT", 100n],
        ["L2", "", "01-510", "LAB", 100n],
      ]),
    },
    ["B-25-1001 budget_id=B-25-1001 lines_gone"],
  ],
  [
    "a job that carries an estimate of somebody else's",
    good,
    { estimatedJobs: new Set(["25-1001"]) },
    ["B-25-1001 project_number=25-1001 no_baseline"],
  ],
  [
    "another job than the one sent to",
    good,
    {
      mapping: mappingOf({ "jobs.csv": "project_number,job\n25-1001,25-1002\n" }),
      ledgers: ledgerOf([["L1", "", "03-100", "MAT", 10_000n]]),
    },
    ["B-25-1001 project_number=25-1001 target_changed"],
  ],
  [
    "another company than the one sent from",
    good,
    { ledgers: ledgerOf([], { otherCompanies: new Set(["BETA"]), jobs: new Set() }) },
    ["B-25-1001 company=ACME target_changed"],
  ],
  [
    "a modification changed after it was sent",
    [changedLater],
    { ledgers: sentBefore },
    ["M-25-1001-1 modification_id=M-25-1001-1 changed_after_export"],
  ],
  [
    "a budget accepted again before its batch is posted",
    [budgetOf("25-1001", [["L1", "", "03-100", "M", "120.00"]])],
    {
      ledgers: ledgerOf([["L1", "", "03-100", "MAT", 10_000n]], {
        openBatches: new Map([[joinKey("budget", "B-25-1001"), "ACME-000001"]]),
      }),
    },
    ["B-25-1001 budget_id=B-25-1001 previous_batch_open"],
  ],
  [
    "a budget deleted and made anew before its batch is posted",
    [budgetOf("25-1001", [["N1", "", "03-100", "M", "100.00"]], { documentId: "B2" })],
    {
      ledgers: ledgerOf([["L1", "", "03-100", "MAT", 10_000n]], {
        openBatches: new Map([[joinKey("budget", "B-25-1001"), "ACME-000001"]]),
      }),
    },
    ["B2 budget_id=B2 previous_batch_open"],
  ],
  [
    "two budgets",
    [
      budgetOf("25-1001", [concrete]),
      budgetOf("25-1001", [["L9", "", "03-100", "M", "1.00"]], { documentId: "B2" }),
    ],
    {},
    ["B-25-1001 budget_id=B-25-1001 two_budgets", "B2 budget_id=B2 two_budgets"],
  ],
  [
    "two projects of one number, case aside",
    of("25-10AB"),
    {
      projects: [projectOf("25-10AB"), projectOf("25-10ab")],
      mapping: mappingOf({ "jobs.csv": "project_number,job\n25-10AB,25-10AB\n" }),
    },
    ["B-25-10AB project_number=25-10AB project_number_ambiguous"],
  ],
  [
    "two projects of one id, case aside",
    good,
    { repeatedIds: { projects: new Set(["p-25-1001"]), documents: new Set(), lines: new Set() } },
    ["B-25-1001 project_id=P-25-1001 project_number_ambiguous"],
  ],
  [
    "a line id that staging repeats",
    good,
    { repeatedIds: { projects: new Set(), documents: new Set(), lines: new Set([joinKey("budget", "l1")]) } },
    ["B-25-1001/L1 line_item_id=L1 duplicate_line"],
  ],
  [
    "a document id that staging repeats",
    good,
    {
      repeatedIds: {
        projects: new Set(),
        documents: new Set([joinKey("budget", "b-25-1001")]),
        lines: new Set(),
      },
    },
    ["B-25-1001 budget_id=B-25-1001 duplicate_line"],
  ],
  [
    "nobody's name",
    [budgetOf("25-1001", [concrete], { acceptedBy: "" })],
    {},
    ["B-25-1001 accepted_by= acceptance_without_name"],
  ],
  [
    "a status that the contract does not know",
    [
      budgetOf("25-1001", [concrete], {
        status: null,
        flags: { erpStatus: " Approved ", erpSynced: false, erpLocked: false, estimateImportBlocked: false },
      }),
    ],
    {},
    ["B-25-1001 erp_status=Approved unknown_status"],
  ],
];

describe("what holds a document", () => {
  it.each(ROWS)("%s", (_situation, documents, input, holds) => {
    const plan = planOf(documents, input);
    expect(holdsOf(plan)).toEqual(holds);
    expect([sentDocuments(plan), plan.nothingToSend]).toEqual([[], []]);
    for (const { message, remedy } of plan.holds)
      expect(`${message} ${remedy}`).not.toMatch(/undefined|null|\[object/);
  });

  it("is every rule there is, but for the two of no company", () => {
    const tested = new Set(ROWS.flatMap(([, , , holds]) => holds.map((hold) => hold.split(" ").at(-1))));
    const elsewhere = ["unknown_company", "orphan_line"];
    expect([...tested, ...elsewhere].sort()).toEqual(Object.keys(HOLD_RULES).sort());
  });

  it("names the column and rows of modifications as theirs", () => {
    const documents = [
      ...good,
      modificationOf("25-1001", "1", [
        ["A1", "", "03-100", "M", "x"],
        ["A2", "", "03-100", "M", "1"],
      ]),
      modificationOf("25-1001", "2", []),
    ];
    const repeatedIds = {
      projects: new Set<string>(),
      documents: new Set<string>(),
      lines: new Set([joinKey("modification", "a2")]),
    };
    expect(holdsOf(planOf(documents, { repeatedIds }))).toEqual([
      "M-25-1001-1/A2 modification_line_id=A2 duplicate_line",
      "M-25-1001-1/A1 amount=x amount_invalid",
      "M-25-1001-2 modification_id=M-25-1001-2 no_lines",
    ]);
  });
});

describe("a held document", () => {
  it("names every cause on a line, and nothing of its innocent siblings", () => {
    const lines: LineCells[] = [
      concrete,
      ["L2", "PH7", "99-999", "X", "1.001"],
      ["L3", "", "01-510", "L", "7.00"],
    ];
    expect(holdsOf(planOf([budgetOf("25-1001", lines)]))).toEqual([
      "B-25-1001/L2 original_amount=1.001 amount_invalid",
      "B-25-1001/L2 sub_job_code=PH7 unmapped_sub_job",
      "B-25-1001/L2 cost_code=99-999 unmapped_cost_code",
      "B-25-1001/L2 cost_type=X unmapped_cost_type",
    ]);
  });

  it("names every cause that Sage has against a key, for each line on it", () => {
    const lines: LineCells[] = [
      ["L1", "CLOSED", "GROUP", "ODD", "1.00"],
      ["L2", "CLOSED", "GROUP", "ODD", "2.00"],
    ];
    const causes = (line: string) => [
      `B-25-1001/${line} sub_job_code=CLOSED extra_closed`,
      `B-25-1001/${line} cost_code=GROUP group_cost_code`,
      `B-25-1001/${line} cost_type=ODD category_not_standard`,
    ];
    expect(holdsOf(planOf([budgetOf("25-1001", lines)])).sort()).toEqual(
      [...causes("L1"), ...causes("L2")].sort(),
    );
  });

  it("does not blame codes that cannot be looked up while the project has no job", () => {
    const lines: LineCells[] = [["L1", "CO-001", "77-700", "MAT", "1.00"]];
    const unmapped = { ...SAME_CODE, jobs: "hold" } as const;
    expect(holdsOf(planOf([budgetOf("25-2000", lines)], { rules: { ...rules, unmapped } }))).toEqual([
      "B-25-2000 project_number=25-2000 unmapped_project",
    ]);
  });

  it("never holds another project, nor the rest of what speaks for itself", () => {
    const plan = planOf([
      budgetOf("25-1001", [["L1", "", "99-999", "M", "1.00"]]),
      budgetOf("25-1002", [["L2", "", "03-100", "M", "2.00"]]),
    ]);
    expect(plan.holds.map((hold) => hold.projectNumber)).toEqual(["25-1001"]);
    expect(sentDocuments(plan)).toEqual([["B-25-1002"]]);
  });

  it("never holds another project of its batch by company, nor one on the same job", () => {
    const plan = planOf(
      [
        budgetOf("25-1001", [["L1", "", "99-999", "M", "1.00"]]),
        budgetOf("25-1002", [["L2", "", "03-100", "M", "2.00"]]),
      ],
      {
        rules: { ...rules, batch_by: "company" },
        mapping: mappingOf({
          "jobs.csv": "project_number,job,shared\n25-1001,25-1002,yes\n25-1002,25-1002,yes\n",
        }),
      },
    );
    expect(sentDocuments(plan)).toEqual([["B-25-1002"]]);
  });

  it("is told of every line at once: what Sage has against one does not wait for another's mapping", () => {
    const budget = budgetOf("25-1001", [
      ["L1", "", "99-999", "M", "1.00"],
      ["L2", "", "GROUP", "M", "1.00"],
      ["L3", "", "03-100", "M", "nothing"],
    ]);
    const [, ...others] = holdsOf(planOf([budget]));
    expect(others.map((hold) => hold.split(" ").at(-1))).toEqual(["amount_invalid", "group_cost_code"]);
  });

  it("is free once its cause has gone", () => {
    const held = budgetOf("25-1001", [["L1", "", "99-999", "M", "1.00"]]);
    const more = mappingOf({ "cost-codes.csv": "project_number,cost_code,sage_cost_code\n,99-999,01-510\n" });
    expect(sentDocuments(planOf([held]))).toEqual([]);
    expect(sentDocuments(planOf([held], { mapping: more }))).toEqual([["B-25-1001"]]);
  });
});

describe("what does not hold", () => {
  it.each<[string, StagedDocument[], Partial<PlanInput>]>([
    [
      "an unmapped code that Sage has under the same name",
      [budgetOf("25-1001", [["L1", "CO-001", "05-A00", "SUB", "1"]])],
      sameCode,
    ],
    ["an extra that the import will create", [budgetOf("25-1001", [["L1", "NEW", "03-100", "M", "1"]])], {}],
    ["a cost code that stands on the job only", [budgetOf("25-1001", [["L1", "", "77-700", "M", "1"]])], {}],
    [
      "a cost code that may be created",
      [budgetOf("25-1001", [["L1", "", "ABSENT", "M", "1"]])],
      { rules: { ...rules, create_cost_codes: true } },
    ],
    [
      "no name where none is asked for",
      [budgetOf("25-1001", [concrete], { acceptedBy: "" })],
      { rules: { ...rules, require_accepted_by: false } },
    ],
    ["the largest amount", [budgetOf("25-1001", [["L1", "", "03-100", "M", "-99999999.99"]])], {}],
    ["an odd line of 0.00", [budgetOf("25-1001", [concrete, ["L2", "", "GROUP", "ODD", "0"]])], {}],
    [
      "an estimate on the job that this system has sent for a project before",
      good,
      { estimatedJobs: new Set(["25-1001"]), ledgers: ledgerOf([["L1", "", "03-100", "MAT", 1n]]) },
    ],
  ])("%s", (_situation, documents, input) => {
    const plan = planOf(documents, input);
    expect(holdsOf(plan)).toEqual([]);
    expect(sentDocuments(plan)).toEqual([["B-25-1001"]]);
  });

  it("a project is planned under the same name as its job where the company lets it", () => {
    const jobs = mappingOf({ "jobs.csv": "project_number,job\n" });
    expect(sentDocuments(planOf(good, { ...sameCode, mapping: jobs }))).toEqual([["B-25-1001"]]);
    expect(holdsOf(planOf(good, { mapping: jobs }))).toEqual([
      "B-25-1001 project_number=25-1001 unmapped_project",
    ]);
  });
});
