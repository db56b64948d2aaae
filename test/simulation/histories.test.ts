import { sep } from "node:path";
import { expect, it } from "vitest";
import { verifyAudit } from "../../src/audit/audit.ts";
import { groupBy } from "../../src/core/group-by.ts";
import { dayIn } from "../../src/core/time.ts";
import { readTieOutRoot } from "../../src/journal/tie-outs.ts";
import { type ExportResult, exportAll } from "../../src/run/export/export.ts";
import { type PlanResult, planAll } from "../../src/run/look/plan.ts";
import { lookAtStatus } from "../../src/run/look/status.ts";
import { type ReconcileResult, reconcileAll } from "../../src/run/reconcile/reconcile.ts";
import { amounts } from "../support/accounts.ts";
import { type ActingDocument, budgetAction } from "../support/budget-action.ts";
import { sqlitePair } from "../support/databases.ts";
import { extentOf, testSeed } from "../support/extent.ts";
import { keyOf, readOutbox } from "../support/jce.ts";
import { readLineRows } from "../support/journal-rows.ts";
import { chancesOf } from "../support/random.ts";
import { makeTwoCompanies } from "../support/two-companies.ts";
import { accountantsOf } from "./accountants.ts";
import { openBooks } from "./books.ts";
import { type Project, projectManagers } from "./people.ts";
import { readDocuments, type SimDocument } from "./staged.ts";

/*
 * A random history of two companies and thirty projects. At every step: the import files come to what was accepted
 * at each claim, key by key; flags are as the contract says; and the view and the status say of each project what
 * the contract's table says, with the reason.
 */

const SEED = testSeed();
const STEPS = Number(process.env.TIEOUT_TEST_STEPS ?? extentOf("randomSteps"));
const ZONE = "America/New_York";

const PROJECTS: readonly Project[] = Array.from({ length: 30 }, (_, index) => {
  const company = index < 18 ? "ACME" : "BETA";
  const number = company === "ACME" ? `25-${1001 + index}` : `25-${1983 + index}`;
  return { number, company, projectId: `P-${number}` };
});
/** Their jobs carried an estimate before this system came. */
const OLD_JOBS = ["25-1002", "25-2001", "25-2002"];

type Found = Awaited<ReturnType<typeof begin>>;

async function begin() {
  const chances = chancesOf(SEED);
  const companies = await makeTwoCompanies(sqlitePair, { reports: null, removal_limit: 60 });
  const { world, context, own, other } = companies;
  const books = openBooks(PROJECTS);
  for (const category of ["LAB", "MAT"]) await other.sage.addStandardCategory(category, category);
  for (const code of ["01-510", "03-100", "16-700"]) await other.sage.addStandardCostCode(code, code);
  for (const { sage } of [own, other])
    for (const code of ["09-250", "16-710"]) await sage.addStandardCostCode(code, code);
  for (const { number, company } of PROJECTS)
    if (number !== "25-1001" && number !== "25-1002")
      await (company === "ACME" ? own : other).sage.addJob(number, number);
  for (const { number, company } of PROJECTS.filter((project) => OLD_JOBS.includes(project.number)))
    await (company === "ACME" ? own : other).sage.enter({
      ...{ kind: "original", job: number, extra: "", costCode: "03-100", category: "MAT", cents: 500_000n },
    });
  world.map("jobs", `project_number,job\n${PROJECTS.map(({ number }) => `${number},${number}\n`).join("")}`);
  const map = (isComplete = false) =>
    world.map(
      "cost-codes",
      `project_number,cost_code,sage_cost_code\n,01-510,01-510\n,03-100,03-100\n,16-700,${books.mapping.communications}\n${
        isComplete ? ",09-250,09-250\n" : ""
      }`,
    );
  map();
  const people = projectManagers(world, PROJECTS, chances, books);
  await people.begin();
  return {
    ...{ chances, world, context, books, people, map, companies },
    offices: { ACME: accountantsOf(own, chances), BETA: accountantsOf(other, chances) },
    outboxes: [own.outbox, other.outbox],
    /** What the last export said of each document that it left accepted, and of which acceptance. */
    said: new Map<string, { readonly acceptedAt: string; readonly reason: string }>(),
    /** Since when each cause holds, by company. */
    since: new Map<string, Map<string, string>>(),
  };
}

const today = ({ world }: Found) => dayIn(ZONE, world.clock.now());

