import { describe, expect, it } from "vitest";
import type { EstimateKind } from "../../../src/core/key.ts";
import type { DifferenceState } from "../../../src/core/states.ts";
import type { TieOutPart } from "../../../src/core/tie-out/parts.ts";
import type { TieOutDifference, TieOutKey } from "../../../src/core/tie-out/schema.ts";
import { noSums } from "../../../src/core/tie-out/sums.ts";
import { acceptedControls, fileControls, postedControls } from "../../../src/show/run-record/controls.ts";
import type { RunBatch, RunInJournal } from "../../../src/show/run-record/read.ts";
import type { AcceptedDocument, Control, Fate } from "../../../src/show/run-record/schema.ts";
import { sumParts } from "../../core/support.ts";

/** A control as `name of: whole = its parts that are not 0 = sum`, with `!` before the sum where they disagree. */
function told({ name, of, whole, parts, sum, agrees }: Control): string {
  const shown = parts.filter(({ amount }) => amount !== 0n).map((part) => `${part.name} ${part.amount}`);
  return `${name} ${of}: ${whole.amount} = ${shown.join(" + ")} ${agrees ? "=" : "!="} ${sum}`;
}

const document = (
  became: Fate,
  amount: bigint | null,
  changed: Partial<AcceptedDocument> = {},
): AcceptedDocument => ({
  ...{ document: "budget", document_id: "B", number: "", project_number: "25-1001", kind: "original" },
  ...{ amount, sent_before: 0n, became },
  ...changed,
});
const claimed = (original: bigint, approved_change = 0n) => ({ original, approved_change });

describe("what was accepted", () => {
  it("is told of each kind by what became of it, with a name for every part", () => {
    const [originals, changes, ...others] = acceptedControls([document("exported", 500n)], claimed(500n));
    expect(others).toEqual([]);
    expect(originals).toEqual({
      name: "accepted",
      of: "original",
      whole: { name: "accepted, as staging had it", amount: 500n },
      parts: [
        { name: "sent before, a baseline included", amount: 0n },
        { name: "exported by this run", amount: 500n },
        { name: "held", amount: 0n },
        { name: "waiting for another document", amount: 0n },
        { name: "nothing to send", amount: 0n },
        { name: "left for the next run", amount: 0n },
      ],
      sum: 500n,
      agrees: true,
    });
    expect(changes && told(changes)).toBe("accepted approved_change: 0 =  = 0");
  });

  it("comes to what the journal claimed, and to what the others would send", () => {
    const documents = [
      document("exported", 1_000n, { sent_before: 300n }),
      document("held", 200n),
      document("waiting", 30n, { kind: "approved_change" }),
      document("nothing_to_send", 4_000n, { sent_before: 4_000n }),
      document("left_for_next_run", 50n, { sent_before: 60n }),
      document("exported", -7n, { kind: "approved_change" }),
    ];
    expect(acceptedControls(documents, claimed(700n, -7n)).map(told)).toEqual([
      // 10.00 + 2.00 + 40.00 + 0.50, of which 3.00 + 40.00 + 0.60 were sent before.
      "accepted original: 5250 = sent before, a baseline included 4360 + exported by this run 700 + held 200 + left for the next run -10 = 5250",
      "accepted approved_change: 23 = exported by this run -7 + waiting for another document 30 = 23",
    ]);
  });

  it("disagrees where the journal's lines are not what was accepted, by as much as they are not", () => {
    const found = acceptedControls([document("exported", 1_000n, { sent_before: 300n })], claimed(699n));
    expect(found.map(told)).toEqual([
      "accepted original: 1000 = sent before, a baseline included 300 + exported by this run 699 != 999",
      "accepted approved_change: 0 =  = 0",
    ]);
  });

  it("disagrees where the run claimed something of which no accepted document tells", () => {
    expect(acceptedControls([], claimed(0n, 5n)).map(({ agrees }) => agrees)).toEqual([true, false]);
  });

  it("leaves out a document with a line that is no amount, and what was sent of it", () => {
    const documents = [document("held", null, { sent_before: 300n }), document("held", 5n)];
    expect(acceptedControls(documents, claimed(0n)).map(told)).toEqual([
      "accepted original: 5 = held 5 = 5",
      "accepted approved_change: 0 =  = 0",
    ]);
  });
});

