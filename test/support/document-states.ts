import { cpSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { NewEntry } from "../../src/demo/sage/simulator.ts";
import { exportAll } from "../../src/run/export/export.ts";
import { reconcileAll } from "../../src/run/reconcile/reconcile.ts";
import { DOCUMENT_TABLES } from "../../src/staging/columns.ts";
import { copyPair, type DatabasePair, sqlitePair } from "./databases.ts";
import {
  BUDGET_STATES,
  type DocumentEvent,
  type DocumentState,
  MODIFICATION_STATES,
  type RESTORED,
} from "./document-decisions.ts";
import { makeWorld, openWorld, stageBudget, stageModification, type World } from "./world.ts";

/** A document in one of the states, alone in its project but for the budget that a modification needs. */
export interface Subject {
  readonly kind: "budget" | "modification";
  readonly state: DocumentState;
  readonly number: string;
  /** Another one once the document is made anew. */
  documentId: string;
}

const COMPANY_SETTINGS = { batch_by: "company" };
const UNMAPPED = "99-999";
/** What 03-100 becomes once it is remapped. */
export const REMAPPED = "03-200";

export const SUBJECTS: readonly Subject[] = [
  ...BUDGET_STATES.map((state) => ({ kind: "budget" as const, state })),
  ...MODIFICATION_STATES.map((state) => ({ kind: "modification" as const, state })),
].map(({ kind, state }, index) => {
  const number = `25-${3001 + index}`;
  return { kind, state, number, documentId: kind === "budget" ? `B-${number}` : `M-${number}-2` };
});

/** A document's lines: four codes, so that one of them may go without a release. */
const LINES = [
  ["1", null, "03-100", "M", "100.00"],
  ["2", null, "01-510", "M", "50.00"],
  ["3", null, "16-700", "L", "25.00"],
  ["4", "PH1", "03-100", "L", "10.00"],
] as const;
const linesOf = (subject: string) =>
  LINES.map(([id, ...rest]) => [`${subject}-${id}`, ...rest] as [string, ...typeof rest]);

/** A world with a project for each state, at `folder`: what a test does with a copy of it harms nobody else. */
export async function makeStates(): Promise<DatabasePair> {
  const pair = await sqlitePair();
  const world = await makeWorld(pair, COMPANY_SETTINGS);
  try {
    await buildStates(world, pair.folder);
  } finally {
    await world.close();
  }
  return pair;
}

/** The world of `makeStates`, copied to a folder of its own; `restored`: with the earlier copy of its database. */
export async function copyOf(
  original: DatabasePair,
  restored = false,
): Promise<{ world: World; pair: DatabasePair }> {
  const pair = await copyPair(original);
  if (restored) cpSync(join(pair.folder, EARLIER_COPY), join(pair.folder, STAGING));
  const world = await openWorld(pair, COMPANY_SETTINGS);
  world.clock.addDays(3);
  return { world, pair };
}

/** Where `makeStates` keeps staging and journal as they were before anything was sent. */
const EARLIER_COPY = "staging-earlier.db";
const STAGING = "staging.db";

export const writeMapping = (world: World, concrete: string): void =>
  world.map(
    "cost-codes",
    `project_number,cost_code,sage_cost_code\n,01-510,01-510\n,03-100,${concrete}\n,16-700,16-700\n`,
  );

export async function setStatus(world: World, subject: Subject, status: string): Promise<void> {
  const { header, id } = DOCUMENT_TABLES[subject.kind];
  const at = world.clock.now().toISOString().slice(0, 19);
  if (status === "accepted")
    await world.statement(
      `update staging.${header} set erp_status = 'accepted', accepted_at = ? where ${id} = ?`,
      at,
      subject.documentId,
    );
  else
    await world.statement(
      `update staging.${header} set erp_status = ? where ${id} = ?`,
      status,
      subject.documentId,
    );
}

export async function setLine(
  world: World,
  { kind, documentId }: Subject,
  line: number,
  column: "amount" | "cost_code",
  value: string,
): Promise<void> {
  const { lines, id, lineId, amount } = DOCUMENT_TABLES[kind];
  const written = column === "amount" ? amount : column;
  await world.statement(
    `update staging.${lines} set ${written} = ? where ${id} = ? and ${lineId} like ?`,
    value,
    documentId,
    `%-${line}`,
  );
}

/** Imports what is new in the outbox; what Sage rejects stays out. */
async function importNew(world: World, imported: Set<string>): Promise<void> {
  const folders = existsSync(world.outbox) ? readdirSync(world.outbox).filter((n) => !n.startsWith(".")) : [];
  for (const batch of folders.sort().filter((name) => !imported.has(name))) {
    imported.add(batch);
    for (const [fileName, bytes] of [...world.folder(batch)].sort())
      if (fileName.endsWith(".jce"))
        await world.sage.importFile({
          fileName,
          bytes,
          asApprovedChange: fileName.includes("-2-approved-changes"),
          allowCostCodeCreation: false,
        });
  }
}

/** Accountants bring everything into the books that they were given, and that Sage has a place for. */
export async function postEverything(world: World): Promise<void> {
  await importNew(world, new Set(BUILT_BATCHES));
  const { build } = world.sageDb.sql;
  const places = await world.sageDb.query(build("JCM_MASTER__CATEGORY").select("Job", "Extra", "Cost_Code"));
  const codes = new Set(places.map((row) => [row.Job, row.Extra, row.Cost_Code].join("|")));
  await world.sage.post({ which: ({ job, extra, costCode }) => codes.has([job, extra, costCode].join("|")) });
}
/** The batches that are imported when the states are built. */
const BUILT_BATCHES = ["ACME-000001", "ACME-000002"];

/** How far Sage is with the entries of a state that was exported. */
const POSTED: Partial<Record<DocumentState, "first" | "wrong" | "all">> = {
  "partly posted": "first",
  "posted with another amount": "wrong",
  "posted, changed since": "all",
  synced: "all",
  "synced, with a held one before it": "all",
};
const EXPORTED: ReadonlySet<DocumentState> = new Set([
  "exported",
  "partly posted",
  "posted with another amount",
  "posted, changed since",
  "synced",
  "accepted again while exported",
  "changed and accepted again while exported",
  "synced, with a held one before it",
]);

async function buildStates(world: World, folder: string): Promise<void> {
  const { context, sage } = world;
  for (const { number } of SUBJECTS) await sage.addJob(number, number);
  await sage.addStandardCostCode(REMAPPED, "Concrete forming");
  world.map("jobs", `project_number,job\n${SUBJECTS.map(({ number }) => `${number},${number}\n`).join("")}`);
  writeMapping(world, "03-100");

  for (const { kind, state, number } of SUBJECTS) {
    const isSent = kind === "budget" ? EXPORTED.has(state) : state !== "accepted before its budget";
    await stageBudget(world, number, linesOf(`B${number}`), isSent ? "accepted" : "not_sent");
  }
  cpSync(join(folder, STAGING), join(folder, EARLIER_COPY));

  const posting = async (kind: "budget" | "modification") => {
    await importNew(world, new Set(kind === "budget" ? [] : BUILT_BATCHES.slice(0, 1)));
    const subjects = new Map(SUBJECTS.map((subject) => [subject.number, subject]));
    const howFar = ({ job, kind: estimate }: NewEntry) => {
      const subject = subjects.get(job);
      if (subject?.kind === kind) return POSTED[subject.state];
      // The budgets under the modifications.
      return subject?.kind === "modification" && estimate === "original" ? "all" : undefined;
    };
    const isFirst = ({ costCode, category }: NewEntry) => costCode === "03-100" && category === "MAT";
    await sage.post({
      which: (entry) => howFar(entry) !== undefined && (howFar(entry) !== "first" || isFirst(entry)),
      change: (entry) => (howFar(entry) === "wrong" && isFirst(entry) ? entry.cents - 100n : entry.cents),
    });
    await reconcileAll(context);
  };
  const changeSome = async (kind: "budget" | "modification") => {
    for (const subject of SUBJECTS.filter((one) => one.kind === kind))
      if (subject.state === "posted, changed since") await setLine(world, subject, 1, "amount", "101.00");
  };

  await exportAll(context);
  await changeSome("budget");
  await posting("budget");

  world.clock.addDays(1);
  for (const { kind, state, number, documentId } of SUBJECTS) {
    if (kind === "budget") {
      if (state === "held") await world.statement(HELD, UNMAPPED, `B${number}-1`);
      continue;
    }
    if (state === "waiting behind a held one")
      await stageModification(world, number, "1", [heldLine(number)]);
    const status = EXPORTED.has(state) || state === "held" ? "accepted" : "not_sent";
    await stageModification(world, number, "2", linesOf(`M${number}`), status);
    if (state === "held") await setLine(world, subjectOf(documentId), 1, "cost_code", UNMAPPED);
  }
  for (const subject of SUBJECTS)
    if (subject.kind === "budget" && subject.state === "held") await setStatus(world, subject, "accepted");
  await exportAll(context);
  await changeSome("modification");
  await posting("modification");

  world.clock.addDays(1);
  for (const subject of SUBJECTS)
    if (subject.state === "claimed, not written") await setStatus(world, subject, "accepted");
  await exportAll({
    ...context,
    files: { ...context.files, rename: () => Promise.reject(new Error("the outbox cannot be written to")) },
  });

  for (const subject of SUBJECTS)
    switch (subject.state) {
      case "changed and accepted again while exported":
        await setLine(world, subject, 1, "amount", "120.00");
        await setStatus(world, subject, "accepted");
        break;
      case "accepted again while exported":
      case "accepted":
      case "accepted before its budget":
      case "waiting behind a held one":
        await setStatus(world, subject, "accepted");
        break;
      case "synced, with a held one before it":
        await stageModification(world, subject.number, "1", [heldLine(subject.number)]);
        break;
      case "sent":
      case "rejected":
      case "retrieved":
        await setStatus(world, subject, subject.state);
        break;
    }
}

const heldLine = (number: string) => [`${number}-H`, null, UNMAPPED, "M", "5.00"] as const;
const HELD = "update staging.budget_line_item set cost_code = ? where line_item_id = ?";
function subjectOf(documentId: string): Subject {
  const subject = SUBJECTS.find((one) => one.documentId === documentId);
  if (!subject) throw new Error(`no subject has the document ${documentId}`);
  return subject;
}

type Doing = (world: World, subject: Subject) => Promise<void>;
const nobody: Doing = async () => undefined;
const closeJob: Doing = (world, { number }) => world.sage.closeJob(number);

/** Something done to a document, and the acceptance after it. */
const accepted =
  (doing: Doing): Doing =>
  async (world, subject) => {
    await doing(world, subject);
    await setStatus(world, subject, "accepted");
  };

/** What somebody does to a document. */
export const EVENTS: Readonly<Record<Exclude<DocumentEvent, typeof RESTORED>, Doing>> = {
  "left alone": nobody,
  "accepted again, as it is": accepted(nobody),
  "accepted again with an amount up": accepted((world, subject) =>
    setLine(world, subject, 2, "amount", "70.00"),
  ),
  "accepted again with an amount down": accepted((world, subject) =>
    setLine(world, subject, 2, "amount", "30.00"),
  ),
  "accepted again with a line on another code": accepted((world, subject) =>
    setLine(world, subject, 2, "cost_code", "16-700"),
  ),
  "accepted again with one of four lines gone": accepted((world, subject) => deleteLines(world, subject, 2)),
  "accepted again with two of four lines gone": accepted((world, subject) =>
    deleteLines(world, subject, 2, 3),
  ),
  "changed, and not accepted": (world, subject) => setLine(world, subject, 2, "amount", "70.00"),
  deleted: deleteDocument,
  "deleted, made anew and accepted": accepted(makeAnew),
  rejected: (world, subject) => setStatus(world, subject, "rejected"),
  retrieved: (world, subject) => setStatus(world, subject, "retrieved"),
  "a code is mapped elsewhere": remap,
  "a code is mapped elsewhere, then accepted again": accepted(remap),
  "its job is closed in Sage": closeJob,
  "its job is closed in Sage, then accepted again as it is": accepted(closeJob),
  "its job is closed in Sage, then accepted again with an amount up": accepted(async (world, subject) => {
    await closeJob(world, subject);
    await setLine(world, subject, 2, "amount", "70.00");
  }),
  "a code is taken out of Sage": takeOutOfSage,
  "a code is taken out of Sage, then accepted again as it is": accepted(takeOutOfSage),
  "a code is taken out of Sage, then accepted again with its amount up": accepted(async (world, subject) => {
    await takeOutOfSage(world, subject);
    await setLine(world, subject, 2, "amount", "70.00");
  }),
};

type Cells = Record<string, string | number | null>;

async function deleteLines(world: World, { kind, documentId }: Subject, ...lines: number[]): Promise<void> {
  const { lines: table, id, lineId } = DOCUMENT_TABLES[kind];
  for (const line of lines)
    await world.statement(
      `delete from staging.${table} where ${id} = ? and ${lineId} like ?`,
      documentId,
      `%-${line}`,
    );
}

async function deleteDocument(world: World, { kind, documentId }: Subject): Promise<void> {
  const { header, id, lines } = DOCUMENT_TABLES[kind];
  await world.statement(`delete from staging.${lines} where ${id} = ?`, documentId);
  await world.statement(`delete from staging.${header} where ${id} = ?`, documentId);
}

/** The same lines under another document's id, with ids of their own. */
async function makeAnew(world: World, subject: Subject): Promise<void> {
  const { kind, number, documentId } = subject;
  const { header, id, lines, lineId } = DOCUMENT_TABLES[kind];
  const [before] = (await world.rows(header)).filter((row) => row[id] === documentId);
  const linesBefore = (await world.rows(lines)).filter((row) => row[id] === documentId);
  await deleteDocument(world, subject);
  subject.documentId = `${documentId}-anew`;
  await world.stage(header, {
    ...(before as Cells),
    ...{ erp_synced: 0, erp_locked: 0, erp_status: "sent", [id]: subject.documentId },
    ...(kind === "budget" ? { estimate_import_blocked: 0 } : { number: "3" }),
  });
  for (const [index, line] of linesBefore.entries())
    await world.stage(lines, {
      ...(line as Cells),
      ...{ [id]: subject.documentId, [lineId]: `${number}-anew-${index + 1}`, erp_synced: 0 },
    });
}

async function remap(world: World): Promise<void> {
  writeMapping(world, REMAPPED);
}

/** The second line's code: neither standard any more nor on the job. */
async function takeOutOfSage({ sageDb }: World, { number }: Subject): Promise<void> {
  const { build } = sageDb.sql;
  await sageDb.query(build("JCM_MASTER__STANDARD_COST_CODE").where({ Cost_Code: "01-510" }).delete());
  for (const table of ["JCM_MASTER__COST_CODE", "JCM_MASTER__CATEGORY"])
    await sageDb.query(build(table).where({ Job: number, Cost_Code: "01-510" }).delete());
}