/** Runs an export, in one company up to where it would write; and has the books learn what it took. */
async function runExport(found: Found, killed: "ACME" | "BETA" | null): Promise<void> {
  const { world, context, books } = found;
  const before = await readDocuments(world);
  const planned = await planAll(context);
  const outbox = killed && found.outboxes[killed === "ACME" ? 0 : 1];
  const rename = (from: string, to: string) =>
    outbox && to.startsWith(outbox + sep)
      ? Promise.reject(new Error("the machine is switched off"))
      : context.files.rename(from, to);
  const done = await exportAll(killed ? { ...context, files: { ...context.files, rename } } : context);
  const after = new Map((await readDocuments(world)).map((document) => [document.id, document.status]));
  const became = (from: string, to: string) =>
    before.filter(({ id, status }) => status === from && after.get(id) === to);
  const [claimed, freed] = [became("accepted", "exported"), became("accepted", "synced")];
  const moved = before.filter(({ id, status }) => after.get(id) !== status);
  expect(moved.map(({ id }) => id).sort()).toEqual([...claimed, ...freed].map(({ id }) => id).sort());
  const stopped = done.companies.filter(({ error }) => error !== null).map(({ company }) => company);
  expect(killed ? [[], [killed]] : [[]]).toContainEqual(stopped);
  books.exported(claimed, freed, stopped[0] ?? null);
  listen(
    found,
    planned,
    done,
    before.filter(({ id, status }) => status === "accepted" && after.get(id) === status),
  );
}

/** What an export tells of each document that it leaves accepted. */
function listen(found: Found, planned: PlanResult, done: ExportResult, left: readonly SimDocument[]): void {
  for (const [index, { company, holds, error }] of done.companies.entries()) {
    if (error) continue;
    const before = found.since.get(company) ?? new Map<string, string>();
    // Of a line a cause is the same whatever its words; of a document its words tell what the cause is.
    const causeOf = (hold: (typeof holds)[number]) => {
      const words = hold.staging_line_id === null ? hold.message : "";
      return [hold.document_id, hold.staging_line_id, hold.field, hold.value, hold.rule, words].join("|");
    };
    const now = new Map(holds.map((hold) => [causeOf(hold), before.get(causeOf(hold)) ?? today(found)]));
    found.since.set(company, now);
    const own = new Set(PROJECTS.filter((project) => project.company === company).map((p) => p.projectId));
    for (const { id, projectId, acceptedAt } of left.filter((one) => own.has(one.projectId))) {
      const causes = holds.filter((hold) => hold.document_id === id);
      const lines = new Set(causes.flatMap(({ staging_line_id }) => staging_line_id ?? [])).size;
      const since = causes.map((hold) => now.get(causeOf(hold)) ?? "").sort()[0];
      const waits = planned.companies[index]?.waiting.find((one) => one.document_id === id)?.reason;
      const count = lines === 0 ? "" : `, ${lines} ${lines === 1 ? "line" : "lines"}`;
      const reason = causes[0] ? `held since ${since}${count}: ${causes[0].message}` : waits;
      expect(reason, `${id} of ${projectId} stays accepted for a reason`).toBeDefined();
      found.said.set(id, { acceptedAt, reason: reason ?? "" });
    }
  }
}

async function runReconcile(found: Found): Promise<void> {
  const { world, context, books, offices } = found;
  const before = await readDocuments(world);
  const { companies } = await reconcileAll(context);
  expect(companies.map(({ error }) => error)).toEqual([null, null]);
  books.written();
  await expectNothingMissed(found, companies);
  const documents = await readDocuments(world);
  const after = new Map(documents.map((document) => [document.id, document]));
  const moved = before.filter(({ id, status }) => after.get(id)?.status !== status);
  expect(moved.map(({ status }) => status)).toEqual(moved.map(() => "exported"));

  // Where every entry is simply one line's, as many are in Sage as documents were freed for.
  const freed = moved.flatMap(({ id }) => after.get(id) ?? []);
  for (const document of freed) {
    expect([document.status, document.synced]).toEqual(["synced", true]);
    expect(document.lines.filter((line) => !line.synced)).toEqual([]);
    expect(books.isAsClaimed(document), `${document.id} is as it was sent`).toBe(true);
  }
  const lines = groupBy(found.outboxes.flatMap(readOutbox), keyOf);
  for (const office of Object.values(offices)) {
    const posted = groupBy(await office.posted(), ({ key }) => key);
    for (const document of freed)
      for (const key of books.keysAtClaim(document)) {
        const own = lines.get(key) ?? [];
        // Of a budget every line is posted by then; of a modification only its own, and others may be on its key.
        if (office.oddKeys.has(key) || (document.kind === "modification" && own.length > 1)) continue;
        if (!isOfOffice(found, office, document.projectId.slice(2))) continue;
        const cents = posted.get(key)?.map((entry) => entry.cents) ?? [];
        for (const line of own) expect(cents, `${document.id}: ${key} was posted`).toContain(line.cents);
      }
  }

  const open = new Set((await openLines(found)).map((row) => String(row.project_id)));
  for (const budget of documents.filter(({ kind }) => kind === "budget")) {
    const own = documents.filter(({ projectId }) => projectId === budget.projectId);
    const isUnderWay = own.some(({ status }) => ["exported", "accepted", "sent"].includes(status));
    if (!isUnderWay && !open.has(budget.projectId))
      expect(budget.locked, `${budget.id} is free, since nothing is under way`).toBe(false);
  }
}

