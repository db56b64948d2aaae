import { describe, expect, it } from "vitest";
import type { LineFinding } from "../../../src/core/match/match-lines.ts";
import { isAsSentBy, settlementOf } from "../../../src/core/match/settlement.ts";
import { documentContent } from "../../../src/core/plan/content.ts";
import { documentKey } from "../../../src/core/plan/types.ts";
import type { StagedDocument } from "../../../src/core/staged.ts";
import {
  batchOf,
  budgetOf,
  entryOf,
  findingOf,
  keyOf,
  modificationOf,
  sourceOf,
  type TrackedChanges,
  trackedOf,
} from "../support.ts";

const concrete = keyOf("03-100");
const metals = keyOf("05-500");
const TIED_OUT = { state: "posted", postedCents: 10_000n, tiedOutAt: "2026-03-03T10:00:00Z" } as const;

/** The budget that batch 1 brought: L1 of 100.00, L2 of 50.00. */
const budget = budgetOf(
  "25-1001",
  [
    ["L1", "", "03-100", "M", "100.00"],
    ["L2", "", "05-500", "M", "50.00"],
  ],
  { status: "exported" },
);
const modification = modificationOf("25-1001", "1", [["A1", "", "03-100", "M", "5.00"]], {
  status: "exported",
});
const asSent = (...documents: readonly StagedDocument[]): ReadonlyMap<string, string> =>
  new Map(documents.map((document) => [documentKey(document), documentContent(document)]));
const contents = asSent(budget, modification);
/** The same budget with another amount on its second line, which nobody has exported. */
const changedBudget: StagedDocument = {
  ...budget,
  lines: budget.lines.map((line) => (line.lineId === "L2" ? { ...line, amount: "51.00" } : line)),
};

const first = (changed: TrackedChanges = {}) => trackedOf(1, concrete, 10_000n, changed);
const second = (changed: TrackedChanges = {}) => trackedOf(2, metals, 5_000n, changed);
const ofModification = (changed: TrackedChanges = {}) =>
  trackedOf(3, concrete, 500n, {
    kind: "approved_change",
    sources: [sourceOf("A1", 500n, { document: "modification", documentId: "M-25-1001-1", number: "1" })],
    ...changed,
  });

const settle = (
  findings: readonly LineFinding[],
  documents: readonly StagedDocument[] = [budget],
  sentContents = contents,
) => settlementOf({ findings, documents, sentContents });
const lineNos = (findings: readonly LineFinding[]) => findings.map(({ tracked }) => tracked.line.lineNo);
const ids = (documents: readonly StagedDocument[]) => documents.map(({ documentId }) => documentId);

describe("news of a line", () => {
  const known = { ...TIED_OUT, ambiguous: false };
  const entries = [entryOf("1/1", concrete, 10_000n)];
  const seen = first({ known, knownEntries: "1/1" });

  it.each<[what: string, finding: LineFinding, isNews: boolean]>([
    ["nothing that was not known", findingOf(seen, "posted", { entries }), false],
    ["its state", findingOf(seen, "no_longer_posted", { entries, postedCents: 10_000n }), true],
    ["the amount that Sage carries", findingOf(seen, "posted", { entries, postedCents: 9_999n }), true],
    ["that there was a choice", findingOf(seen, "posted", { entries, ambiguous: true }), true],
    [
      "the entries behind it",
      findingOf(seen, "posted", { entries: [entryOf("1/2", concrete, 10_000n)] }),
      true,
    ],
    [
      "that no entry can be read, as its job is not in the copy",
      findingOf(seen, "posted", { isAsLastSeen: true }),
      false,
    ],
    ["that no entry is behind it", findingOf(seen, "posted"), true],
  ])("is %s", (_what, finding, isNews) => {
    expect(settle([finding]).changed).toEqual(isNews ? [finding] : []);
  });

  it("is not the order in which its entries are read", () => {
    const pieces = [entryOf("10/1", concrete, 4_000n), entryOf("2/1", concrete, 6_000n)];
    const tracked = first({ known, knownEntries: "10/1 2/1" });
    expect(settle([findingOf(tracked, "posted", { entries: pieces })]).changed).toEqual([]);
    expect(settle([findingOf(tracked, "posted", { entries: pieces.toReversed() })]).changed).toEqual([]);
  });
});

