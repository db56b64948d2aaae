import { describe, expect, it } from "vitest";
import { documentContent } from "../../../src/core/plan/content.ts";
import { documentKey, type PlanInput, type ProjectLedger } from "../../../src/core/plan/types.ts";
import type { StagedDocument } from "../../../src/core/staged.ts";
import {
  budgetOf,
  holdsOf,
  type LineCells,
  ledgerOf,
  linesOf,
  mappingFiles,
  mappingOf,
  modificationOf,
  planOf,
  rules,
  sentDocuments,
  sentLines,
  syncedDocuments,
  waitingDocuments,
} from "../support.ts";

const concrete: LineCells = ["L1", "", "03-100", "M", "100.00"];
const budget = budgetOf("25-1001", [concrete]);
const mod = (number: string, changed: Partial<StagedDocument> = {}, amount = "5.00") =>
  modificationOf("25-1001", number, [[`A${number}`, "", "03-100", "M", amount]], changed);
const bad = (number: string, changed: Partial<StagedDocument> = {}) => ({
  ...modificationOf("25-1001", number, [[`A${number}`, "", "99-999", "M", "5.00"]]),
  ...changed,
});
const acceptedAt = (moment: string) => ({ acceptedAt: moment });

/** What was sent of the project's original budget: the line above, unless told otherwise. */
const sentBudget = (changed: Partial<ProjectLedger> = {}) =>
  ledgerOf([["L1", "", "03-100", "MAT", 10_000n]], changed);
const alreadySent = (...documents: StagedDocument[]): Partial<ProjectLedger> => ({
  sentContents: new Map(documents.map((document) => [documentKey(document), documentContent(document)])),
});

describe("a first budget", () => {
  it("brings one line per key with everything that the files will say", () => {
    const plan = planOf(
      [
        budgetOf("25-1001", [
          ["L1", "", "03-100", "M", "100.00"],
          ["L2", "", "03-100", "M", " 0.50 "],
          ["L3", "NEW", "01-510", "C", "-7"],
          ["L4", "PH1", "01-510", "C", "8.00"],
          ["L5", "PLAIN", "77-700", "L", "9.00"],
        ]),
      ],
      {
        subJobs: [
          { projectId: "P-25-1001", subJobCode: "PLAIN", name: "Named in staging" },
          { projectId: "P-25-1001", subJobCode: "NEW", name: "Not this one" },
        ],
        rules: { ...rules, create_cost_codes: true },
      },
    );
    expect(sentLines(plan)).toEqual([
      "orig 25-1001 / 03-100 / MAT 100.50",
      "orig 25-1001 / CO-001 / 01-510 / SUB 8.00",
      "orig 25-1001 / CO-002 / 01-510 / SUB -7.00",
      "orig 25-1001 / CO-003 / 77-700 / LAB 9.00",
    ]);
    const lines = plan.batches[0]?.projects[0]?.lines ?? [];
    expect(lines.map((line) => line.jobDescription)).toEqual(Array(4).fill("Riverside Clinic"));
    expect(lines.map((line) => [line.extraDescription, line.extraIsNew])).toEqual([
      ["", false],
      ["Phase one in Sage", false],
      ["From the file", true],
      ["Named in staging", true],
    ]);
    expect(lines.map((line) => line.costCodeDescription)).toEqual([
      "Concrete here",
      "Temporary Utilities",
      "Temporary Utilities",
      "",
    ]);
    expect(lines[0]?.sources).toMatchObject([
      { stagingLineId: "L1", cents: 10_000n, cause: "new" },
      { stagingLineId: "L2", cents: 50n, cause: "new" },
    ]);
    expect(lines[1]?.sources[0]?.mappingRows).toEqual([
      "jobs.csv:2",
      "extras.csv:2",
      "cost-codes.csv:2",
      "categories.csv:4",
    ]);
  });
});

