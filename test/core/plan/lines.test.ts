import { describe, expect, it } from "vitest";
import { joinKey, keyId, type SageKey, showKey } from "../../../src/core/key.ts";
import { documentContent } from "../../../src/core/plan/content.ts";
import { inFileOrder, linesOfModifications, linesOfOriginals } from "../../../src/core/plan/lines.ts";
import { planContext } from "../../../src/core/plan/plan.ts";
import type { ResolvedLine } from "../../../src/core/plan/resolve.ts";
import {
  documentKey,
  NOTHING_SENT,
  type PlanContext,
  type PlannedLine,
  type ProjectLedger,
} from "../../../src/core/plan/types.ts";
import type { StagedLine } from "../../../src/core/staged.ts";
import { budgetOf, keyOf, mapping, masters, modificationOf, rules } from "../support.ts";

const concrete = keyOf("03-100");
const metals = keyOf("05-A00");
const utilities = keyOf("01-510");

const contextWith = (
  zeroLines: "omit" | "when_new" = "omit",
  changed: Partial<PlanContext> = {},
): PlanContext => ({
  ...planContext({
    company: "ACME",
    rules: { ...rules, jce: { ...rules.jce, zero_lines: zeroLines } },
    projects: [],
    subJobs: [],
    documents: [],
    repeatedIds: { projects: new Set(), documents: new Set(), lines: new Set() },
    mapping,
    mappingProblem: "",
    masters,
    estimatedJobs: new Set(),
    ledgers: new Map(),
    leftOut: new Set(),
    sentJobs: new Set(),
  }),
  ...changed,
});

const budget = budgetOf("25-1001", []);
const stagedLine = (lineId: string, costCode = "03-100"): StagedLine => ({
  ...{ lineId, rawId: lineId, subJob: "", costCode, costType: "M" },
  ...{ description: "", amount: null, erpSynced: false },
});
/** A staging line in its place; its codes in staging are of no concern unless told. */
const now = (
  lineId: string,
  key: SageKey,
  cents: bigint,
  changed: Partial<ResolvedLine> = {},
): ResolvedLine => ({
  ...{ line: stagedLine(lineId), key, cents, mappingRows: [], extraDescription: "" },
  ...changed,
});
type Sent = readonly [stagingLineId: string | null, key: SageKey, cents: bigint];
const ledgerWith = (sent: readonly Sent[], changed: Partial<ProjectLedger> = {}): ProjectLedger => ({
  ...NOTHING_SENT,
  sentOriginals: sent.map(([stagingLineId, key, cents]) => ({ kind: "original", stagingLineId, key, cents })),
  ...changed,
});
const originals = (
  resolved: readonly ResolvedLine[],
  sent: readonly Sent[] = [],
  changed: Partial<ProjectLedger> = {},
  context = contextWith(),
): PlannedLine[] => linesOfOriginals(context, budget, resolved, ledgerWith(sent, changed));

/** `cost code: before to now`, and the sources of each line as `id cause cents`. */
const told = (lines: readonly PlannedLine[]) =>
  lines.map(({ key, before, now: after, sources }) => [
    `${key.costCode}: ${before} to ${after}`,
    ...sources.map(({ stagingLineId, cause, cents }) => `${stagingLineId ?? "no line"} ${cause} ${cents}`),
  ]);

