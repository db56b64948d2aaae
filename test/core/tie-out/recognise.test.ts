import { describe, expect, it } from "vitest";
import { groupBy } from "../../../src/core/group-by.ts";
import { splitKey } from "../../../src/core/key.ts";
import type { LineFinding } from "../../../src/core/match/match-lines.ts";
import type { SageEntry } from "../../../src/core/sage.ts";
import { placeOfEntry } from "../../../src/core/tie-out/entry-names.ts";
import {
  fileLines,
  type Recognition,
  recogniseFile,
  recogniseLines,
  spareEntries,
} from "../../../src/core/tie-out/recognise.ts";
import { showCodes } from "../../../src/core/tie-out/show-codes.ts";
import { type KeptRecognition, keptRecognition } from "../../../src/core/tie-out/unit.ts";
import { batchOf, entryOf, findingOf, keyOf, trackedOf } from "../support.ts";

const concrete = keyOf("03-100");
const metals = keyOf("05-500");
const sitework = keyOf("02-200", { extra: "CO-001", category: "SUB" });
const changes = { kind: "approved_change" } as const;

/** What is recognised of files, the oldest first, and then of single lines. */
const recognised = (
  lines: readonly LineFinding[],
  unexpected: readonly SageEntry[] = [],
): KeptRecognition[] => {
  const inFiles = fileLines(lines);
  const spare = spareEntries({ lines, unexpected });
  const files: Recognition[] = [];
  for (const file of groupBy(inFiles, ({ batchId, kind }) => `${batchId} ${kind}`).values()) {
    const taken = new Set(files.flatMap(({ entries }) => entries));
    const left = spare.filter((entry) => !taken.has(placeOfEntry(entry.job, entry.name)));
    files.push(...[recogniseFile(file, left)].filter((one) => one !== null));
  }
  const whole = { files: files.map(keptRecognition), areTotalsStale: false };
  const ofLines = recogniseLines(inFiles, spare).map(keptRecognition);
  const part = { keys: [], differences: [], spare: [], notices: [], totals: { to_move: 0, unmoved: 0 } };
  const { recognitions } = showCodes(whole)({ ...part, recognitions: ofLines });
  const shown = ofLines.filter((one) => recognitions.some(({ message }) => message === one.message));
  return [...whole.files, ...shown];
};
/** `name batch kind lines [entries]`. */
const namesOf = (found: readonly KeptRecognition[]): string[] =>
  found.map(
    ({ name, batch_id, kind, line_nos, entries }) =>
      `${name} ${batch_id} ${kind} ${line_nos.join(",")} [${entries.map((one) => splitKey(one)[1]).join(" ")}]`,
  );

const twice = (
  lineNo: number,
  entries: string,
  changed: Parameters<typeof trackedOf>[3] = {},
): LineFinding => {
  const tracked = trackedOf(lineNo, concrete, 10_000n, changed);
  return findingOf(tracked, "posted_twice", {
    postedCents: 20_000n,
    entries: entries.split(" ").map((name) => entryOf(name, concrete, 10_000n)),
  });
};
const waiting = (
  lineNo: number,
  key: Parameters<typeof trackedOf>[1],
  cents: bigint,
  changed: Parameters<typeof trackedOf>[3] = {},
): LineFinding => findingOf(trackedOf(lineNo, key, cents, changed), "awaiting_posting");