describe("a budget that was sent before", () => {
  const differences: [string, LineCells[], PlanInput["ledgers"], string[]][] = [
    [
      "goes up by the difference",
      [["L1", "", "03-100", "M", "130.00"]],
      sentBudget(),
      ["orig 25-1001 / 03-100 / MAT 30.00"],
    ],
    [
      "goes down by the difference",
      [["L1", "", "03-100", "M", "70.00"]],
      sentBudget(),
      ["orig 25-1001 / 03-100 / MAT -30.00"],
    ],
    [
      "brings a new line alone",
      [concrete, ["L2", "", "01-510", "L", "5.00"]],
      sentBudget(),
      ["orig 25-1001 / 01-510 / LAB 5.00"],
    ],
    [
      "takes back a key no longer wanted",
      [["L2", "", "01-510", "L", "100.00"]],
      ledgerOf([
        ["L1", "", "03-100", "MAT", 10_000n],
        ["L2", "", "01-510", "LAB", 10_000n],
      ]),
      ["orig 25-1001 / 03-100 / MAT -100.00"],
    ],
    [
      "shows recoded money as a pair",
      [["L1", "", "01-510", "M", "100.00"]],
      sentBudget(),
      ["orig 25-1001 / 01-510 / MAT 100.00", "orig 25-1001 / 03-100 / MAT -100.00"],
    ],
    [
      "shows money moved to an extra as a pair",
      [["L1", "PH1", "03-100", "M", "100.00"]],
      sentBudget(),
      ["orig 25-1001 / 03-100 / MAT -100.00", "orig 25-1001 / CO-001 / 03-100 / MAT 100.00"],
    ],
    [
      "sends a change of one made anew with other line ids, and nothing twice",
      [
        ["N1", "", "03-100", "M", "60.00"],
        ["N2", "", "03-100", "M", "41.00"],
      ],
      sentBudget(),
      ["orig 25-1001 / 03-100 / MAT 1.00"],
    ],
    [
      "counts what an opening position stands for, which no staging line is behind",
      [["L1", "", "03-100", "M", "130.00"]],
      ledgerOf([[null, "", "03-100", "MAT", 12_000n]]),
      ["orig 25-1001 / 03-100 / MAT 10.00"],
    ],
    [
      "sends the amount anew where what was sent has been undone",
      [concrete],
      ledgerOf([["L1", "", "03-100", "MAT", 0n]]),
      ["orig 25-1001 / 03-100 / MAT 100.00"],
    ],
  ];
  it.each(differences)("%s", (_what, lines, ledgers, expected) => {
    // Half of the codes may go by themselves here: what is held beyond a limit is another matter.
    const plan = planOf([budgetOf("25-1001", lines)], { ledgers, rules: { ...rules, removal_limit: 50 } });
    expect(holdsOf(plan)).toEqual([]);
    expect(sentLines(plan)).toEqual(expected);
  });

  it("says of each staging line what became of it, and the parts add up to the key's difference", () => {
    const ledgers = ledgerOf([
      ["L1", "", "03-100", "MAT", 10_000n],
      ["L2", "", "03-100", "MAT", 5_000n],
      ["L3", "", "03-100", "MAT", 2_000n],
    ]);
    const lines: LineCells[] = [
      ["L1", "", "03-100", "M", "101.00"],
      ["L3", "", "03-100", "M", "20.00"],
      ["L4", "", "03-100", "M", "7.00"],
    ];
    const [line] = planOf([budgetOf("25-1001", lines)], { ledgers }).batches[0]?.projects[0]?.lines ?? [];
    expect(line).toMatchObject({ before: 17_000n, now: 12_800n, cents: -4_200n });
    expect(line?.sources.map(({ stagingLineId, cents, cause }) => [stagingLineId, cents, cause])).toEqual([
      ["L1", 100n, "changed"],
      ["L2", -5_000n, "gone"],
      ["L4", 700n, "new"],
    ]);
  });

  it("moves nothing where lines of one key only changed places", () => {
    const lines: LineCells[] = [
      ["L1", "", "03-100", "M", "20.00"],
      ["L2", "", "03-100", "M", "80.00"],
    ];
    const sent = ledgerOf([
      ["L1", "", "03-100", "MAT", 8_000n],
      ["L2", "", "03-100", "MAT", 2_000n],
    ]);
    const plan = planOf([budgetOf("25-1001", lines)], { ledgers: sent });
    expect([sentDocuments(plan), syncedDocuments(plan)]).toEqual([[], ["B-25-1001"]]);
  });

  it("has nothing to send when it is the same, whatever its line ids, and is synced", () => {
    const again = budgetOf("25-1001", [
      ["N1", "", "03-100", "M", "99.99"],
      ["N2", "", "03-100", "M", "0.01"],
    ]);
    const plan = planOf([again], { ledgers: sentBudget() });
    expect([sentDocuments(plan), syncedDocuments(plan), holdsOf(plan)]).toEqual([[], ["B-25-1001"], []]);
    // The money of the old line is the new lines' from now on.
    expect(plan.nothingToSend[0]?.lines[0]?.sources.map((s) => [s.stagingLineId, s.cents])).toEqual([
      ["L1", -10_000n],
      ["N1", 9_999n],
      ["N2", 1n],
    ]);
  });

  it("moves no money when only the mapping changed and nobody accepted it anew", () => {
    const remapped = mappingOf({
      "cost-codes.csv": mappingFiles["cost-codes.csv"].replace("03-100,03-100", "03-100,01-510"),
    });
    const synced = { ...budget, status: "synced" } as const;
    const asleep = planOf([synced], { ledgers: sentBudget(), mapping: remapped });
    expect([sentDocuments(asleep), syncedDocuments(asleep), holdsOf(asleep)]).toEqual([[], [], []]);
    expect(sentLines(planOf([budget], { ledgers: sentBudget(), mapping: remapped }))).toEqual([
      "orig 25-1001 / 01-510 / MAT 100.00",
      "orig 25-1001 / 03-100 / MAT -100.00",
    ]);
  });

  it("is held where Sage would refuse to take back a key, by the key itself since its line has gone", () => {
    const ledgers = ledgerOf([
      ["L1", "", "03-100", "MAT", 10_000n],
      ["L2", "", "02-200", "LAB", 100n],
    ]);
    expect(holdsOf(planOf([budget], { ledgers, rules: { ...rules, removal_limit: 50 } }))).toEqual([
      "B-25-1001 cost_code=02-200 cost_code_closed",
    ]);
  });
});