describe("the originals of a key", () => {
  it("are the sum accepted, where nothing was sent", () => {
    const [line, ...others] = originals([now("L1", concrete, 10_000n), now("L2", concrete, -2_500n)]);
    expect(others).toEqual([]);
    expect(line).toMatchObject({ kind: "original", key: concrete, before: 0n, now: 7_500n, cents: 7_500n });
    expect(line && told([line])).toEqual([["03-100: 0 to 7500", "L1 new 10000", "L2 new -2500"]]);
  });

  it("are the sum accepted less the sum sent, the parts of all lines adding up to that", () => {
    const [line] = originals(
      [now("L1", concrete, 12_000n), now("L2", concrete, 500n), now("L4", concrete, 40n)],
      [
        ["L1", concrete, 10_000n],
        ["L2", concrete, 500n],
        ["L3", concrete, 300n],
      ],
    );
    // 125.40 now, 108.00 before.
    expect(line?.cents).toBe(1_740n);
    expect(line && told([line])).toEqual([
      ["03-100: 10800 to 12540", "L1 changed 2000", "L3 gone -300", "L4 new 40"],
    ]);
  });

  it("are kept apart by job, extra, cost code and category", () => {
    const keys = [
      concrete,
      keyOf("03-100", { job: "25-1002" }),
      keyOf("03-100", { extra: "CO-001" }),
      keyOf("03-100", { category: "LAB" }),
      metals,
    ];
    const lines = originals(keys.map((key, index) => now(`L${index}`, key, 100n)));
    expect(lines.map(({ key, cents }) => `${showKey(key)}: ${cents}`)).toEqual([
      "25-1001 / 03-100 / MAT: 100",
      "25-1002 / 03-100 / MAT: 100",
      "25-1001 / CO-001 / 03-100 / MAT: 100",
      "25-1001 / 03-100 / LAB: 100",
      "25-1001 / 05-A00 / MAT: 100",
    ]);
  });

  it("are none where no line of the key moves", () => {
    const sent: Sent[] = [
      ["L1", concrete, 100n],
      ["L2", metals, 200n],
    ];
    expect(told(originals([now("L1", concrete, 100n), now("L2", metals, 201n)], sent))).toEqual([
      ["05-A00: 200 to 201", "L2 changed 1"],
    ]);
  });

  it("are recorded, and in no file, where the lines of a key move and the sum does not", () => {
    const lines = originals([now("N1", concrete, 60n), now("N2", concrete, 40n)], [["L1", concrete, 100n]]);
    expect(told(lines)).toEqual([["03-100: 100 to 100", "L1 gone -100", "N1 new 60", "N2 new 40"]]);
    expect(lines.map(({ cents, inFile }) => [cents, inFile])).toEqual([[0n, false]]);
  });

  it("take back a key whole where its line has gone", () => {
    const lines = originals([], [["L1", concrete, 100n]]);
    expect(told(lines)).toEqual([["03-100: 100 to 0", "L1 gone -100"]]);
    expect(lines.map(({ cents, inFile }) => [cents, inFile])).toEqual([[-100n, true]]);
  });

  it("are nothing where nothing was sent and nothing is there", () => {
    expect(originals([])).toEqual([]);
    expect(originals([], [["L1", concrete, 0n]])).toEqual([]);
  });

  it("name the budget and the mapping rows of each line, and no rows of what has gone", () => {
    const mappingRows = ["jobs.csv:2", "cost-codes.csv:3", "categories.csv:3"];
    const [line] = originals([now("L1", concrete, 100n, { mappingRows })], [["L0", concrete, 5n]]);
    expect(line?.sources).toEqual([
      { document: budget, stagingLineId: "L0", cents: -5n, cause: "gone", mappingRows: [] },
      { document: budget, stagingLineId: "L1", cents: 100n, cause: "new", mappingRows },
    ]);
  });
});

