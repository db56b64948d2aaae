import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CompanyExport, exportAll } from "../../src/run/export/export.ts";
import { type CompanyPlan, planAll } from "../../src/run/look/plan.ts";
import { type CompanyReconcile, reconcileAll } from "../../src/run/reconcile/reconcile.ts";
import { DOCUMENT_TABLES } from "../../src/staging/columns.ts";
import { type Amounts, amounts, centsOf, readExported } from "../support/accounts.ts";
import type { DatabasePair } from "../support/databases.ts";
import { DOCUMENT_EVENTS, decisionsOn, RESTORED } from "../support/document-decisions.ts";
import {
  copyOf,
  EVENTS,
  makeStates,
  postEverything,
  REMAPPED,
  SUBJECTS,
  type Subject,
} from "../support/document-states.ts";
import { readLineRows } from "../support/journal-rows.ts";
import type { World } from "../support/world.ts";

/** One export, with what the plan before it said, and the batches that each document is in. */
interface Exported {
  readonly plan: CompanyPlan;
  readonly done: CompanyExport;
  readonly batchesOf: ReadonlyMap<string, readonly string[]>;
}

async function runExport(world: World): Promise<Exported> {
  const [plan] = (await planAll(world.context)).companies;
  const [done] = (await exportAll(world.context)).companies;
  if (!plan || !done) throw new Error("the configuration has a company");
  const batchesOf = new Map<string, string[]>();
  const { names } = world.context;
  const sent = world.db.sql
    .build(`${names.journal("sent_document")} as d`)
    .join(`${names.journal("batch")} as b`, "b.id", "d.batch")
    .select("d.document_id", "b.batch_id");
  for (const row of await world.db.query(sent))
    batchesOf.set(String(row.document_id), [
      ...(batchesOf.get(String(row.document_id)) ?? []),
      String(row.batch_id),
    ]);
  return { plan, done, batchesOf };
}

const heldBy = (documentId: string, holds: readonly { document_id: string; rule: string }[]): string[] => {
  const rules = new Set(holds.filter((hold) => hold.document_id === documentId).map(({ rule }) => rule));
  return rules.size > 0 ? [`held by ${[...rules].sort().join(" and ")}`] : [];
};

/** What an export did with a document: the plan before it said the same. */
function doneWith(
  { documentId, number, kind }: Subject,
  claimedAs: string,
  { plan, done, batchesOf }: Exported,
): string[] {
  expect(done.error?.name, "the plan stops where the export does").toBe(plan.error?.name);
  if (done.error) return [`stopped by ${done.error.name}`];
  const isIn = (id: string, recovered: boolean) =>
    done.batches.some(
      (batch) => batch.recovered === recovered && batchesOf.get(id)?.includes(batch.batch_id),
    );
  const outcome = [
    ...(isIn(documentId, false) ? ["sent"] : []),
    ...(done.nothing_to_send.includes(documentId) ? ["synced at once"] : []),
    ...heldBy(documentId, done.holds),
  ];
  const planned = plan.batches.flatMap((batch) => batch.projects.flatMap((project) => project.documents));
  expect(
    [
      ...(planned.some((document) => document.document_id === documentId) ? ["sent"] : []),
      ...(plan.nothing_to_send.includes(documentId) ? ["synced at once"] : []),
      ...heldBy(documentId, plan.holds),
    ],
    `${number}: the plan says what the export does`,
  ).toEqual(outcome);
  const name = kind === "budget" ? "The budget" : `Modification ${documentId}`;
  return [
    ...(isIn(claimedAs, true) ? ["written"] : []),
    ...outcome,
    ...(plan.waiting.some((one) => one.document_id === documentId) ? ["waits"] : []),
    ...(done.notices.some((notice) =>
      notice.startsWith(`${name} of project ${number} was sent, and has gone`),
    )
      ? ["reported as gone"]
      : []),
  ];
}

const foundOf = ({ documentId, number }: Subject, found: CompanyReconcile): string[] => [
  ...(found.error ? [`stopped by ${found.error.name}`] : []),
  ...(found.synced.includes(documentId) ? ["synced"] : []),
  ...found.differences.filter(({ job }) => job === number).map(({ state }) => `shown as ${state}`),
];

const inWords = (outcomes: readonly string[]): string => [...new Set(outcomes)].join(", then ") || "nothing";

const CATEGORIES: Readonly<Record<string, string>> = { L: "LAB", M: "MAT" };

/** What a document's lines come to by key in Sage, by rules of the test's own. */
async function wanted(
  world: World,
  { kind, number, documentId }: Subject,
  isRemapped: boolean,
): Promise<Amounts> {
  const { lines, id, amount } = DOCUMENT_TABLES[kind];
  const rows = (await world.rows(lines)).filter((row) => row[id] === documentId);
  return amounts(
    rows.map((row) => [
      [
        kind === "budget" ? "original" : "approved_change",
        number,
        row.sub_job_code === null ? "" : "CO-001",
        isRemapped && row.cost_code === "03-100" ? REMAPPED : row.cost_code,
        CATEGORIES[String(row.cost_type)],
      ].join("|"),
      centsOf(String(row[amount])),
    ]),
  );
}