describe("an import file", () => {
  const file = (name: string, amount_total: bigint): RunBatch["files"][number] => ({
    ...{ name, kind: "original", sha256: null, lines: 1, amount_total },
  });
  const batch = (files: RunBatch["files"], lineTotals: readonly (readonly [string, bigint])[]): RunBatch => ({
    ...{ batch_id: "ACME-000001", recovered: false, state: "written", transaction_date: "2026-03-01" },
    ...{ manifest_sha256: null, lines_left_out: 0, files, lineTotals: new Map(lineTotals) },
  });

  it("has the amounts of the journal's lines", () => {
    const [found, ...others] = fileControls([batch([file("a.jce", 500n)], [["a.jce", 500n]])]);
    expect(others).toEqual([]);
    expect(found).toEqual({
      name: "import_file",
      of: "a.jce",
      whole: { name: "C records of the file in the outbox", amount: 500n },
      parts: [{ name: "import lines in the journal", amount: 500n }],
      sum: 500n,
      agrees: true,
    });
  });

  it("disagrees by itself: the others of its batch and of other batches are told beside it", () => {
    const batches = [
      batch(
        [file("a.jce", 499n), file("b.jce", 1n)],
        [
          ["a.jce", 500n],
          ["b.jce", 1n],
        ],
      ),
      batch([file("c.jce", 0n)], [["c.jce", -3n]]),
    ];
    expect(fileControls(batches).map(told)).toEqual([
      "import_file a.jce: 499 = import lines in the journal 500 != 500",
      "import_file b.jce: 1 = import lines in the journal 1 = 1",
      "import_file c.jce: 0 = import lines in the journal -3 != -3",
    ]);
  });

  it("disagrees if the journal has no lines for it", () => {
    expect(fileControls([batch([file("a.jce", 5n)], [])]).map(told)).toEqual([
      "import_file a.jce: 5 =  != 0",
    ]);
  });

  it("is none of a batch that is not written", () => {
    expect(fileControls([batch([], [["a.jce", 500n]])])).toEqual([]);
  });
});