describe("a file that was imported twice", () => {
  it("has every line posted twice", () => {
    const [found, ...others] = recognised([twice(2, "1/1 2/1"), twice(1, "1/2 2/2")]);
    expect(others).toEqual([]);
    expect(found && namesOf([found])).toEqual(["imported_twice ACME-000001 original 1,2 []"]);
    expect(found?.message).toBe(
      "The file of original estimates of ACME-000001 was imported twice: every line of it is posted more than once.",
    );
    expect(found?.remedy).toBe(
      "In Sage, reverse one of the two imports of ACME-000001: enter the opposite of every line of it and post that. The lines then resolve by themselves.",
    );
  });

  it("is not one of which a single line is posted once", () => {
    const once = findingOf(trackedOf(3, metals, 5_000n), "posted");
    expect(recognised([twice(1, "1/1 2/1"), twice(2, "1/2 2/2"), once])).toEqual([]);
  });

  it("is one file of a batch: the other kind's has lines of its own", () => {
    const other = findingOf(trackedOf(2, metals, 5_000n, changes), "posted");
    expect(namesOf(recognised([twice(1, "1/1 2/1"), other]))).toEqual([
      "imported_twice ACME-000001 original 1 []",
    ]);
    const [found] = recognised([twice(1, "1/1 2/1", changes)]);
    expect(found?.message).toContain("The file of approved estimate changes of ACME-000001");
  });

  it("is one batch's, whatever became of other batches", () => {
    const other = findingOf(trackedOf(1, metals, 5_000n, { batch: batchOf(2) }), "posted");
    expect(namesOf(recognised([other, twice(1, "1/1 2/1")]))).toEqual([
      "imported_twice ACME-000001 original 1 []",
    ]);
  });

  it("may hold lines of 0.00, and leave out keys that came to it: neither can be posted twice", () => {
    const zero = findingOf(trackedOf(2, metals, 0n), "posted");
    const leftOut = findingOf(trackedOf(3, sitework, 0n, { inFile: false }), "posted");
    expect(namesOf(recognised([twice(1, "1/1 2/1"), zero, leftOut]))).toEqual([
      "imported_twice ACME-000001 original 1 []",
    ]);
    expect(recognised([zero, leftOut])).toEqual([]);
  });
});

