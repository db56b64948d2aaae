import fc from "fast-check";
import { expect, it } from "vitest";
import { releaseDocument } from "../../src/run/decide/release.ts";
import { exportAll } from "../../src/run/export/export.ts";
import { planAll } from "../../src/run/look/plan.ts";
import { reconcileAll } from "../../src/run/reconcile/reconcile.ts";
import { reportAll } from "../../src/show/report/report.ts";
import { amounts, centsOf, readExported, readJournal, readStagedDocuments } from "../support/accounts.ts";
import { type DatabasePair, eachDatabase } from "../support/databases.ts";
import { extentOf, testSeed } from "../support/extent.ts";
import { disagreeing, readRunRecords } from "../support/run-records.ts";
import { type Line, makeTown, PROJECTS, type Town } from "../support/town.ts";
import { wholeReport } from "../support/whole-report.ts";

/*
 * Every cent accepted is at every moment waiting, held, exported or left out, and nowhere twice: random budgets
 * and modifications of three projects in two companies go over, are changed, made anew and accepted again, while
 * the accountants import and post them well or badly.
 */

const cents = fc.oneof(
  { weight: 2, arbitrary: fc.integer({ min: -90_000, max: 900_000 }) },
  // Few amounts, so that equal and opposite ones meet.
  { weight: 3, arbitrary: fc.constantFrom(0, 1, 10_000, -10_000, 25_050) },
);
const line: fc.Arbitrary<Line> = fc.record({
  costCode: fc.oneof(
    { weight: 14, arbitrary: fc.constantFrom("03-100", "01-510", "16-700") },
    { weight: 1, arbitrary: fc.constant("09-250") },
  ),
  subJob: fc.oneof(
    { weight: 14, arbitrary: fc.constantFrom(null, null, "PH1") },
    { weight: 1, arbitrary: fc.constant("PH9") },
  ),
  costType: fc.constantFrom("L", "M"),
  cents,
});
const project = fc.constantFrom(...PROJECTS);

const edit = fc.record({
  project,
  what: fc.constantFrom("amount", "amount", "recode", "add", "remove", "make anew", "accept again"),
  at: fc.nat(9),
  line,
  /** Though it is exported: somebody does not keep to the rules. */
  forced: fc.constantFrom(false, false, false, true),
});
const round = fc.record({
  edits: fc.array(edit, { maxLength: 4 }),
  modifications: fc.array(fc.record({ project, lines: fc.array(line, { minLength: 1, maxLength: 3 }) }), {
    maxLength: 2,
  }),
  acceptedAgain: fc.option(fc.record({ at: fc.nat(9), changed: fc.option(cents) })),
  remap: fc.boolean(),
  imports: fc.constantFrom("once", "once", "once", "not yet", "twice"),
  postings: fc.array(
    fc.constantFrom("as it is", "as it is", "not yet", "less", "more", "nothing", "opposite"),
    {
      minLength: 1,
      maxLength: 7,
    },
  ),
  corrects: fc.boolean(),
  archives: fc.boolean(),
});
const budgets = fc.tuple(...PROJECTS.map(() => fc.array(line, { minLength: 1, maxLength: 5 })));