describe("documents with no difference", () => {
  it("of 0.00 altogether are synced at once, with the lines on record", () => {
    const plan = planOf([
      budgetOf("25-1001", [
        ["L1", "", "03-100", "M", "-0.00"],
        ["L2", "", "01-510", "L", "0"],
      ]),
    ]);
    expect([sentDocuments(plan), syncedDocuments(plan)]).toEqual([[], ["B-25-1001"]]);
    expect(linesOf(plan.nothingToSend[0])).toEqual([
      "orig 25-1001 / 01-510 / LAB 0.00 (not in file)",
      "orig 25-1001 / 03-100 / MAT 0.00 (not in file)",
    ]);
  });

  it("go beside a batch, not in it", () => {
    const transfer = modificationOf("25-1001", "1", [
      ["A1", "", "03-100", "M", "-5.00"],
      ["A2", "", "03-100", "M", "5.00"],
    ]);
    const plan = planOf([budget, transfer]);
    expect([sentDocuments(plan), syncedDocuments(plan)]).toEqual([[["B-25-1001"]], ["M-25-1001-1"]]);
  });

  it("may be two modifications that take each other back", () => {
    const documents = [mod("1"), mod("2", {}, "-5.00")];
    const plan = planOf(documents, { ledgers: sentBudget() });
    expect([sentDocuments(plan), syncedDocuments(plan)]).toEqual([[], ["M-25-1001-1", "M-25-1001-2"]]);
  });

  it("include a sent modification that is accepted again unchanged: each goes once", () => {
    const plan = planOf([mod("1")], { ledgers: sentBudget(alreadySent(mod("1"))) });
    expect([sentDocuments(plan), syncedDocuments(plan), holdsOf(plan)]).toEqual([[], ["M-25-1001-1"], []]);
    expect(linesOf(plan.nothingToSend[0])).toEqual([]);
  });

  it("include a sent modification that is accepted again unchanged though one before it is held: it had its turn", () => {
    const held = mod("1", {}, "a hundred");
    const documents = [held, mod("2")];
    const plan = planOf(documents, { ledgers: sentBudget(alreadySent(mod("2"))) });
    expect([syncedDocuments(plan), waitingDocuments(plan, documents)]).toEqual([["M-25-1001-2"], []]);
  });

  it("write keys of 0.00 where the company wants them to exist, but only where they do not yet", () => {
    const lines: LineCells[] = [
      ["L1", "", "03-100", "M", "0.00"],
      ["L2", "", "01-510", "L", "0.00"],
    ];
    const whenNew = { rules: { ...rules, jce: { ...rules.jce, zero_lines: "when_new" } } } as const;
    expect(sentLines(planOf([budgetOf("25-1001", lines)], whenNew))).toEqual([
      "orig 25-1001 / 01-510 / LAB 0.00",
      "orig 25-1001 / 03-100 / MAT 0.00 (not in file)",
    ]);
    const recoded = planOf([budgetOf("25-1001", [["L1", "", "01-510", "L", "0.00"]])], {
      ...whenNew,
      ledgers: ledgerOf([["L1", "", "01-510", "LAB", 500n]]),
    });
    expect(sentLines(recoded)).toEqual(["orig 25-1001 / 01-510 / LAB -5.00"]);
  });
});

