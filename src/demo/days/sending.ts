import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { count } from "../../core/count.ts";
import { formatMoneyForPeople } from "../../core/money.ts";
import { batchesOf, exportAcme, type ProjectStatus, statusOf } from "../commands.ts";
import { APPROVER, budgetOf, rejectBudget, sendBudget } from "../project-system.ts";
import { DEMO_PROJECTS, type DemoSite, type ProjectNumber } from "../site.ts";
import type { Story } from "../story.ts";
import { tellBatches } from "../tell-batches.ts";

/** The cost code whose mapping row the demo takes out first: only the school has it. */
const FORGOTTEN_CODE = "10-500";
/** Sage has this job as closed. */
const CLOSED: ProjectNumber = "25-1006";
const SENT_ONLY: ProjectNumber = "25-1004";
const REJECTED: ProjectNumber = "25-1005";

/** Six budgets are sent. Accounting accepts four, rejects one, and has not looked at one. */
export async function sendSixBudgets(site: DemoSite, story: Story): Promise<void> {
  story.say(
    `Project managers send six budgets. ${APPROVER} in accounting accepts four and rejects one. One is not looked at yet.`,
  );
  const sent: { number: string; name: string; lines: number; total: string; changes: string }[] = [];
  for (const { number, name } of DEMO_PROJECTS) {
    const accept = number !== SENT_ONLY && number !== REJECTED;
    const loaded = await sendBudget(site, number, await budgetOf(number), { accept });
    if (!loaded.ok) throw new Error(loaded.problem.message);
    const { linesAdded, budgetTotal, modification } = loaded.value;
    sent.push({
      ...{ number, name, lines: linesAdded, total: formatMoneyForPeople(budgetTotal) },
      changes: modification ? count(modification.lines, "line") : "",
    });
  }
  await rejectBudget(site, REJECTED);
  const status = await statusOf(site);
  story.table(
    [
      { title: "Project", value: ({ number }) => number },
      { title: "", value: ({ name }) => name },
      { title: "Lines", value: ({ lines }) => String(lines), align: "right" },
      { title: "Amount", value: ({ total }) => total, align: "right" },
      { title: "Status", value: ({ number }) => status.get(number)?.documents[0]?.erp_status ?? "" },
      { title: "Modification", value: ({ changes }) => changes },
    ],
    sent,
  );
  story.check(
    "what is accepted is locked; the rejected budget is free, and the sent one may be taken back",
    DEMO_PROJECTS.every(({ number }) => mayDo(status.get(number)) === EXPECTED[number]),
  );
}

const mayDo = (project: ProjectStatus | undefined): string =>
  `${project?.can_unlock ? "unlock" : ""}${project?.can_send ? " send" : ""}${project?.can_retrieve ? "retrieve" : ""}`;
const EXPECTED: Readonly<Record<ProjectNumber, string>> = {
  "25-1001": "",
  "25-1002": "",
  "25-1003": "",
  "25-1004": "retrieve",
  "25-1005": "unlock send",
  "25-1006": "",
};

/** An export while a mapping row is missing and a job is closed; then the row is added. */
export async function exportWithHolds(site: DemoSite, story: Story): Promise<void> {
  await site.sage.closeJob(CLOSED);
  const restoreRow = await forgetMappingRow(site);
  story.say(
    `The export runs while the mapping row of cost code ${FORGOTTEN_CODE} is missing and job ${CLOSED} is closed in Sage:`,
  );
  const first = await exportAcme(site);
  tellBatches(first, story);
  for (const hold of [...new Map(first.holds.map((one) => [one.message, one])).values()])
    story.quote(`${hold.project_number} is held: ${hold.message}`, hold.remedy);
  story.check(
    "two projects are exported; two are held, each for its own reason, and hold nobody else",
    first.batches.length === 2 &&
      first.holds.every(({ rule, value, project_number: project }) =>
        project === CLOSED
          ? rule === "job_closed"
          : rule === "unmapped_cost_code" && value === FORGOTTEN_CODE,
      ) &&
      new Set(first.holds.map(({ project_number }) => project_number)).size === 2,
  );
  story.check("the rejected and the sent budget are not pulled", await areLeftAlone(site));

  await restoreRow();
  story.scene(`An accountant adds the row for ${FORGOTTEN_CODE}. The next export picks the project up:`);
  const second = await exportAcme(site);
  tellBatches(second, story);
  story.check(
    `that hold has ended by itself; ${CLOSED} stays held`,
    second.batches.length === 1 && second.holds.every(({ project_number }) => project_number === CLOSED),
  );
  const statuses = await statusOf(site);
  for (const number of ["25-1001", CLOSED]) story.item(`${number}: ${statuses.get(number)?.reason}`);
  story.check(
    "what is exported or held can be neither unlocked nor sent again, and says why",
    ["25-1001", "25-1002", "25-1003", CLOSED].every((number) => {
      const project = statuses.get(number);
      return project && !project.can_unlock && !project.can_send && project.reason !== "";
    }),
  );
}

/** Whether nothing was ever taken of the budgets that accounting did not accept. */
export async function areLeftAlone(site: DemoSite): Promise<boolean> {
  const status = await statusOf(site);
  for (const [number, expected] of [
    [SENT_ONLY, "sent"],
    [REJECTED, "rejected"],
  ] as const) {
    const budget = status.get(number)?.documents[0];
    if (budget?.erp_status !== expected || budget.erp_locked || budget.erp_synced) return false;
    if ((await batchesOf(site, number)).length > 0) return false;
  }
  return true;
}

/** Takes a row out of a mapping file, as if nobody had written it yet. */
async function forgetMappingRow({ folder }: DemoSite): Promise<() => Promise<void>> {
  const file = join(folder, "mappings", "ACME", "cost-codes.csv");
  const text = await readFile(file, "utf8");
  const rows = text.split("\n");
  await writeFile(file, rows.filter((row) => !row.startsWith(`,${FORGOTTEN_CODE},`)).join("\n"));
  return () => writeFile(file, text);
}