describe("a file that was imported with the wrong box", () => {
  const file = [waiting(1, concrete, 10_000n), waiting(2, metals, 5_000n)];
  const entries = [entryOf("4/1", concrete, 10_000n, changes), entryOf("4/2", metals, 5_000n, changes)];

  it("has every amount of originals on its key as an approved change", () => {
    const [found, ...others] = recognised(file, entries);
    expect(others).toEqual([]);
    expect(found && namesOf([found])).toEqual(["wrong_box ACME-000001 original 1,2 [4/1 4/2]"]);
    expect(found?.message).toBe(
      'The file of original estimates of ACME-000001 was imported with the box "Import as an Approved Estimate Change": every amount of it is posted as an approved change.',
    );
    expect(found?.remedy).toBe(
      "In Sage, enter the opposite of these entries under the same transaction type and post that; then import the file again without the box ticked, and post it.",
    );
  });

  it("has every amount of changes on its key as an original", () => {
    const [found, ...others] = recognised(
      [waiting(1, concrete, 10_000n, changes)],
      [entryOf("4/1", concrete, 10_000n)],
    );
    expect(others).toEqual([]);
    expect(found && namesOf([found])).toEqual(["wrong_box ACME-000001 approved_change 1 [4/1]"]);
    expect(found?.message).toBe(
      'The file of approved estimate changes of ACME-000001 was imported without the box "Import as an Approved Estimate Change": every amount of it is posted as an original estimate.',
    );
    expect(found?.remedy).toContain("import the file again with the box ticked");
  });

  it.each(["awaiting_posting", "overdue", "rejected_in_sage", "no_longer_posted"] as const)(
    "may have lines that are %s",
    (state) => {
      const lines = [findingOf(trackedOf(1, concrete, 10_000n), state)];
      expect(namesOf(recognised(lines, entries))).toEqual(["wrong_box ACME-000001 original 1 [4/1]"]);
    },
  );

  it.each(["posted", "amount_differs", "posted_twice", "accepted_difference"] as const)(
    "has no line that is %s",
    (state) => {
      const lines = [waiting(1, concrete, 10_000n), findingOf(trackedOf(2, metals, 5_000n), state)];
      expect(recognised(lines, entries)).toEqual([]);
    },
  );

  it.each<[what: string, entry: SageEntry]>([
    ["misses", entryOf("4/2", concrete, 1n, changes)],
    ["has another amount of", entryOf("4/2", metals, 4_999n, changes)],
    ["has the opposite of", entryOf("4/2", metals, -5_000n, changes)],
    ["has on another key", entryOf("4/2", sitework, 5_000n, changes)],
    ["has under the same kind on another job", entryOf("4/2", keyOf("05-500", { job: "25-1002" }), 5_000n)],
  ])("is not one if Sage %s a single amount", (_what, entry) => {
    expect(recognised(file, [entryOf("4/1", concrete, 10_000n, changes), entry])).toEqual([]);
  });

  it("needs an entry for each line: two batches of the same do not share one", () => {
    const again = waiting(1, concrete, 10_000n, { batch: batchOf(2) });
    const one = entryOf("4/1", concrete, 10_000n, changes);
    const first = waiting(1, concrete, 10_000n);
    expect(namesOf(recognised([first, again], [one]))).toEqual(["wrong_box ACME-000001 original 1 [4/1]"]);
    expect(namesOf(recognised([first, again], [one, { ...one, run: 5n }]))).toEqual([
      "wrong_box ACME-000001 original 1 [4/1]",
      "wrong_box ACME-000002 original 1 [5/1]",
    ]);
  });

  it("gives back what it had taken if one amount is missing: another file may be the one", () => {
    const other = waiting(1, concrete, 10_000n, { batch: batchOf(2) });
    expect(namesOf(recognised([...file, other], [entryOf("4/1", concrete, 10_000n, changes)]))).toEqual([
      "wrong_box ACME-000002 original 1 [4/1]",
    ]);
  });

  it("gives back what it had taken for single lines too", () => {
    const change = waiting(1, metals, 10_000n, { ...changes, batch: batchOf(2) });
    expect(namesOf(recognised([...file, change], [entryOf("4/1", concrete, 10_000n, changes)]))).toEqual([
      "misposted ACME-000002 approved_change 1 [4/1]",
    ]);
  });

  it("may be told by entries that stand on a line of the other kind and make it differ", () => {
    const differing = findingOf(trackedOf(3, concrete, 700n, changes), "amount_differs", {
      postedCents: 10_000n,
      entries: [entryOf("4/1", concrete, 10_000n, changes)],
    });
    const found = recognised([...file, differing], [entryOf("4/2", metals, 5_000n, changes)]);
    expect(namesOf(found)).toEqual(["wrong_box ACME-000001 original 1,2 [4/1 4/2]"]);
  });

  it("is told by nothing that stands behind a posted line", () => {
    const right = findingOf(trackedOf(3, concrete, 10_000n, changes), "posted", {
      entries: [entryOf("4/1", concrete, 10_000n, changes)],
    });
    expect(recognised([waiting(1, concrete, 10_000n), right])).toEqual([]);
  });

  it("does not miss its lines of 0.00, nor those that are in no file", () => {
    const zero = findingOf(trackedOf(2, metals, 0n), "posted");
    const leftOut = findingOf(trackedOf(3, sitework, 0n, { inFile: false }), "posted");
    expect(namesOf(recognised([waiting(1, concrete, 10_000n), zero, leftOut], entries.slice(0, 1)))).toEqual([
      "wrong_box ACME-000001 original 1 [4/1]",
    ]);
  });

  it("tells of its lines once: none of them is misposted as well", () => {
    const elsewhere = entryOf("9/1", sitework, 5_000n);
    expect(namesOf(recognised(file, [...entries, elsewhere]))).toEqual([
      "wrong_box ACME-000001 original 1,2 [4/1 4/2]",
    ]);
  });
});