describe("a line that is newly tied out", () => {
  it("is posted, and never was before", () => {
    const findings = [
      findingOf(first(), "posted"),
      findingOf(second(), "amount_differs", { postedCents: 60n }),
      findingOf(ofModification(), "accepted_difference"),
    ];
    const { newlyTied, changed } = settle(findings);
    expect([lineNos(newlyTied), lineNos(changed)]).toEqual([[1], [1, 2, 3]]);
  });

  it("is not one that is posted again after it was reversed", () => {
    const reversed = first({ known: { state: "no_longer_posted", tiedOutAt: "2026-03-03T10:00:00Z" } });
    const { newlyTied, changed } = settle([findingOf(reversed, "posted")]);
    expect([lineNos(newlyTied), lineNos(changed)]).toEqual([[], [1]]);
  });

  it("names the documents behind it, each once", () => {
    const together = trackedOf(1, concrete, 10_500n, {
      sources: [
        sourceOf("L1", 6_000n),
        sourceOf("L9", 4_000n),
        sourceOf("A1", 500n, { document: "modification", documentId: "M-25-1001-1" }),
      ],
    });
    const other = budgetOf("25-1001", [], { documentId: "B-2" });
    const found = settle([findingOf(together, "posted")], [other, budget, modification]);
    expect(ids(found.behindNewlyTied)).toEqual(["B-25-1001", "M-25-1001-1"]);
    expect(ids(settle([findingOf(first(), "overdue")]).behindNewlyTied)).toEqual([]);
  });
});

describe("a document that becomes synced", () => {
  const posted = [findingOf(first(), "posted"), findingOf(second(), "posted")];

  it("has every line posted, and staging still says what was sent", () => {
    expect(ids(settle(posted).toSync)).toEqual(["B-25-1001"]);
  });

  it.each(["awaiting_posting", "overdue", "amount_differs", "posted_twice", "rejected_in_sage"] as const)(
    "has no line that is %s and never was posted",
    (state) => {
      expect(ids(settle([findingOf(first(), "posted"), findingOf(second(), state)]).toSync)).toEqual([]);
    },
  );

  it.each(["no_longer_posted", "amount_differs", "posted_twice", "rejected_in_sage"] as const)(
    "may have a line that was tied out before and is %s now",
    (state) => {
      const before = findingOf(second({ known: TIED_OUT }), state);
      expect(ids(settle([findingOf(first(), "posted"), before]).toSync)).toEqual(["B-25-1001"]);
    },
  );

  it("may have a line whose difference a person closed", () => {
    const closed = findingOf(second(), "accepted_difference", { postedCents: 4_900n });
    expect(ids(settle([findingOf(first(), "posted"), closed]).toSync)).toEqual(["B-25-1001"]);
  });

  it("was exported", () => {
    const others = (["not_sent", "sent", "accepted", "rejected", "retrieved", "synced", null] as const).map(
      (status) => ({ ...budget, status }),
    );
    const found = settle(posted, others);
    expect([found.exported, found.toSync, found.changedSinceExport]).toEqual([[], [], []]);
  });

  it("does not wait for the lines of another document", () => {
    const findings = [...posted, findingOf(ofModification(), "awaiting_posting")];
    const found = settle(findings, [budget, modification]);
    expect([ids(found.toSync), ids(found.exported)]).toEqual([["B-25-1001"], ["B-25-1001", "M-25-1001-1"]]);
  });

  it("waits for every line that it is a part of, in whatever batch", () => {
    const later = trackedOf(1, metals, 5_000n, { batch: batchOf(2) });
    expect(ids(settle([...posted, findingOf(later, "awaiting_posting")]).toSync)).toEqual([]);
    const shared = trackedOf(3, concrete, 700n, {
      sources: [sourceOf("X", 500n, { documentId: "B-2" }), sourceOf("L1", 200n)],
    });
    expect(ids(settle([...posted, findingOf(shared, "awaiting_posting")]).toSync)).toEqual([]);
  });

  it("is synced also if nothing is news but what staging says: it was changed, and changed back", () => {
    const before = [
      findingOf(first({ known: TIED_OUT }), "posted"),
      findingOf(second({ known: { ...TIED_OUT, postedCents: 5_000n } }), "posted"),
    ];
    expect(settle(before).changed).toEqual([]);
    expect(ids(settle(before).toSync)).toEqual(["B-25-1001"]);
  });
});