/** What was looked at was all that there was to see: everything looked at anew says the same, part by part. */
async function expectNothingMissed({ context }: Found, seen: ReconcileResult["companies"]): Promise<void> {
  const partsOf = async (company: string) => {
    const root = await readTieOutRoot(context, company);
    return root.ok ? root.value?.partsSum : root.problem;
  };
  const before = await Promise.all(seen.map(({ company }) => partsOf(company)));
  const { companies } = await reconcileAll(context, { full: true });
  for (const [index, { company, lines, differences, digests_lied, synced }] of companies.entries()) {
    expect([company, digests_lied, synced]).toEqual([company, [], []]);
    expect([lines, differences]).toEqual([seen[index]?.lines, seen[index]?.differences]);
    expect(await partsOf(company), `the parts of ${company}`).toBe(before[index]);
  }
}

const isOfOffice = ({ offices }: Found, office: unknown, job: string): boolean =>
  offices[PROJECTS.find(({ number }) => number === job)?.company ?? "ACME"] === office;

const linesInFiles = async ({ world, context }: Found) =>
  (await readLineRows(world.db, context.names)).filter((line) => Number(line.in_file) === 1);

const openLines = async (found: Found) =>
  (await linesInFiles(found)).filter((line) => line.tied_out_event === null);

/** Words for the exported documents of each project: how far its open batches are. */
async function exportedReasons(found: Found): Promise<(projectId: string) => string> {
  const { world, context } = found;
  const { build } = world.db.sql;
  const lines = await linesInFiles(found);
  const batches = await world.db.query(build(context.names.journal("batch")).orderBy("batch_id").select());
  return (projectId) => {
    const open = batches.flatMap((batch) => {
      const own = lines.filter((line) => line.batch_id === batch.batch_id && line.project_id === projectId);
      const tied = own.filter((line) => line.tied_out_event !== null).length;
      return tied < own.length ? [{ batch, tied, lines: own.length }] : [];
    });
    if (open.length === 0) return "every entry is posted, but staging has changed since the export";
    const sum = (of: (one: (typeof open)[number]) => number) =>
      open.reduce((total, one) => total + of(one), 0);
    const since = open.map(({ batch }) => dayIn(ZONE, new Date(String(batch.created_at)))).sort()[0];
    const ids = open.map(({ batch }) => batch.batch_id).join(", ");
    return `${sum((one) => one.tied)} of ${sum((one) => one.lines)} entries posted, batch ${ids}, since ${since}`;
  };
}

/** All that must be true at every step. */
async function check(found: Found): Promise<void> {
  const { world, context, books } = found;
  const inFiles = amounts(found.outboxes.flatMap(readOutbox).map((line) => [keyOf(line), line.cents]));
  expect(inFiles, "the files are what was accepted at each claim").toEqual(books.inFiles());

  const documents = await readDocuments(world);
  for (const { id, kind, projectId, status, synced, locked } of documents) {
    const isExported = documents.some((one) => one.projectId === projectId && one.status === "exported");
    if (status === "exported") expect([synced, locked], id).toEqual([false, true]);
    if (status === "synced") expect(synced, id).toBe(true);
    if (status === "synced" && kind === "modification") expect(locked, id).toBe(false);
    if (kind === "budget" && isExported && !books.isUnlocked(projectId)) expect(locked, id).toBe(true);
  }
  for (const budget of documents.filter(({ kind }) => kind === "budget"))
    if (documents.some((one) => one.projectId === budget.projectId && one.status === "exported"))
      if (!books.isUnlocked(budget.projectId)) expect(budget.blocked, budget.id).toBe(true);

  const exportedReason = await exportedReasons(found);
  const acting = ({ id, projectId, status, acceptedAt }: SimDocument): ActingDocument => {
    const said = found.said.get(id);
    const accepted = said?.acceptedAt === acceptedAt ? said.reason : "waiting for export";
    const reasons: Record<string, string> = {
      sent: "waiting for accounting acceptance",
      accepted,
      exported: exportedReason(projectId),
    };
    return { status, reason: reasons[status] ?? "" };
  };
  const view = await world.db.query(world.db.sql.build(context.names.journal("budget_action")).select());
  const rows = new Map(view.map((row) => [String(row.project_id), row]));
  const status = await lookAtStatus(context);
  const projects = status.ok ? status.value.projects : [];
  for (const { projectId, number } of PROJECTS) {
    const own = documents.filter((document) => document.projectId === projectId);
    const row = rows.get(projectId);
    const shown = projects.find((project) => project.project_id === projectId);
    expect([row !== undefined, shown !== undefined], `${number} has a row`).toEqual(
      own.length > 0 ? [true, true] : [false, false],
    );
    if (!row || !shown) continue;
    const expected = budgetAction(own.map(acting), books.isInTheBooks(projectId));
    const where = `${number}: ${own.map((document) => `${document.id} ${document.status}`).join(", ")}`;
    expect(shown, where).toMatchObject(expected);
    // The view has bits where the status has yes and no.
    const bits = Object.entries(expected).map(([column, value]) => {
      const cell = row[column];
      return [column, typeof value === "boolean" ? Number(cell) === 1 : cell];
    });
    expect(Object.fromEntries(bits), where).toEqual(expected);
  }
}