describe("what was ever exported, and what is posted of it", () => {
  const key = { job: "25-1001", extra: "", cost_code: "03-100", category: "MAT" };
  const keyRow = (posted: bigint, kind: EstimateKind = "original"): TieOutKey => ({
    ...{ project_number: "25-1001", kind, ...key },
    ...{ baseline: 0n, accepted: 0n, exported: 0n, posted, unexpected: 0n },
    ...{ sage_total: null, sage_expected: null, ties_out: true },
  });
  const difference = (
    state: DifferenceState,
    exported: bigint,
    posted: bigint,
    changed: Partial<TieOutDifference> = {},
  ): TieOutDifference => ({
    ...{ state, since: "2026-03-01", batch_id: "ACME-000001", line_no: 1 },
    ...{ project_number: "25-1001", kind: "original", ...key },
    ...{ exported, posted, difference: posted - exported, ambiguous: false, entries: [], recognised: null },
    ...changed,
  });
  const tieOut = (keys: TieOutKey[], differences: TieOutDifference[]): TieOutPart => ({ keys, differences });
  const inJournal = (
    cents: bigint,
    postedCents: bigint,
    kind: EstimateKind = "original",
  ): RunInJournal["lines"][number] => ({ state: "posted", kind, count: 1, cents, postedCents });
  /** The controls that say anything. */
  const controls = (found: TieOutPart, lines: RunInJournal["lines"]) =>
    postedControls(sumParts([found]), lines)
      .filter(({ whole, sum }) => whole.amount !== 0n || sum !== 0n)
      .map(told);

  it("are two controls for each kind, with a name for every part", () => {
    const found = postedControls(noSums(), []);
    expect(found.map(({ name, of }) => `${name} ${of}`)).toEqual([
      "exported original",
      "posted original",
      "exported approved_change",
      "posted approved_change",
    ]);
    expect(
      found.slice(0, 2).map(({ whole, parts }) => [whole.name, ...parts.map(({ name }) => name)]),
    ).toEqual([
      ["exported, ever", "posted as exported", "awaiting posting", "differing", "closed by a person"],
      [
        "posted, as the journal has it",
        "posted as exported",
        "posted of what is waiting",
        "posted of what differs",
        "posted of what is closed",
      ],
    ]);
    expect(found.every(({ agrees }) => agrees)).toBe(true);
  });

  it("are the same where everything is posted", () => {
    expect(controls(tieOut([keyRow(400n), keyRow(100n)], []), [inJournal(500n, 500n)])).toEqual([
      "exported original: 500 = posted as exported 500 = 500",
      "posted original: 500 = posted as exported 500 = 500",
    ]);
  });

  it("go by the state of each line: waiting, differing, closed", () => {
    // 10.00 posted as exported; 1.00 and 2.00 wait; 3.00 differs by 0.50; 4.00 is there twice; 5.00 was closed at 4.90.
    const found = tieOut(
      [keyRow(1_000n + 350n + 800n + 490n)],
      [
        difference("awaiting_posting", 100n, 0n),
        difference("overdue", 200n, 0n),
        difference("amount_differs", 300n, 350n),
        difference("posted_twice", 400n, 800n),
        difference("accepted_difference", 500n, 490n),
      ],
    );
    expect(controls(found, [inJournal(1_000n, 1_000n), inJournal(1_500n, 1_640n)])).toEqual([
      "exported original: 2500 = posted as exported 1000 + awaiting posting 300 + differing 700 + closed by a person 500 = 2500",
      "posted original: 2640 = posted as exported 1000 + posted of what differs 1150 + posted of what is closed 490 = 2640",
    ]);
  });

  it.each(["rejected_in_sage", "no_longer_posted"] as const)(
    "count a line that is %s as differing",
    (state) => {
      expect(controls(tieOut([], [difference(state, 100n, 0n)]), [inJournal(100n, 0n)])).toEqual([
        "exported original: 100 = differing 100 = 100",
      ]);
    },
  );

  it("are told of each kind by itself", () => {
    const found = tieOut(
      [keyRow(500n), keyRow(-20n, "approved_change")],
      [difference("overdue", 7n, 0n, { kind: "approved_change" })],
    );
    expect(controls(found, [inJournal(500n, 500n), inJournal(-13n, -20n, "approved_change")])).toEqual([
      "exported original: 500 = posted as exported 500 = 500",
      "posted original: 500 = posted as exported 500 = 500",
      "exported approved_change: -13 = posted as exported -20 + awaiting posting 7 = -13",
      "posted approved_change: -20 = posted as exported -20 = -20",
    ]);
  });

  it("leave out what no line stands for: it was never exported", () => {
    const none = { batch_id: null, line_no: null };
    const found = tieOut(
      [keyRow(500n)],
      [
        difference("unexpected", 0n, 70n, none),
        difference("master_total_differs", 1n, 2n, none),
        difference("changed_since_export", 500n, 500n, { line_no: null }),
      ],
    );
    expect(controls(found, [inJournal(500n, 500n)])).toEqual([
      "exported original: 500 = posted as exported 500 = 500",
      "posted original: 500 = posted as exported 500 = 500",
    ]);
  });

  it("disagree where the journal has another amount exported than the tie-out explains", () => {
    expect(controls(tieOut([keyRow(500n)], []), [inJournal(501n, 500n)])).toEqual([
      "exported original: 501 = posted as exported 500 != 500",
      "posted original: 500 = posted as exported 500 = 500",
    ]);
  });

  it("disagree where the journal has another amount posted than the tie-out found", () => {
    const found = tieOut([keyRow(350n)], [difference("amount_differs", 300n, 350n)]);
    expect(controls(found, [inJournal(300n, 340n)])).toEqual([
      "exported original: 300 = differing 300 = 300",
      "posted original: 340 = posted of what differs 350 != 350",
    ]);
  });
});
