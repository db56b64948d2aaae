import { describe, expect, it } from "vitest";
import type { LineFinding } from "../../../src/core/match/match-lines.ts";
import { differencesOf, isOpen } from "../../../src/core/tie-out/differences.ts";
import { entryPlace } from "../../../src/core/tie-out/entry-names.ts";
import type { UnitInput } from "../../../src/core/tie-out/input.ts";
import type { Recognition } from "../../../src/core/tie-out/recognise.ts";
import type { TieOutDifference } from "../../../src/core/tie-out/schema.ts";
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
const changes = { kind: "approved_change" } as const;

const input: UnitInput = {
  lines: [],
  unexpected: [],
  totals: { byKey: new Map(), differing: [], toMove: 0, unmoved: 0 },
  recognitions: [],
  changedSinceExport: [],
  accepted: [],
  baselines: [],
  projects: [],
  documents: [],
  today: "2026-03-20",
  timeZone: "America/Denver",
  previous: [],
};
const found = (changed: Partial<UnitInput>) => differencesOf({ ...input, ...changed });
/** The differences as they are on another day, when the last tie-out was that of March 20. */
const nextDay = (before: Partial<UnitInput>, now: Partial<UnitInput>) =>
  found({ ...now, today: "2026-03-25", previous: found(before) });
const sinceOf = (differences: readonly TieOutDifference[]) => differences.map(({ since }) => since);

const recognition = (changed: Partial<Recognition>): Recognition => ({
  ...{ name: "misposted", batchId: "ACME-000001", kind: "original", lineNos: [], entries: [] },
  ...{ message: "", remedy: "" },
  ...changed,
});

describe("a line's difference", () => {
  const one = (
    state: LineFinding["state"],
    tracked: TrackedChanges = {},
    changed: Partial<LineFinding> = {},
  ): LineFinding => findingOf(trackedOf(1, concrete, 10_000n, tracked), state, changed);

  it("says what was exported, what is posted, and by which entries", () => {
    const entries = [entryOf("12/1", concrete, 6_000n), entryOf("12/2", concrete, 3_000n)];
    expect(found({ lines: [one("amount_differs", {}, { postedCents: 9_000n, entries })] })).toEqual([
      {
        ...{ state: "amount_differs", since: "2026-03-20", batch_id: "ACME-000001", line_no: 1 },
        ...{ project_number: "25-1001", kind: "original" },
        ...{ job: "25-1001", extra: "", cost_code: "03-100", category: "MAT" },
        ...{ exported: 10_000n, posted: 9_000n, difference: -1_000n },
        ...{ ambiguous: false, entries: ["12/1", "12/2"], recognised: null },
      },
    ]);
  });

  it("is none if it is posted, and one in every other state", () => {
    const states = [
      ...["awaiting_posting", "overdue", "amount_differs", "posted_twice", "rejected_in_sage"],
      ...["no_longer_posted", "accepted_difference"],
    ] as LineFinding["state"][];
    const lines = [one("posted"), ...states.map((state) => one(state))];
    expect(found({ lines }).map(({ state }) => state)).toEqual(states);
  });

  it.each(["awaiting_posting", "overdue"] as const)(
    "that is %s counts from the day it was written",
    (state) => {
      // One in the morning in UTC is the day before in Denver.
      const batch = batchOf(1, { createdAt: "2026-03-01T15:00:00Z", writtenAt: "2026-03-05T01:00:00Z" });
      const known = { state, stateSince: "2026-03-12T15:00:00Z" };
      expect(sinceOf(found({ lines: [one(state, { batch, known })] }))).toEqual(["2026-03-04"]);
    },
  );

  it("counts from the claim while its batch is not written", () => {
    const batch = batchOf(1, { state: "claimed", createdAt: "2026-03-02T06:00:00Z", writtenAt: null });
    expect(sinceOf(found({ lines: [one("awaiting_posting", { batch })] }))).toEqual(["2026-03-01"]);
  });

  it("counts from the day it was first seen to be so, and from today if it is news", () => {
    const known = { state: "amount_differs", stateSince: "2026-03-12T05:00:00Z" } as const;
    expect(sinceOf(found({ lines: [one("amount_differs", { known })] }))).toEqual(["2026-03-11"]);
    expect(sinceOf(found({ lines: [one("posted_twice", { known })] }))).toEqual(["2026-03-20"]);
  });

  it("is ambiguous if there is a choice now, or was one", () => {
    const lines = [
      one("overdue"),
      one("overdue", {}, { ambiguous: true }),
      one("overdue", { known: { ambiguous: true } }),
    ];
    expect(found({ lines }).map(({ ambiguous }) => ambiguous)).toEqual([false, true, true]);
  });

  it("names what it was recognised as, by batch and line", () => {
    const lines = [
      one("overdue"),
      findingOf(trackedOf(2, metals, 1n), "overdue"),
      one("overdue", { batch: batchOf(2) }),
    ];
    const recognitions = [recognition({ name: "wrong_box", batchId: "ACME-000002", lineNos: [1, 2] })];
    expect(found({ lines, recognitions }).map(({ recognised }) => recognised)).toEqual([
      null,
      null,
      "wrong_box",
    ]);
  });
});