describe("a line that went to another key", () => {
  const sent: Sent[] = [["L1", concrete, 10_000n]];
  /** What batch 1 sent: L1 under these codes. */
  const sentAs = (costCode: string) => {
    const document = { ...budget, lines: [stagedLine("L1", costCode)] };
    return { sentContents: new Map([[documentKey(document), documentContent(document)]]) };
  };

  it("was recoded if it has other codes than it was sent with: both keys say so", () => {
    const line = now("L1", metals, 12_000n, { line: stagedLine("L1", "05-A00") });
    expect(told(originals([line], sent, sentAs("03-100")))).toEqual([
      ["03-100: 10000 to 0", "L1 recoded -10000"],
      ["05-A00: 0 to 12000", "L1 recoded 12000"],
    ]);
  });

  it("was moved by the mapping if it has the codes that it was sent with", () => {
    const line = now("L1", metals, 10_000n, { line: stagedLine("L1", "03-100") });
    expect(told(originals([line], sent, sentAs("03-100")))).toEqual([
      ["03-100: 10000 to 0", "L1 moved_by_mapping -10000"],
      ["05-A00: 0 to 10000", "L1 moved_by_mapping 10000"],
    ]);
  });

  it("was recoded on both keys also where it comes back to one that it had left", () => {
    const back: Sent[] = [
      ["L1", concrete, 0n],
      ["L1", metals, 10_000n],
    ];
    const line = now("L1", concrete, 10_000n, { line: stagedLine("L1", "03-100") });
    expect(told(originals([line], back, sentAs("05-A00")))).toEqual([
      ["03-100: 0 to 10000", "L1 recoded 10000"],
      ["05-A00: 10000 to 0", "L1 recoded -10000"],
    ]);
  });

  it("was recoded as far as is known, where nobody kept the codes", () => {
    expect(told(originals([now("L1", metals, 10_000n)], sent))).toEqual([
      ["03-100: 10000 to 0", "L1 recoded -10000"],
      ["05-A00: 0 to 10000", "L1 recoded 10000"],
    ]);
  });

  it("is told beside the lines that stayed, which have causes of their own", () => {
    const lines = originals(
      [now("L1", metals, 10_000n), now("L2", concrete, 700n), now("L3", metals, 1n)],
      [...sent, ["L2", concrete, 500n]],
    );
    expect(told(lines)).toEqual([
      ["03-100: 10500 to 700", "L1 recoded -10000", "L2 changed 200"],
      ["05-A00: 0 to 10001", "L1 recoded 10000", "L3 new 1"],
    ]);
  });

  it("is told of once per key, though the sum of a key may not move", () => {
    const swapped = originals(
      [now("L1", metals, 10_000n), now("L2", concrete, 10_000n)],
      [...sent, ["L2", metals, 10_000n]],
    );
    expect(told(swapped)).toEqual([
      ["03-100: 10000 to 10000", "L1 recoded -10000", "L2 recoded 10000"],
      ["05-A00: 10000 to 10000", "L2 recoded -10000", "L1 recoded 10000"],
    ]);
    expect(swapped.map(({ inFile }) => inFile)).toEqual([false, false]);
  });

  it("leaves nothing on a key that it had left before", () => {
    // It was sent to 03-100, taken back from there, and sent to 05-A00.
    const lines = originals(
      [now("L1", utilities, 10_000n)],
      [
        ["L1", concrete, 0n],
        ["L1", metals, 10_000n],
      ],
    );
    expect(told(lines)).toEqual([
      ["05-A00: 10000 to 0", "L1 recoded -10000"],
      ["01-510: 0 to 10000", "L1 recoded 10000"],
    ]);
  });

  it("is a new one if nothing of it was ever left in Sage", () => {
    expect(told(originals([now("L1", metals, 10_000n)], [["L1", concrete, 0n]]))).toEqual([
      ["05-A00: 0 to 10000", "L1 new 10000"],
    ]);
  });
});

describe("an opening position", () => {
  it("counts as sent, by no staging line: the lines on its key replace it", () => {
    const lines = originals([now("L1", concrete, 13_000n)], [[null, concrete, 12_000n]]);
    expect(told(lines)).toEqual([["03-100: 12000 to 13000", "no line gone -12000", "L1 new 13000"]]);
    expect(lines.map(({ cents }) => cents)).toEqual([1_000n]);
  });

  it("is taken back from a key that no line stands on", () => {
    expect(told(originals([], [[null, concrete, 12_000n]]))).toEqual([
      ["03-100: 12000 to 0", "no line gone -12000"],
    ]);
  });

  it("of lines is what those lines say less what they brought", () => {
    expect(told(originals([now("L1", concrete, 13_000n)], [["L1", concrete, 12_000n]]))).toEqual([
      ["03-100: 12000 to 13000", "L1 changed 1000"],
    ]);
  });

  it("stands beside what was sent since", () => {
    const sent: Sent[] = [
      [null, concrete, 12_000n],
      ["L1", concrete, -2_000n],
    ];
    const lines = originals([now("L1", concrete, -2_000n)], sent);
    expect(told(lines)).toEqual([["03-100: 10000 to -2000", "no line gone -12000"]]);
  });
});