async function balance(town: Town) {
  const { companies } = await planAll(town.context);
  expect(companies.map((company) => company.error)).toEqual([null, null]);
  const documents = await readStagedDocuments(town.db, town.names);
  const exported = readExported(town.outboxes, town.projectOfJob);
  const journal = await readJournal(town.db, town.names);

  const planned = companies.flatMap((c) => c.batches.flatMap((batch) => batch.projects));
  const goes = planned.flatMap((p) => p.documents.map((document) => document.document_id));
  const same = companies.flatMap((c) => c.nothing_to_send);
  const held = new Set(companies.flatMap((c) => [...c.holds, ...c.waiting].map((one) => one.document_id)));
  const accepted = documents.filter((document) => document.status === "accepted");
  expect([...goes, ...same, ...held].sort(), "every accepted document goes, stays or is the same").toEqual(
    accepted.map((document) => document.id).sort(),
  );

  const unsent = ({ id, project, cents }: (typeof documents)[number]) =>
    cents - (town.isBudget(id) ? (journal.originals.get(project) ?? 0n) : (journal.changes.get(id) ?? 0n));
  const sides = {
    accepted: amounts(
      documents.map((document) => {
        const lines = journal.contents.get(document.id) ?? [];
        const taken = lines.reduce((sum, [, , , amount]) => sum + centsOf(amount), 0n);
        return [document.project, document.status === "accepted" ? document.cents : taken];
      }),
    ),
    accounts: amounts([
      ...planned.map(
        (p) => [`P-${p.project_number}`, centsOf(p.original) + centsOf(p.approved_changes)] as const,
      ),
      ...accepted.filter((document) => held.has(document.id)).map((d) => [d.project, unsent(d)] as const),
      ...exported.byProject,
      ...journal.leftOut,
    ]),
  };
  expect(sides.accounts, "waiting, held, exported and left out").toEqual(sides.accepted);
  expect(
    amounts(accepted.filter((d) => same.includes(d.id)).map((d) => [d.project, unsent(d)])),
    "nothing to send is nothing",
  ).toEqual(new Map());
  expect(exported.byKey, "the files' keys are the movements'").toEqual(journal.claimedByKey);
  expect(amounts([...journal.claimed, ...journal.posted]), "claimed and posted").toEqual(exported.byProject);
  return { planned, same, held, documents, exported };
}

/** Exports, and finds that everything stands where it stood, but for what is no longer waiting. */
async function exportAndBalance(town: Town): Promise<void> {
  await balance(town);
  const { companies } = await exportAll(town.context);
  expect(companies.map((company) => company.error)).toEqual([null, null]);
  const after = await balance(town);
  expect([after.planned, after.same], "what can go has gone").toEqual([[], []]);
}

async function reconcileAndBalance(town: Town) {
  const { companies } = await reconcileAll(town.context);
  expect(companies.map((company) => company.error)).toEqual([null, null]);
  await tieOut(town);
  return balance(town);
}

/** What is posted, open, different and unexpected adds up to the files and to Sage's tables, key by key. */
async function tieOut(town: Town): Promise<void> {
  const { companies } = await reportAll(town.context);
  const reports = await Promise.all(companies.flatMap(({ report }) => (report ? wholeReport(report) : [])));
  expect(reports).toHaveLength(2);
  type Keyed = Pick<
    (typeof reports)[number]["keys"][number],
    "kind" | "job" | "extra" | "cost_code" | "category"
  >;
  const sums = <Row extends Keyed>(rows: readonly Row[], cents: (row: Row) => bigint) =>
    amounts(
      rows.map((row) => [[row.kind, row.job, row.extra, row.cost_code, row.category].join("|"), cents(row)]),
    );
  const keys = reports.flatMap((report) => report.keys);
  const { byKey } = readExported(town.outboxes, town.projectOfJob);
  expect(
    sums(keys, (key) => key.exported),
    "exported",
  ).toEqual(byKey);
  const inSage = await town.postedByKey();
  expect(
    sums(keys, (key) => key.posted + key.unexpected),
    "posted",
  ).toEqual(inSage);
  for (const { money, lines, batches, differences, waiting_lines, keys: own } of reports) {
    const all = money.posted + money.awaiting_posting + money.differing;
    const exported = [...sums(own, (key) => key.exported).values()].reduce((a, b) => a + b, 0n);
    expect(all + money.accepted_difference).toBe(exported);
    const states = Object.values(lines).reduce((sum, n) => sum + n, 0);
    expect(states).toBe(batches.reduce((sum, batch) => sum + batch.lines, 0));
    // A key without a difference is posted as it was exported; every other tells by how much it is not.
    const difference = sums(
      [...differences, ...waiting_lines].filter(({ line_no }) => line_no !== null),
      (one) => one.difference,
    );
    expect(sums(own, (key) => key.posted - key.exported)).toEqual(difference);
  }
}