/** What may happen, each as often as it is named. */
function happenings(
  found: Found,
): readonly (readonly [name: string, times: number, doing: () => Promise<unknown>])[] {
  const { people, chances, offices, books, world, context, map } = found;
  const office = () => chances.pick(Object.values(offices));
  return [
    ["edit and accept", 10, people["edit and accept"]],
    ["edit", 3, people.edit],
    ["accept", 6, people.accept],
    ["send", 2, people.send],
    ["reject or retrieve", 2, people["reject or retrieve"]],
    ["add a modification", 8, people["add a modification"]],
    ["delete a document", 1, people["delete a document"]],
    ["make a budget anew", 1, people["make a budget anew"]],
    ["decide", 2, () => people.decide(context)],
    ["export", 8, () => runExport(found, null)],
    [
      "export, killed",
      3,
      async () => {
        // So that there is something to be killed over.
        for (let n = 0; n < 4; n++) await people["edit and accept"]();
        await runExport(found, chances.pick(["ACME", "BETA"] as const));
      },
    ],
    ["reconcile", 7, () => runReconcile(found)],
    ["import", 6, () => office().import()],
    ["import twice", 1, () => office()["import twice"]()],
    ["post", 7, () => office().post()],
    ["post in pieces", 2, () => office()["post in pieces"]()],
    ["reverse", 1, () => office().reverse()],
    ["put right", 3, () => office()["put right"]()],
    ["archive", 1, () => office().archive()],
    ["close a job", 1, () => offices.ACME["close a job"](["25-1001", "25-1003", "25-1004"])],
    ["reopen the jobs", 1, () => office()["reopen the jobs"]()],
    ["take a code out", 1, () => office()["take a code out"]()],
    ["put the code back", 1, () => office()["put the code back"]()],
    [
      "remap",
      1,
      async () => {
        books.mapping.communications = books.mapping.communications === "16-700" ? "16-710" : "16-700";
        map(chances.oneIn(2));
      },
    ],
    ["night", 3, async () => world.clock.addDays(1)],
  ];
}

it(`keeps files, flags and answers true at every step of a random history (TIEOUT_TEST_SEED=${SEED}, ${STEPS} steps)`, {
  timeout: 3_600_000,
}, async () => {
  const found = await begin();
  const told: string[] = [];
  try {
    const often = happenings(found).flatMap((one) => Array.from({ length: one[1] }, () => one));
    for (let step = 1; step <= STEPS; step++) {
      const [name, , doing] = found.chances.pick(often);
      told.push(`${step} ${name}`);
      found.world.clock.addDays(7 / 1440);
      await doing();
      await check(found);
    }

    told.push("everything is imported, posted and put right");
    await runReconcile(found);
    for (const office of Object.values(found.offices)) await office.tidyUp();
    await runReconcile(found);
    await check(found);
    const stuck = (await readDocuments(found.world)).filter(
      (document) => document.status === "exported" && found.books.isAsClaimed(document),
    );
    expect(
      stuck.map(({ id }) => id),
      "every document that is as it was sent is free",
    ).toEqual([]);
    const audit = await verifyAudit(found.context, {});
    expect(
      audit.ok && audit.value.companies.map(({ company, findings }) => [company, findings]),
      "every row is as its event tells",
    ).toEqual(found.context.config.companies.map(({ id }) => [id, []]));
  } catch (error) {
    console.error(
      `TIEOUT_TEST_SEED=${SEED} TIEOUT_TEST_STEPS=${STEPS}; the last steps: ${told.slice(-12).join(", ")}`,
    );
    throw error;
  } finally {
    await found.companies.close();
  }
});
