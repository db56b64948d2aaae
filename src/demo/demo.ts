import { readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { formatMoneyForPeople, parseMoney } from "../core/money.ts";
import { type Outcome, ok } from "../core/outcome.ts";
import { exportAll } from "../run/export.ts";
import { lookAtStatus } from "../run/look.ts";
import { reconcileAll } from "../run/reconcile.ts";
import type { CompanyExport, StatusResult } from "../run/results.ts";
import { loadBudget } from "../staging/load-budget.ts";
import { readProcoreExport } from "../staging/procore-export.ts";
import { DEMO_PROJECTS, type DemoSite, makeDemoSite, sampleFile } from "./site.ts";
import { type Story, tellStory } from "./story.ts";

/** The cost code whose mapping row the demo takes out first: only the school has it. */
const FORGOTTEN_CODE = "10-500";

/**
 * The whole way of three budgets on embedded databases, told as it happens.
 * @returns how many of its stages were not as they should be
 */
export async function runDemo(folder: string, write: (text: string) => void): Promise<Outcome<number>> {
  const made = await makeDemoSite(folder);
  if (!made.ok) return made;
  const site = made.value;
  const story = tellStory(write);
  try {
    write(
      `Three budgets go from Procore to Sage 300 CRE and back, in ${folder}\n(projects and amounts are made up)\n`,
    );
    await stageBudgets(site, story);
    await lookAtProjects(site, story);
    const restoreRow = await forgetMappingRow(site);
    await exportWithOneHeld(site, story);
    await restoreRow();
    await exportTheRest(site, story);
    await postAndReconcile(site, story);
    await nothingLeft(site, story);
    story.heading(
      story.failures === 0
        ? "Everything tied out. Open these and look:"
        : `${story.failures} of the stages above were not as they should be. The files are in:`,
    );
    for (const [what, path] of [
      ["cover sheet", join("outbox", "ACME", "ACME-000001", "ACME-000001-cover-sheet.html")],
      ["import files", join("outbox", "ACME")],
      ["mapping files", join("mappings", "ACME")],
      ["staging, journal", "staging.db"],
    ] as const)
      story.say(`${what.padEnd(17)} ${join(relative(process.cwd(), folder) || ".", path)}`);
    story.say(
      `${"try".padEnd(17)} npx tieout status --config ${join(relative(process.cwd(), folder), "tieout.yaml")}`,
    );
    return ok(story.failures);
  } finally {
    await site.close();
  }
}

async function stageBudgets({ context }: DemoSite, story: Story): Promise<void> {
  story.heading("1  Project managers send their budgets, accounting accepts them");
  for (const project of DEMO_PROJECTS) {
    const parsed = readProcoreExport(project.file, await readFile(sampleFile(project.file)), {
      ignoreApprovedCos: false,
    });
    if (!parsed.ok) throw new Error(parsed.problems.map((problem) => problem.message).join("\n"));
    const loaded = await loadBudget(
      context.db,
      context.names,
      {
        company: "ACME",
        projectNumber: project.number,
        projectName: project.name,
        rows: parsed.rows,
        accept: true,
        acceptedBy: "Dana Whitfield",
      },
      context.clock,
    );
    if (!loaded.ok) throw new Error(loaded.problem.message);
    const { linesAdded, budgetTotal, modification } = loaded.value;
    const changes = modification
      ? `, modification ${modification.number} with ${modification.lines} lines`
      : "";
    story.say(
      `${project.number}  ${project.name.padEnd(18)}${String(linesAdded).padStart(4)} lines ${formatMoneyForPeople(budgetTotal).padStart(15)}${changes}`,
    );
  }
}

async function lookAtProjects({ context }: DemoSite, story: Story): Promise<void> {
  const projects = await statusOf(context);
  story.check(
    "all three are locked until they are in the books",
    projects.every((project) => !project.can_unlock),
  );
}

/** Takes a row out of a mapping file, as if nobody had written it yet. */
async function forgetMappingRow({ folder }: DemoSite): Promise<() => Promise<void>> {
  const file = join(folder, "mappings", "ACME", "cost-codes.csv");
  const text = await readFile(file, "utf8");
  const rows = text.split("\n");
  await writeFile(file, rows.filter((row) => !row.startsWith(`,${FORGOTTEN_CODE},`)).join("\n"));
  return () => writeFile(file, text);
}

async function exportWithOneHeld(site: DemoSite, story: Story): Promise<void> {
  story.heading(`2  An export, while the mapping of cost code ${FORGOTTEN_CODE} is missing`);
  const exported = await exportAcme(site);
  sayBatches(exported, story);
  for (const hold of exported.holds) {
    story.say(`held ${hold.project_number}: ${hold.message}`);
    story.say(`     → ${hold.remedy}`);
  }
  story.check(
    "two projects are exported; the third is held, and holds nobody else",
    exported.batches.length === 2,
  );
  story.check(
    "the hold names the code",
    exported.holds.length > 0 && exported.holds.every((hold) => hold.value === FORGOTTEN_CODE),
  );
}

async function exportTheRest(site: DemoSite, story: Story): Promise<void> {
  story.heading(`3  An accountant adds the row for ${FORGOTTEN_CODE}; the next export picks the project up`);
  const exported = await exportAcme(site);
  sayBatches(exported, story);
  story.check("the hold has ended by itself", exported.batches.length === 1 && exported.holds.length === 0);
}

async function postAndReconcile(site: DemoSite, story: Story): Promise<void> {
  const { context, sage } = site;
  story.heading("4  Before anything is posted, nothing is free");
  const before = await reconcileAll(context);
  story.say(`${before.companies[0]?.lines.awaiting_posting ?? 0} lines await posting`);
  for (const project of await statusOf(context)) story.say(`${project.project_number}: ${project.reason}`);
  story.check(
    "no budget is unlocked",
    (await statusOf(context)).every((project) => !project.can_unlock),
  );

  story.heading("5  The accountant imports each batch as its cover sheet says, and posts the entries");
  let posted = 0;
  for (const number of [1, 2, 3]) {
    const batchId = `ACME-00000${number}`;
    const folder = join(site.folder, "outbox", "ACME", batchId);
    for (const name of await context.files.list(folder)) {
      if (!name.endsWith(".jce")) continue;
      const isChange = name.endsWith("-2-approved-changes.jce");
      const report = await sage.importFile({
        fileName: name,
        bytes: await context.files.read(join(folder, name)),
        asApprovedChange: isChange,
        allowCostCodeCreation: false,
      });
      story.check(
        `${name.padEnd(36)} ${isChange ? "☑" : "☐"} approved change: ${report.imported} lines`,
        report.stopped === null && report.rejected.length === 0 && report.createdJobs.length === 0,
      );
    }
    posted += (await sage.post({ which: "all" })).length;
  }
  story.say(`${posted} entries posted`);

  story.heading("6  The reconciliation finds them in Sage and frees the budgets");
  const after = await reconcileAll(context);
  const result = after.companies[0];
  story.say(`${result?.lines.posted ?? 0} lines posted, ${result?.differences.length ?? 0} differences`);
  story.check(
    "every line is posted to the cent",
    result?.differences.length === 0 && result.lines.awaiting_posting === 0,
  );
  const projects = await statusOf(context);
  for (const project of projects)
    story.say(
      `${project.project_number}  ${project.name.padEnd(18)} ${project.documents.map((d) => `${d.document} ${d.erp_status}`).join(", ")}`,
    );
  story.check(
    "all three budgets are synced and unlocked",
    projects.every((project) => project.can_unlock && project.can_send),
  );
}

async function nothingLeft(site: DemoSite, story: Story): Promise<void> {
  story.heading("7  Another export");
  const again = await exportAcme(site);
  story.check(
    "nothing is exported twice",
    again.batches.length === 0 && again.holds.length === 0 && again.error === null,
  );
}

async function exportAcme({ context }: DemoSite): Promise<CompanyExport> {
  const { companies } = await exportAll(context);
  const [acme] = companies;
  if (!acme) throw new Error("the demo's company was not exported");
  if (acme.error) throw new Error(acme.error.message);
  return acme;
}

async function statusOf(context: DemoSite["context"]): Promise<StatusResult["projects"]> {
  const status = await lookAtStatus(context);
  if (!status.ok) throw new Error(status.problem.message);
  return status.value.projects;
}

function sayBatches(exported: CompanyExport, story: Story): void {
  for (const batch of exported.batches)
    for (const file of batch.files) {
      const total = parseMoney(file.amount_total);
      const amount = total.ok ? formatMoneyForPeople(total.cents) : file.amount_total;
      story.say(`${file.name.padEnd(36)}${String(file.lines).padStart(5)} lines ${amount.padStart(15)}`);
    }
}