/** A budget may have lost every code that carries an amount: somebody says that this is meant. */
async function letLinesGo(town: Town): Promise<void> {
  const { companies } = await planAll(town.context);
  for (const { rule, document_id } of companies.flatMap((company) => company.holds))
    if (rule === "lines_gone") {
      const released = await releaseDocument(town.context, document_id, { reason: "it is meant" });
      expect(released).toMatchObject({ ok: true });
    }
}

type Round = typeof round extends fc.Arbitrary<infer Value> ? Value : never;

async function play(
  makePair: () => Promise<DatabasePair>,
  first: readonly Line[][],
  rounds: readonly Round[],
): Promise<void> {
  const town = await makeTown(makePair, first);
  try {
    for (const {
      edits,
      modifications,
      acceptedAgain,
      remap,
      imports,
      postings,
      corrects,
      archives,
    } of rounds) {
      for (const one of edits) await town.editBudget(one);
      for (const one of modifications) await town.addModification(one.project, one.lines);
      if (acceptedAgain) await town.acceptModificationAgain(acceptedAgain.at, acceptedAgain.changed);
      if (remap) town.remap();
      await exportAndBalance(town);
      await town.account({ imports, postings, corrects, archives });
      await reconcileAndBalance(town);
      town.clock.addDays(1);
    }

    // People mend what they can: codes are mapped, sent modifications put back, every entry posted and corrected.
    town.mapEverything();
    await town.putModificationsBack();
    let end: Awaited<ReturnType<typeof balance>>;
    let days = 0;
    do {
      await letLinesGo(town);
      await exportAndBalance(town);
      await town.account({ imports: "once", postings: ["as it is"], corrects: true, archives: false });
      end = await reconcileAndBalance(town);
      town.clock.addDays(1);
    } while (++days < 6 && end.documents.some((document) => document.status !== "synced"));
    expect(end.documents.filter((d) => d.status !== "synced" || d.locked || !d.linesSynced)).toEqual([]);
    expect(await town.postedByProject()).toEqual(end.exported.byProject);
    expect(end.exported.byProject).toEqual(amounts(end.documents.map((d) => [d.project, d.cents])));

    const folders = town.batchFolders();
    const again = await exportAll(town.context);
    for (const { batches, nothing_to_send, holds } of again.companies)
      expect([batches, nothing_to_send, holds]).toEqual([[], [], []]);
    expect(town.batchFolders()).toEqual(folders);
    const records = readRunRecords(town.context.config.companies[0]?.reports ?? "");
    expect(records.length).toBeGreaterThan(4);
    expect(disagreeing(records), "control totals of every run").toEqual([]);
  } finally {
    await town.close();
  }
}

/** On a server each history takes many times as long, and each has databases of its own. */
const SHARE = { sqlite: 1, sqlserver: 0.4 } as const;

eachDatabase("conservation", (makePair, engine) => {
  it("every cent accepted is in exactly one account at every step, and all are posted and synced in the end", {
    timeout: 3_600_000,
  }, async () => {
    const property = fc.asyncProperty(
      budgets,
      fc.array(round, { minLength: 2, maxLength: 4 }),
      (first, rounds) => play(makePair, first, rounds),
    );
    const numRuns = Math.ceil(extentOf("conservedHistories") * SHARE[engine]);
    await fc.assert(property, { numRuns, seed: testSeed() });
  });

  it("a project that staging moves to another company is not sent there as well: what it sent still counts", async () => {
    const line: Line = { costCode: "03-100", subJob: null, costType: "M", cents: 10_000 };
    const town = await makeTown(makePair, [[line], [line], [line]]);
    try {
      await exportAll(town.context);
      await town.account({ imports: "once", postings: ["as it is"], corrects: false, archives: false });
      await reconcileAll(town.context);
      await town.moveToBeta("25-1001");
      await town.editBudget({ project: "25-1001", what: "accept again", at: 0, line, forced: false });
      const [acme, beta] = (await exportAll(town.context)).companies;
      expect([acme?.batches, acme?.holds]).toEqual([[], []]);
      expect(beta?.batches).toEqual([]);
      expect(beta?.holds).toMatchObject([
        { project_number: "25-1001", document_id: "B-25-1001", rule: "target_changed" },
      ]);
    } finally {
      await town.close();
    }
  });
});