describe("a document that staging changed since its export", () => {
  const posted = [findingOf(first(), "posted"), findingOf(second(), "posted")];

  it("is told of instead of becoming synced", () => {
    const found = settle(posted, [changedBudget]);
    expect([ids(found.toSync), ids(found.changedSinceExport)]).toEqual([[], ["B-25-1001"]]);
  });

  it("is told of already while its lines wait", () => {
    const found = settle([findingOf(first(), "awaiting_posting")], [changedBudget]);
    expect(ids(found.changedSinceExport)).toEqual(["B-25-1001"]);
  });

  it("is one of which nobody kept what was sent", () => {
    const found = settle(posted, [budget], new Map());
    expect([ids(found.toSync), ids(found.changedSinceExport)]).toEqual([[], ["B-25-1001"]]);
  });

  it.each<[what: string, lines: StagedDocument["lines"], isAsSent: boolean]>([
    [
      "other line ids are not a change",
      budget.lines.map((line) => ({ ...line, lineId: `N${line.lineId}` })),
      true,
    ],
    ["nor another order", budget.lines.toReversed(), true],
    [
      "nor another spelling of an amount",
      budget.lines.map((line) => ({ ...line, amount: `+${line.amount}0` })),
      true,
    ],
    ["nor another description", budget.lines.map((line) => ({ ...line, description: "Slab" })), true],
    ["a line more is", [...budget.lines, ...budget.lines.slice(0, 1)], false],
    ["a line less is", budget.lines.slice(0, 1), false],
    ["another sub job is", budget.lines.map((line) => ({ ...line, subJob: "PH1" })), false],
    ["another cost type is", budget.lines.map((line) => ({ ...line, costType: "L" })), false],
    ["an amount that is none is", budget.lines.map((line) => ({ ...line, amount: null })), false],
  ])("%s", (_what, lines, isAsSent) => {
    const document = { ...budget, lines };
    expect([isAsSentBy(contents)(document), settle(posted).isAsSent(document)]).toEqual([isAsSent, isAsSent]);
  });

  it("is not mistaken for a modification of the same id", () => {
    expect(isAsSentBy(contents)({ ...budget, document: "modification" })).toBe(false);
  });
});

describe("the lines of a synced document that were seen posted", () => {
  const spelled: StagedDocument = {
    ...budget,
    lines: budget.lines.map((line) => ({ ...line, rawId: ` ${line.rawId}` })),
  };

  it("are named as staging holds them", () => {
    const found = settle([findingOf(first(), "posted"), findingOf(second(), "posted")]);
    expect(found.seenPosted(spelled)).toEqual([" L1", " L2"]);
  });

  it("are not those whose difference a person closed", () => {
    const found = settle([findingOf(first(), "posted"), findingOf(second(), "accepted_difference")]);
    expect(ids(found.toSync)).toEqual(["B-25-1001"]);
    expect(found.seenPosted(budget)).toEqual(["L1"]);
  });

  it("are not those that are posted in one batch and closed in another", () => {
    const later = trackedOf(1, metals, 100n, { batch: batchOf(2), sources: [sourceOf("L2", 100n)] });
    const found = settle([
      findingOf(first(), "posted"),
      findingOf(second(), "posted"),
      findingOf(later, "accepted_difference"),
    ]);
    expect(found.seenPosted(budget)).toEqual(["L1"]);
  });

  it("are also those that a person closed after they had been tied out", () => {
    const closed = findingOf(second({ known: TIED_OUT }), "accepted_difference");
    expect(settle([findingOf(first(), "posted"), closed]).seenPosted(budget)).toEqual(["L1", "L2"]);
  });

  it("are those of the same id in this document, not in another", () => {
    const other = trackedOf(3, metals, 100n, { sources: [sourceOf("L2", 100n, { documentId: "B-2" })] });
    const found = settle([findingOf(first(), "posted"), findingOf(other, "accepted_difference")]);
    expect(found.seenPosted(budget)).toEqual(["L1", "L2"]);
  });
});

