import { existsSync, readdirSync } from "node:fs";
import { DOCUMENT_TABLES } from "../../src/staging/columns.ts";
import { type Accounting, account } from "./accountants.ts";
import { type Amounts, amounts, centsOf, readJournal } from "./accounts.ts";
import type { DatabasePair } from "./databases.ts";
import { makeTwoCompanies } from "./two-companies.ts";
import { COMPANY, type TestClock } from "./world.ts";

/** A line of a budget or modification without its id. */
export interface Line {
  readonly costCode: string;
  readonly subJob: string | null;
  readonly costType: string;
  readonly cents: number;
}

/** The first two are of ACME, the last of BETA; each has the job of its number. */
export const PROJECTS = ["25-1001", "25-1002", "25-2001"] as const;
export type ProjectNumber = (typeof PROJECTS)[number];
const companyOf = (project: ProjectNumber) => (project === "25-2001" ? "BETA" : COMPANY);

export interface BudgetEdit {
  readonly project: ProjectNumber;
  readonly what: string;
  readonly at: number;
  readonly line: Line;
  readonly forced: boolean;
}
type Kind = "budget" | "modification";
type IdentifiedLine = Line & { readonly id: string };

export type Town = Awaited<ReturnType<typeof makeTown>>;

/** Two companies on one staging database, their projects' managers and their accountants. */
export async function makeTown(
  makePair: () => Promise<DatabasePair>,
  firstBudgets: readonly (readonly Line[])[],
) {
  // What a release lets go has a scenario of its own: here lines go as they please.
  const { world, context, own, other, close } = await makeTwoCompanies(makePair, { removal_limit: 100 });
  const { db, clock } = world;
  const { names } = context;
  const offices = [own, other];
  await other.sage.addJob("25-2001", "Elementary School");
  for (const category of ["LAB", "MAT"]) await other.sage.addStandardCategory(category, category);
  for (const code of ["01-510", "03-100", "16-700"]) await other.sage.addStandardCostCode(code, code);
  for (const { sage } of [own, other])
    for (const code of ["09-250", "16-710"]) await sage.addStandardCostCode(code, code);

  const jobs = PROJECTS.map((number) => `${number},${number}`);
  world.map("jobs", ["project_number,job", ...jobs, ""].join("\n"));
  let communications = "16-700";
  let everything = false;
  const writeMapping = () => {
    const codes = [
      "01-510,01-510",
      "03-100,03-100",
      `16-700,${communications}`,
      ...(everything ? ["09-250,09-250"] : []),
    ];
    const extras = ["PH1,CO-001,Phase one", ...(everything ? ["PH9,CO-009,Phase nine"] : [])];
    const file = (header: string, rows: string[]) => `${header}\n${rows.map((row) => `,${row}\n`).join("")}`;
    world.map("cost-codes", file("project_number,cost_code,sage_cost_code", codes));
    world.map("extras", file("project_number,sub_job,extra,description", extras));
  };
  writeMapping();

  const run = (sql: string, ...values: (string | number)[]) => world.statement(sql, ...values);
  let lastId = 0;
  const identified = (line: Line): IdentifiedLine => ({ ...line, id: `L${++lastId}` });
  const spelled = ({ cents, id }: IdentifiedLine): string => {
    const digits = String(Math.abs(cents)).padStart(3, "0");
    const text = `${cents < 0 ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
    return Number(id.slice(1)) % 3 === 0 ? ` ${text}00 ` : text;
  };

  /** Writes a document's lines anew and has it accepted. */
  async function accept(kind: Kind, documentId: string, lines: readonly IdentifiedLine[]): Promise<void> {
    const table = DOCUMENT_TABLES[kind];
    await run(`delete from staging.${table.lines} where ${table.id} = ?`, documentId);
    for (const line of lines)
      await world.stage(table.lines, {
        [table.lineId]: line.id,
        [table.id]: documentId,
        sub_job_code: line.subJob,
        cost_code: line.costCode,
        cost_type: line.costType,
        description: "",
        [table.amount]: spelled(line),
        erp_synced: 0,
      });
    const at = clock.now().toISOString().slice(0, 19);
    await run(
      `update staging.${table.header} set erp_status = 'accepted', accepted_at = ? where ${table.id} = ?`,
      at,
      documentId,
    );
  }
  const newHeader = {
    erp_status: "sent",
    accepted_by: "Ann Approver",
    accepted_at: null,
    erp_synced: 0,
    erp_locked: 0,
  };

  const budgets = new Map<ProjectNumber, { id: string; lines: IdentifiedLine[] }>();
  const modifications: { id: string; lines: IdentifiedLine[] }[] = [];
  for (const [index, number] of PROJECTS.entries()) {
    const budget = { id: `B-${number}`, lines: (firstBudgets[index] ?? []).map(identified) };
    // One line stays on a mapped code, so that a re-send never drops every key.
    const [first] = budget.lines;
    if (first) budget.lines[0] = { ...first, costCode: "03-100", subJob: null, costType: "M" };
    budgets.set(number, budget);
    await world.stage("project", {
      project_id: `P-${number}`,
      company: companyOf(number),
      project_number: number,
      name: number,
    });
    await world.stage("budget", {
      budget_id: budget.id,
      project_id: `P-${number}`,
      estimate_import_blocked: 0,
      ...newHeader,
    });
    await accept("budget", budget.id, budget.lines);
  }

  return {
    context,
    db,
    names,
    clock: clock as TestClock,
    outboxes: offices.map((office) => office.outbox),
    projectOfJob: (job: string) => `P-${job}`,
    isBudget: (documentId: string) => documentId.startsWith("B-"),
    batchFolders: () => offices.flatMap(({ outbox }) => (existsSync(outbox) ? readdirSync(outbox) : [])),

    async editBudget({ project, what, at, line, forced }: BudgetEdit): Promise<void> {
      const budget = budgets.get(project);
      if (!budget) return;
      const [header] = (await world.rows("budget")).filter((row) => row.budget_id === budget.id);
      if (header?.erp_status === "exported" && !forced) return;
      const { lines } = budget;
      const index = at % lines.length;
      const chosen = lines[index];
      if (what === "amount" && chosen) lines[index] = { ...chosen, cents: line.cents };
      if (what === "recode" && chosen && index > 0)
        lines[index] = { ...line, id: chosen.id, cents: chosen.cents };
      if (what === "add") lines.push(identified(line));
      if (what === "remove" && index > 0) lines.splice(index, 1);
      if (what === "make anew") {
        await run("delete from staging.budget_line_item where budget_id = ?", budget.id);
        await run("delete from staging.budget where budget_id = ?", budget.id);
        budget.id = `B-${project}-${++lastId}`;
        budget.lines = lines.map(identified);
        await world.stage("budget", {
          budget_id: budget.id,
          project_id: `P-${project}`,
          estimate_import_blocked: 0,
          ...newHeader,
        });
      }
      await accept("budget", budget.id, budget.lines);
    },

    /** Staging names the other company for a project, whose job that company's Sage has too. */
    async moveToBeta(project: ProjectNumber): Promise<void> {
      await other.sage.addJob(project, "Moved here");
      await run("update staging.project set company = 'BETA' where project_id = ?", `P-${project}`);
    },

    async addModification(project: ProjectNumber, lines: readonly Line[]): Promise<void> {
      const number = String(modifications.length + 1);
      const modification = { id: `M-${number}`, lines: lines.map(identified) };
      modifications.push(modification);
      await world.stage("budget_modification", {
        modification_id: modification.id,
        project_id: `P-${project}`,
        number,
        title: "",
        ...newHeader,
      });
      await accept("modification", modification.id, modification.lines);
    },

    async acceptModificationAgain(at: number, changed: number | null): Promise<void> {
      const modification = modifications[at % modifications.length];
      const [first, ...rest] = modification?.lines ?? [];
      if (!modification || !first) return;
      if (changed !== null) modification.lines = [{ ...first, cents: changed }, ...rest];
      await accept("modification", modification.id, modification.lines);
    },

    /** What was sent of a modification may not change: whoever changed it enters it anew as it was. */
    async putModificationsBack(): Promise<void> {
      const { contents } = await readJournal(db, names);
      const accepted = (await world.rows("budget_modification")).filter(
        (row) => row.erp_status === "accepted",
      );
      for (const { modification_id } of accepted) {
        const sent = contents.get(String(modification_id));
        if (!sent) continue;
        const lines = sent.map(([subJob, costCode, costType, amount]) =>
          identified({ subJob: subJob || null, costCode, costType, cents: Number(centsOf(amount)) }),
        );
        await accept("modification", String(modification_id), lines);
      }
    },

    remap(): void {
      communications = communications === "16-700" ? "16-710" : "16-700";
      writeMapping();
    },
    mapEverything(): void {
      everything = true;
      writeMapping();
    },

    /** What the accountants of both companies do: import what is new, post, correct, archive. */
    account: async (accounting: Accounting): Promise<void> => {
      for (const one of offices) await account(one, accounting);
    },

    /** What both copies of Sage show, by project. */
    async postedByProject(): Promise<Amounts> {
      const rows: [string, bigint][] = [];
      for (const { sageDb } of offices)
        for (const table of ["JCT_CURRENT__TRANSACTION", "JCT_HISTORY__TRANSACTION"])
          for (const row of await sageDb.query(sageDb.sql.build(table).select("Job", "Amount")))
            rows.push([`P-${String(row.Job).trim()}`, BigInt(Math.round(Number(row.Amount) * 100))]);
      return amounts(rows);
    },

    /** The same, by kind and key. */
    async postedByKey(): Promise<Amounts> {
      const rows: [string, bigint][] = [];
      for (const { sageDb } of offices)
        for (const table of ["JCT_CURRENT__TRANSACTION", "JCT_HISTORY__TRANSACTION"])
          for (const row of await sageDb.query(sageDb.sql.build(table).select())) {
            const kind = row.Transaction_Type === "Original estimate" ? "original" : "approved_change";
            const key = [row.Job, row.Extra, row.Cost_Code, row.Category].map((code) =>
              String(code ?? "").trim(),
            );
            rows.push([[kind, ...key].join("|"), BigInt(Math.round(Number(row.Amount) * 100))]);
          }
      return amounts(rows);
    },

    close,
  };
}