describe("an unexpected entry", () => {
  const entry = entryOf("12/1", concrete, -700n, changes);

  it("is all posted and nothing exported, under the numbers of its job's projects", () => {
    const lines = [findingOf(trackedOf(1, metals, 5n), "posted")];
    expect(found({ lines, unexpected: [entry] })).toEqual([
      {
        ...{ state: "unexpected", since: "2026-03-20", batch_id: null, line_no: null },
        ...{ project_number: "25-1001", kind: "approved_change" },
        ...{ job: "25-1001", extra: "", cost_code: "03-100", category: "MAT" },
        ...{ exported: 0n, posted: -700n, difference: -700n },
        ...{ ambiguous: false, entries: ["12/1"], recognised: null },
      },
    ]);
  });

  it("keeps the day on which it was first told of; another on its key has its own", () => {
    const second = entryOf("13/1", concrete, -700n, changes);
    expect(sinceOf(nextDay({ unexpected: [entry] }, { unexpected: [second, entry] }))).toEqual([
      "2026-03-25",
      "2026-03-20",
    ]);
  });

  it("counts anew if it was explained in between", () => {
    expect(sinceOf(nextDay({}, { unexpected: [entry] }))).toEqual(["2026-03-25"]);
  });

  it("names what it was recognised as", () => {
    const other = { ...entry, sequence: 9n };
    const recognitions = [recognition({ entries: [entryPlace(entry)] })];
    expect(found({ unexpected: [other, entry], recognitions }).map(({ recognised }) => recognised)).toEqual([
      null,
      "misposted",
    ]);
  });
});

describe("a total that differs", () => {
  const differing = (total: bigint): Partial<UnitInput> => ({
    totals: {
      byKey: new Map(),
      differing: [{ kind: "original", key: metals, total, expected: 900n }],
      toMove: 1,
      unmoved: 0,
    },
  });

  it("is Sage's beside what it should be, without entries", () => {
    expect(found(differing(950n))).toEqual([
      {
        ...{ state: "master_total_differs", since: "2026-03-20", batch_id: null, line_no: null },
        ...{ project_number: "", kind: "original" },
        ...{ job: "25-1001", extra: "", cost_code: "05-500", category: "MAT" },
        ...{ exported: 900n, posted: 950n, difference: 50n },
        ...{ ambiguous: false, entries: [], recognised: null },
      },
    ]);
  });

  it("keeps its day while it differs, though by another amount", () => {
    expect(sinceOf(nextDay(differing(950n), differing(960n)))).toEqual(["2026-03-20"]);
  });
});

describe("a document that staging changed since its export", () => {
  const budget = budgetOf("25-1001", []);
  const modification = modificationOf("25-1001", "1", []);
  const ofModification = [
    sourceOf("A1", 1n, { document: "modification", documentId: "M-25-1001-1", number: "1" }),
  ];

  it("is one difference per batch and kind, of all its lines there", () => {
    const lines = [
      findingOf(trackedOf(1, concrete, 10_000n), "posted"),
      findingOf(trackedOf(2, metals, 5_000n), "posted"),
      findingOf(trackedOf(1, concrete, -700n, { batch: batchOf(2) }), "posted", { postedCents: -600n }),
      findingOf(trackedOf(3, concrete, 30n, { ...changes, sources: ofModification }), "posted"),
    ];
    const differences = found({ lines, changedSinceExport: [budget, modification] });
    expect(differences[0]).toEqual({
      ...{ state: "changed_since_export", since: "2026-03-20", batch_id: "ACME-000001", line_no: null },
      ...{ project_number: "25-1001", kind: "original" },
      ...{ job: "25-1001", extra: "", cost_code: "", category: "" },
      ...{ exported: 15_000n, posted: 15_000n, difference: 0n },
      ...{ ambiguous: false, entries: [], recognised: null },
    });
    expect(differences.map((one) => [one.batch_id, one.kind, one.exported, one.difference])).toEqual([
      ["ACME-000001", "original", 15_000n, 0n],
      ["ACME-000002", "original", -700n, 100n],
      ["ACME-000001", "approved_change", 30n, 0n],
    ]);
  });

  it("is none where no line of any batch is behind it", () => {
    const lines = [findingOf(trackedOf(1, concrete, 1n, { sources: ofModification }), "posted")];
    expect(found({ lines, changedSinceExport: [budget] })).toEqual([]);
  });

  it("keeps its day for the batch of which it was told; another batch has its own", () => {
    const [one, two] = [1, 2].map((n) =>
      findingOf(trackedOf(1, concrete, 10_000n, { batch: batchOf(n) }), "posted"),
    );
    const changedSinceExport = [budget];
    const before = { lines: one ? [one] : [], changedSinceExport };
    const now = { lines: one && two ? [one, two] : [], changedSinceExport };
    expect(nextDay(before, now).map(({ batch_id, since }) => [batch_id, since])).toEqual([
      ["ACME-000001", "2026-03-20"],
      ["ACME-000002", "2026-03-25"],
    ]);
  });
});

it("tells of lines first, then of entries, documents and totals", () => {
  const states = found({
    lines: [
      findingOf(trackedOf(1, concrete, 1n), "overdue"),
      findingOf(trackedOf(2, metals, 1n), "awaiting_posting"),
    ],
    unexpected: [entryOf("1/1", metals, 1n)],
    changedSinceExport: [budgetOf("25-1001", [])],
    totals: {
      byKey: new Map(),
      differing: [{ kind: "original", key: metals, total: 1n, expected: 0n }],
      toMove: 1,
      unmoved: 0,
    },
  }).map(({ state }) => state);
  expect(states).toEqual([
    "overdue",
    "awaiting_posting",
    "unexpected",
    "changed_since_export",
    "master_total_differs",
  ]);
  // Nothing is wrong with the first two but that they are not posted yet.
  expect(states.filter(isOpen)).toEqual(["overdue", "awaiting_posting"]);
});