describe("the order of modifications", () => {
  const onSent = { ledgers: sentBudget() };
  const sentIn = (documents: StagedDocument[], input: Partial<PlanInput> = onSent) => {
    const plan = planOf(documents, input);
    return [sentDocuments(plan).flat(), waitingDocuments(plan, documents)];
  };

  it("is that of acceptance, then of number", () => {
    const documents = [
      mod("10", acceptedAt("2026-03-03 09:00:00")),
      mod("9", acceptedAt("2026-03-03 09:00:00")),
      mod("1", acceptedAt("2026-03-04 09:00:00")),
      mod("30", acceptedAt("2026-03-02 09:00:00")),
    ];
    const ids = ["M-25-1001-30", "M-25-1001-9", "M-25-1001-10", "M-25-1001-1"];
    expect(sentIn(documents)).toEqual([ids, []]);
    expect(sentIn(documents.toReversed())).toEqual([ids, []]);
  });

  it("is the same however they are read, where numbers have letters too", () => {
    const documents = ["2", "10", "1a"].map((number) => mod(number));
    const order = sentIn(documents);
    for (const read of [
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
      [0, 2, 1],
    ])
      expect(sentIn(read.flatMap((index) => documents[index] ?? []))).toEqual(order);
  });

  it("lets none go before one that is held, while earlier ones go", () => {
    const documents = [mod("1"), bad("2"), mod("3")];
    expect(sentIn(documents)).toEqual([["M-25-1001-1"], ["M-25-1001-3"]]);
  });

  it("is not stopped by one that has had its turn and was changed since", () => {
    const changed = mod("1", {}, "6.00");
    const ledgers = sentBudget(alreadySent(mod("1")));
    expect(sentIn([changed, mod("2")], { ledgers })).toEqual([["M-25-1001-2"], []]);
  });

  it("lets none go before the original budget", () => {
    expect(sentIn([mod("1")], {})).toEqual([[], ["M-25-1001-1"]]);
    const held = budgetOf("25-1001", [["L1", "", "99-999", "M", "1.00"]]);
    expect(sentIn([held, mod("1")], {})).toEqual([[], ["M-25-1001-1"]]);
    const notYet = { ...budget, status: "sent" } as const;
    expect(sentIn([notYet, mod("1")], {})).toEqual([[], ["M-25-1001-1"]]);
  });

  it("lets them go with the budget, or after it, also while a change of it is held", () => {
    expect(sentIn([budget, mod("1")], {})).toEqual([["B-25-1001", "M-25-1001-1"], []]);
    const held = budgetOf("25-1001", [["L1", "", "99-999", "M", "1.00"]]);
    expect(sentIn([held, mod("1")])).toEqual([["M-25-1001-1"], []]);
  });

  it("leaves a modification to the next batch if it would overfill a record together with those before", () => {
    const documents = [mod("1", {}, "60000000.00"), mod("2", {}, "60000000.00"), mod("3")];
    expect(sentIn(documents)).toEqual([["M-25-1001-1"], ["M-25-1001-2", "M-25-1001-3"]]);
  });

  it("adds up the changes of a key, each document a source of its own", () => {
    const plan = planOf([mod("1"), mod("2", {}, "-2.00")], onSent);
    expect(sentLines(plan)).toEqual(["chg  25-1001 / 03-100 / MAT 3.00"]);
    const [line] = plan.batches[0]?.projects[0]?.lines ?? [];
    expect(line?.sources.map((source) => [source.document.documentId, source.cents])).toEqual([
      ["M-25-1001-1", 500n],
      ["M-25-1001-2", -200n],
    ]);
  });
});