describe("a key of 0.00", () => {
  // Sage has 03-100 on the job, and not 01-510.
  const zero = [now("L1", utilities, 0n), now("L2", concrete, 0n)];
  const files = (lines: readonly PlannedLine[]) =>
    lines.map(({ key, cents, inFile }) => [key.costCode, cents, inFile]);

  it("is recorded with its lines, and in no file", () => {
    expect(told(originals(zero))).toEqual([
      ["01-510: 0 to 0", "L1 new 0"],
      ["03-100: 0 to 0", "L2 new 0"],
    ]);
    expect(files(originals(zero))).toEqual([
      ["01-510", 0n, false],
      ["03-100", 0n, false],
    ]);
  });

  it("is not recorded again", () => {
    const sent: Sent[] = [
      ["L1", utilities, 0n],
      ["L2", concrete, 0n],
    ];
    expect(originals(zero, sent)).toEqual([]);
  });

  it("is in the file where the company wants keys to exist, unless Sage has the key", () => {
    const whenNew = contextWith("when_new");
    expect(files(originals(zero, [], {}, whenNew))).toEqual([
      ["01-510", 0n, true],
      ["03-100", 0n, false],
    ]);
    const changes = linesOfModifications(whenNew, [{ document: budget, resolved: zero }]);
    expect(files(changes)).toEqual([
      ["01-510", 0n, true],
      ["03-100", 0n, false],
    ]);
  });

  it("may be several lines that come to it", () => {
    const lines = [now("L1", utilities, 500n), now("L2", utilities, -500n)];
    expect(files(originals(lines))).toEqual([["01-510", 0n, false]]);
    expect(files(originals(lines, [], {}, contextWith("when_new")))).toEqual([["01-510", 0n, true]]);
  });

  it("is not made to exist where an amount was sent to it: only its lines have changed", () => {
    const lines = originals(
      [now("N1", utilities, 100n)],
      [["L1", utilities, 100n]],
      {},
      contextWith("when_new"),
    );
    expect(files(lines)).toEqual([["01-510", 0n, false]]);
  });
});

describe("what goes with a line", () => {
  const described = (key: SageKey, extraDescription = "", context = contextWith()) => {
    const [line] = originals([now("L1", key, 1n, { extraDescription })], [], {}, context);
    return line && [line.extraDescription, line.extraIsNew, line.costCodeDescription, line.costCodeIsNew];
  };

  it("is the job's description, as Sage has it", () => {
    const lines = originals([now("L1", concrete, 1n), now("L2", keyOf("03-100", { job: "25-9999" }), 1n)]);
    expect(lines.map(({ jobDescription }) => jobDescription)).toEqual(["Riverside Clinic", ""]);
  });

  it.each<[what: string, key: SageKey, expected: [string, boolean, string, boolean]]>([
    ["no extra, and the cost code as it is called on the job", concrete, ["", false, "Concrete here", false]],
    [
      "an extra as Sage calls it, and the cost code by its standard name",
      keyOf("03-100", { extra: "CO-001" }),
      ["Phase one in Sage", false, "Cast-in-place concrete", false],
    ],
    [
      "an extra that will be created, as the mapping calls it",
      keyOf("01-510", { extra: "CO-002" }),
      ["From the file", true, "Temporary Utilities", false],
    ],
    ["a cost code that will be created, which nobody has named yet", keyOf("88-800"), ["", false, "", true]],
    [
      "a cost code that stands on the job, and not on the extra",
      keyOf("77-700", { extra: "CO-001" }),
      ["Phase one in Sage", false, "", true],
    ],
  ])("is %s", (_what, key, expected) => {
    expect(described(key, key.extra === "" ? "" : "From the file")).toEqual(expected);
  });

  it("is the first name that any line has for its new extra, though another has none", () => {
    const key = keyOf("01-510", { extra: "CO-002" });
    const [line] = originals(
      [now("L1", key, 1n), now("L2", key, 1n, { extraDescription: "Phase two" })],
      [["L0", key, 5n]],
    );
    expect(line?.extraDescription).toBe("Phase two");
  });

  it("is no other name for an extra that Sage has without one", () => {
    const extras = new Map([[joinKey("25-1001", "CX-005"), { description: "", closed: false }]]);
    const context = contextWith("omit", { masters: { ...masters, extras } });
    expect(described(keyOf("01-510", { extra: "CX-005" }), "From the file", context)?.[0]).toBe("");
  });
});