describe("a line that is misposted", () => {
  it("has its amount on another key of the job", () => {
    const line = waiting(4, sitework, 123_456n);
    const [found, ...others] = recognised([line], [entryOf("12/3", concrete, 123_456n)]);
    expect(others).toEqual([]);
    expect(found && namesOf([found])).toEqual(["misposted ACME-000001 original 4 [12/3]"]);
    expect(found?.message).toBe(
      "Line 4 of ACME-000001 (1,234.56 on CO-001 / 02-200 / SUB) is not posted, but Sage shows the same amount on 03-100 / MAT of the job (run 12, sequence 3), which nothing exported explains.",
    );
    expect(found?.remedy).toBe(
      "If the entry was meant for CO-001 / 02-200 / SUB: in Sage, enter its opposite on 03-100 / MAT and the amount on CO-001 / 02-200 / SUB, and post both. If it has to stay where it is, close the line with `tieout accept`.",
    );
  });

  it.each<[what: string, entry: SageEntry]>([
    ["on another job", entryOf("1/1", keyOf("05-500", { job: "25-1002" }), 10_000n)],
    ["of another amount", entryOf("1/1", metals, 9_999n)],
    ["of the opposite amount", entryOf("1/1", metals, -10_000n)],
    ["of the other kind", entryOf("1/1", metals, 10_000n, changes)],
    ["on its own key, which is another matter", entryOf("1/1", concrete, 10_000n)],
  ])("is not told by an entry %s", (_what, entry) => {
    expect(recognised([waiting(1, concrete, 10_000n)], [entry])).toEqual([]);
  });

  it.each(["posted", "amount_differs", "posted_twice", "accepted_difference"] as const)(
    "is not one that is %s",
    (state) => {
      const line = findingOf(trackedOf(1, concrete, 10_000n), state);
      const posted = findingOf(trackedOf(2, sitework, 1n), "posted");
      expect(recognised([line, posted], [entryOf("1/1", metals, 10_000n)])).toEqual([]);
    },
  );

  it("takes an entry of its own: what stands there once is one line's, the first", () => {
    const lines = [waiting(1, concrete, 10_000n), waiting(2, sitework, 10_000n)];
    expect(namesOf(recognised(lines, [entryOf("1/1", metals, 10_000n)]))).toEqual([
      "misposted ACME-000001 original 1 [1/1]",
    ]);
    const both = [entryOf("1/1", metals, 10_000n), entryOf("1/2", metals, 10_000n)];
    expect(namesOf(recognised(lines, both))).toEqual([
      "misposted ACME-000001 original 1 [1/1]",
      "misposted ACME-000001 original 2 [1/2]",
    ]);
  });

  it("may be two lines that changed places, each making the other differ where it stands", () => {
    const lines = [
      findingOf(trackedOf(1, concrete, 10_000n), "rejected_in_sage"),
      findingOf(trackedOf(2, metals, 5_000n), "amount_differs", {
        postedCents: 10_000n,
        entries: [entryOf("1/1", metals, 10_000n)],
      }),
    ];
    expect(namesOf(recognised(lines))).toEqual(["misposted ACME-000001 original 1 [1/1]"]);
  });

  it("is told after whole files, which take what explains them first", () => {
    const single = waiting(1, metals, 10_000n, { ...changes, batch: batchOf(1) });
    const posted = findingOf(trackedOf(2, sitework, 1n, { ...changes, batch: batchOf(1) }), "posted");
    const file = waiting(1, concrete, 10_000n, { batch: batchOf(2) });
    const entry = entryOf("1/1", concrete, 10_000n, changes);
    expect(namesOf(recognised([single, posted, file], [entry]))).toEqual([
      "wrong_box ACME-000002 original 1 [1/1]",
    ]);
    expect(namesOf(recognised([single, posted], [entry]))).toEqual([
      "misposted ACME-000001 approved_change 1 [1/1]",
    ]);
  });

  it("is not one of 0.00, nor one that is in no file", () => {
    const zero = findingOf(trackedOf(1, concrete, 0n), "posted");
    const leftOut = waiting(2, sitework, 10_000n, { inFile: false });
    expect(
      recognised([zero, leftOut], [entryOf("1/1", metals, 0n), entryOf("1/2", metals, 10_000n)]),
    ).toEqual([]);
  });
});

it("recognises nothing where all is well, and changes nothing of what it is given", () => {
  expect(recognised([])).toEqual([]);
  const lines = [waiting(1, concrete, 10_000n)];
  const unexpected = [entryOf("1/1", metals, 10_000n)];
  expect(recognised(lines, unexpected)).toEqual(recognised(lines, unexpected));
  expect(unexpected).toHaveLength(1);
});