describe("documents found changed while they were claimed", () => {
  const leftOut = (...documents: StagedDocument[]) => ({ leftOut: new Set(documents.map(documentKey)) });

  it("are left out, whole and without a hold", () => {
    const plan = planOf([budget, budgetOf("25-1002", [["L2", "", "03-100", "M", "1.00"]])], leftOut(budget));
    expect([sentDocuments(plan), syncedDocuments(plan), holdsOf(plan)]).toEqual([[["B-25-1002"]], [], []]);
  });

  it("leave the modifications of a budget waiting", () => {
    const documents = [budget, mod("1")];
    const plan = planOf(documents, leftOut(budget));
    expect([sentDocuments(plan), waitingDocuments(plan, documents)]).toEqual([[], ["M-25-1001-1"]]);
  });

  it("leave later modifications waiting, so that none overtakes another", () => {
    const documents = [mod("1"), mod("2"), mod("3")];
    const plan = planOf(documents, { ...leftOut(mod("2")), ledgers: sentBudget() });
    expect([sentDocuments(plan), waitingDocuments(plan, documents)]).toEqual([
      [["M-25-1001-1"]],
      ["M-25-1001-3"],
    ]);
  });
});

describe("batches", () => {
  const two = [
    budget,
    budgetOf("25-1002", [
      ["K1", "", "03-100", "M", "1.00"],
      ["K2", "", "01-510", "M", "1.00"],
    ]),
  ];
  const byCompany = (changed: Partial<typeof rules> = {}) => ({
    rules: { ...rules, batch_by: "company", ...changed } as const,
  });
  const shared = mappingOf({
    "jobs.csv": "project_number,job,shared\n25-1001,25-1002,yes\n25-1002,25-1002,yes\n",
  });

  it("hold one project each, in the order of project numbers", () => {
    expect(sentDocuments(planOf(two.toReversed()))).toEqual([["B-25-1001"], ["B-25-1002"]]);
  });

  it("hold all projects where the company wants that", () => {
    expect(sentDocuments(planOf(two, byCompany()))).toEqual([["B-25-1001", "B-25-1002"]]);
  });

  it("never hold two projects of one job", () => {
    const plan = planOf(two, { ...byCompany(), mapping: shared });
    expect(sentDocuments(plan)).toEqual([["B-25-1001"], ["B-25-1002"]]);
  });

  it("are bounded, but never split a project", () => {
    expect(sentDocuments(planOf(two, byCompany({ max_lines_per_batch: 3 })))).toEqual([
      ["B-25-1001", "B-25-1002"],
    ]);
    expect(sentDocuments(planOf(two, byCompany({ max_lines_per_batch: 2 })))).toEqual([
      ["B-25-1001"],
      ["B-25-1002"],
    ]);
    expect(sentDocuments(planOf(two, byCompany({ max_lines_per_batch: 1 })))).toEqual([
      ["B-25-1001"],
      ["B-25-1002"],
    ]);
  });

  it("need nothing but accepted documents: others are not looked at", () => {
    const others = (["not_sent", "sent", "rejected", "retrieved", "exported", "synced"] as const).map(
      (status, index) => bad(String(index), { status }),
    );
    const plan = planOf([{ ...budget, status: "synced" }, ...others], { ledgers: sentBudget() });
    expect(plan).toMatchObject({ batches: [], nothingToSend: [], holds: [], waiting: new Map() });
  });
});