describe("the staging lines that newly tied import lines prove", () => {
  it("are those behind them, while the rest of the document waits", () => {
    const found = settle([findingOf(first(), "posted"), findingOf(second(), "awaiting_posting")]);
    expect(found.provedBy(budget)).toEqual(["L1"]);
  });

  it("are not those that were tied out at another time: nothing about them is new", () => {
    const found = settle([findingOf(first({ known: TIED_OUT }), "posted"), findingOf(second(), "posted")]);
    expect(found.provedBy(budget)).toEqual(["L2"]);
  });

  describe("that each is part of two import lines", () => {
    // L1 was recoded: batch 2 takes it from 03-100 and puts it on 05-500.
    const batch = batchOf(2);
    const from = trackedOf(1, concrete, -10_000n, { batch, sources: [sourceOf("L1", -10_000n)] });
    const to = trackedOf(2, metals, 10_000n, { batch, sources: [sourceOf("L1", 10_000n)] });

    it.each(["awaiting_posting", "amount_differs", "posted_twice", "accepted_difference"] as const)(
      "are not proved while one is tied out and the other is %s",
      (state) => {
        expect(settle([findingOf(from, "posted"), findingOf(to, state)]).provedBy(budget)).toEqual([]);
        expect(settle([findingOf(from, state), findingOf(to, "posted")]).provedBy(budget)).toEqual([]);
      },
    );

    it("are proved once both are, in one reconciliation or in two", () => {
      const before = trackedOf(1, concrete, -10_000n, {
        batch,
        known: { ...TIED_OUT, postedCents: -10_000n },
        sources: [sourceOf("L1", -10_000n)],
      });
      expect(settle([findingOf(from, "posted"), findingOf(to, "posted")]).provedBy(budget)).toEqual(["L1"]);
      expect(settle([findingOf(before, "posted"), findingOf(to, "posted")]).provedBy(budget)).toEqual(["L1"]);
    });
  });

  it("are those that say what was exported: not one that staging changed since", () => {
    const found = settle([findingOf(first(), "posted"), findingOf(second(), "posted")]);
    expect(found.provedBy(changedBudget)).toEqual(["L1"]);
  });

  it("are none of a document of which nobody kept what was sent", () => {
    expect(settle([findingOf(first(), "posted")], [budget], new Map()).provedBy(budget)).toEqual([]);
  });

  it("are none where no staging line is behind: what a line that has gone had sent", () => {
    const gone = trackedOf(1, concrete, -10_000n, { sources: [sourceOf(null, -10_000n)] });
    expect(settle([findingOf(gone, "posted")]).provedBy(budget)).toEqual([]);
  });

  it("are told apart by document where two have lines of one id", () => {
    const other = modificationOf("25-1001", "1", [["L1", "", "03-100", "M", "100.00"]]);
    const found = settle([findingOf(first(), "posted")], [budget, other], asSent(budget, other));
    expect([found.provedBy(budget), found.provedBy(other)]).toEqual([["L1"], []]);
  });
});

describe("a budget whose lock outlived what it was for", () => {
  const locked = (status: StagedDocument["status"], erpLocked = true): StagedDocument => ({
    ...budget,
    status,
    flags: { ...budget.flags, erpLocked },
  });
  const settled = [findingOf(first(), "posted"), findingOf(second(), "posted")];

  it.each<[StagedDocument["status"], isLeft: boolean]>([
    ["not_sent", true],
    ["rejected", true],
    ["retrieved", true],
    ["synced", true],
    ["sent", false],
    ["accepted", false],
    ["exported", false],
    [null, false],
  ])("with the status %s is one: %s", (status, isLeft) => {
    expect(ids(settle(settled, [locked(status)]).leftLocked)).toEqual(isLeft ? ["B-25-1001"] : []);
  });

  it("is locked", () => {
    expect(settle(settled, [locked("retrieved", false)]).leftLocked).toEqual([]);
  });

  it("is a budget: modifications lock none of their own", () => {
    const change = { ...modification, status: "retrieved", flags: locked("retrieved").flags } as const;
    expect(settle(settled, [change]).leftLocked).toEqual([]);
  });

  it("is not one while a document of its project is exported", () => {
    expect(settle(settled, [locked("retrieved"), modification]).leftLocked).toEqual([]);
  });

  it("is not one while a line of its project is open, though it be of a document that has gone", () => {
    const ofGone = trackedOf(3, concrete, 100n, { sources: [sourceOf("X", 100n, { documentId: "B-0" })] });
    const findings = [...settled, findingOf(ofGone, "awaiting_posting")];
    expect(settle(findings, [locked("retrieved")]).leftLocked).toEqual([]);
    const closed = [...settled, findingOf(ofGone, "accepted_difference")];
    expect(ids(settle(closed, [locked("retrieved")]).leftLocked)).toEqual(["B-25-1001"]);
  });
});