/** What the import files carry of a document's kind on its job. */
function carried(world: World, { kind, number }: Subject): Amounts {
  const prefix = `${kind === "budget" ? "original" : "approved_change"}|${number}|`;
  const { byKey } = readExported([world.outbox], (job) => job);
  return amounts([...byKey].filter(([key]) => key.startsWith(prefix)));
}

/** What the files must carry after an export did that: a budget's key what is wanted, a modification on top. */
function carriedAfter(
  { kind }: Subject,
  outcome: readonly string[],
  before: Amounts,
  { claimed, now }: { readonly claimed: Amounts; readonly now: Amounts },
): Amounts {
  const isNow = outcome.includes("sent") || (kind === "budget" && outcome.includes("synced at once"));
  const added = [...(outcome.includes("written") ? [claimed] : []), ...(isNow ? [now] : [])];
  return kind === "budget"
    ? (added.at(-1) ?? before)
    : amounts([before, ...added].flatMap((one) => [...one]));
}

/** What flags say of each document, whatever was done: a budget is locked as long as something is under way. */
async function expectTrueFlags(world: World): Promise<void> {
  const lines = await readLineRows(world.db, world.context.names);
  const openLines = lines.filter((line) => line.tied_out_event === null);
  for (const { kind, state, number } of SUBJECTS) {
    const isOfProject = (row: Record<string, unknown>) => row.project_id === `P-${number}`;
    const budgets = (await world.rows("budget")).filter(isOfProject);
    const modifications = (await world.rows("budget_modification")).filter(isOfProject);
    const documents = [...budgets, ...modifications];
    const flags = (some: typeof documents, status: string) =>
      some
        .filter((row) => row.erp_status === status)
        .map((row) => [Number(row.erp_synced), Number(row.erp_locked)]);
    const cell = `${kind}, ${state}`;
    for (const one of flags(documents, "exported")) expect(one, cell).toEqual([0, 1]);
    for (const one of flags(modifications, "synced")) expect(one, cell).toEqual([1, 0]);
    const statuses = new Set(documents.map((row) => row.erp_status));
    const isFree = !["exported", "accepted", "sent"].some((status) => statuses.has(status));
    for (const budget of budgets)
      if (statuses.has("exported")) expect(Number(budget.erp_locked), cell).toBe(1);
      else if (isFree && !openLines.some(isOfProject)) expect(Number(budget.erp_locked), cell).toBe(0);
  }
}

it("the table has a cell for every state and event", () => {
  for (const event of DOCUMENT_EVENTS)
    expect(
      decisionsOn(event)
        .map(([cell]) => cell)
        .sort(),
      event,
    ).toEqual(SUBJECTS.map(({ kind, state }) => `${kind}, ${state}`).sort());
});

describe("what becomes of a document, by its state and by what is done to it", () => {
  let built: DatabasePair;
  beforeAll(async () => {
    built = await makeStates();
  });
  afterAll(() => built.remove());

  for (const event of DOCUMENT_EVENTS)
    it(event, async () => {
      const { world, pair } = await copyOf(built, event === RESTORED);
      try {
        const cells = await Promise.all(
          SUBJECTS.map(async (one) => {
            const subject = { ...one };
            const claimed = await wanted(world, subject, false);
            if (event !== RESTORED) await EVENTS[event](world, subject);
            const now = await wanted(world, subject, event.startsWith("a code is mapped elsewhere"));
            return {
              subject,
              claimedAs: one.documentId,
              contents: { claimed, now },
              before: carried(world, subject),
            };
          }),
        );

        const first = await runExport(world);
        const afterFirst = cells.map((cell) => {
          const outcome = doneWith(cell.subject, cell.claimedAs, first);
          const now = carried(world, cell.subject);
          expect(now, `${cell.subject.kind}, ${cell.subject.state}`).toEqual(
            carriedAfter(cell.subject, outcome, cell.before, cell.contents),
          );
          return { ...cell, next: outcome, before: now };
        });

        await postEverything(world);
        const [found] = (await reconcileAll(world.context)).companies;
        if (!found) throw new Error("the configuration has a company");
        const second = await runExport(world);
        const outcomes = afterFirst.map(({ subject, claimedAs, contents, next, before }) => {
          const outcome = doneWith(subject, claimedAs, second);
          expect(carried(world, subject), `${subject.kind}, ${subject.state}`).toEqual(
            carriedAfter(subject, outcome, before, contents),
          );
          const later = inWords([...foundOf(subject, found), ...outcome]);
          return [`${subject.kind}, ${subject.state}`, `${inWords(next)} | ${later}`] as const;
        });
        expect(Object.fromEntries(outcomes)).toEqual(Object.fromEntries(decisionsOn(event)));

        await postEverything(world);
        await reconcileAll(world.context);
        if (event !== RESTORED) await expectTrueFlags(world);
      } finally {
        await world.close();
        await pair.remove();
      }
    });
});