describe("the lines of modifications", () => {
  const one = modificationOf("25-1001", "1", []);
  const two = modificationOf("25-1001", "2", []);

  it("are as they are, whatever was sent before", () => {
    const [line, ...others] = linesOfModifications(contextWith(), [
      { document: one, resolved: [now("A1", concrete, 500n, { mappingRows: ["jobs.csv:2"] })] },
    ]);
    expect(others).toEqual([]);
    expect(line).toMatchObject({ kind: "approved_change", before: 0n, now: 500n, cents: 500n, inFile: true });
    expect(line?.sources).toEqual([
      { document: one, stagingLineId: "A1", cents: 500n, cause: "new", mappingRows: ["jobs.csv:2"] },
    ]);
  });

  it("add up per key over several documents, each line a source of its own document", () => {
    const lines = linesOfModifications(contextWith(), [
      { document: one, resolved: [now("A1", concrete, 500n), now("A2", metals, 70n)] },
      { document: two, resolved: [now("A1", concrete, -200n), now("B2", concrete, 5n)] },
    ]);
    expect(told(lines)).toEqual([
      ["03-100: 0 to 305", "A1 new 500", "A1 new -200", "B2 new 5"],
      ["05-A00: 0 to 70", "A2 new 70"],
    ]);
    expect(lines[0]?.sources.map(({ document }) => document.documentId)).toEqual([
      "M-25-1001-1",
      "M-25-1001-2",
      "M-25-1001-2",
    ]);
  });

  it("are recorded, and in no file, where they take each other back", () => {
    const lines = linesOfModifications(contextWith(), [
      { document: one, resolved: [now("A1", concrete, 500n)] },
      { document: two, resolved: [now("B1", concrete, -500n)] },
    ]);
    expect(told(lines)).toEqual([["03-100: 0 to 0", "A1 new 500", "B1 new -500"]]);
    expect(lines.map(({ inFile }) => inFile)).toEqual([false]);
  });

  it("are none of no document, and of one without lines", () => {
    expect(linesOfModifications(contextWith(), [])).toEqual([]);
    expect(linesOfModifications(contextWith(), [{ document: one, resolved: [] }])).toEqual([]);
  });
});

describe("the order in a file", () => {
  const keys = [
    keyOf("03-100", { job: "25-1002" }),
    keyOf("01-510", { extra: "CO-001" }),
    keyOf("05-A00", { category: "MAT" }),
    keyOf("05-A00", { category: "LAB" }),
    keyOf("03-100"),
  ];

  it("is originals before changes, and by job, extra, cost code and category in each", () => {
    const resolved = keys.map((key, index) => now(`L${index}`, key, 1n));
    const changes = linesOfModifications(contextWith(), [{ document: budget, resolved: resolved.slice(3) }]);
    const given = [...changes, ...originals(resolved)];
    expect(inFileOrder(given).map(({ kind, key }) => `${kind} ${showKey(key)}`)).toEqual([
      "original 25-1001 / 03-100 / MAT",
      "original 25-1001 / 05-A00 / LAB",
      "original 25-1001 / 05-A00 / MAT",
      "original 25-1001 / CO-001 / 01-510 / MAT",
      "original 25-1002 / 03-100 / MAT",
      "approved_change 25-1001 / 03-100 / MAT",
      "approved_change 25-1001 / 05-A00 / LAB",
    ]);
    expect(inFileOrder(given.toReversed()).map(({ key }) => keyId(key))).toEqual(
      inFileOrder(given).map(({ key }) => keyId(key)),
    );
  });

  it("leaves what it is given as it was", () => {
    const given = originals([now("L1", metals, 1n), now("L2", concrete, 1n)]);
    inFileOrder(given);
    expect(given.map(({ key }) => key.costCode)).toEqual(["05-A00", "03-100"]);
  });
});
