import { centsOf, formatMoneyForPeople } from "../../core/money.ts";
import { planAll } from "../../run/look/plan.ts";
import { importBatch } from "../accountant.ts";
import { batchOf, exportAcme, only, reconcileAcme, statusOf } from "../commands.ts";
import { APPROVER, budgetOf, changeBudget, sendBudget } from "../project-system.ts";
import type { DemoSite } from "../site.ts";
import type { Story } from "../story.ts";
import { tellBatches } from "../tell-batches.ts";

const CHANGES = { "16-500.M": 1_530_000n, "02-919.O": 15_000_000n, "02-900.M": null } as const;

/** A synced budget changes and is accepted again: only what changed goes over. */
export async function changeBudgetAgain(site: DemoSite, story: Story): Promise<void> {
  const changed = changeBudget(await budgetOf("25-1002"), CHANGES);
  const sent = await sendBudget(site, "25-1002", changed, { accept: true });
  if (!sent.ok) throw new Error(sent.problem.message);
  await site.sage.reopenJob("25-1006");
  story.say(
    `Warehouse Shell: the project manager unlocks the budget, changes two lines and takes one out; ${APPROVER} accepts it again. Job 25-1006 is reopened in Sage. The plan for 25-1002:`,
  );
  const plan = only((await planAll(site.context)).companies);
  const projects = plan.batches.flatMap((batch) => batch.projects);
  const lines = projects.find((project) => project.project_number === "25-1002")?.lines ?? [];
  const money = (amount: string) => formatMoneyForPeople(centsOf(amount));
  story.table(
    [
      { title: "Cost code", value: ({ cost_code, category }) => `${cost_code} ${category}` },
      { title: "Before", value: ({ before }) => money(before), align: "right" },
      { title: "Now", value: ({ now }) => money(now), align: "right" },
      { title: "Difference", value: ({ difference }) => money(difference), align: "right" },
      { title: "Why", value: ({ why }) => why.join(", ") },
    ],
    lines,
  );
  const exported = await exportAcme(site);
  story.scene("The export:");
  tellBatches(exported, story);
  story.check(
    `only the differences of the ${Object.keys(CHANGES).length} lines go over, and the hold on 25-1006 has ended by itself`,
    exported.batches.length === 2 &&
      exported.holds.length === 0 &&
      lines.length === Object.keys(CHANGES).length &&
      exported.batches[0]?.files[0]?.lines === lines.length,
  );
}

/** Nothing goes wrong this time. */
export async function postTheRest(site: DemoSite, story: Story): Promise<void> {
  const imported = [];
  for (const number of ["25-1002", "25-1006"] as const)
    imported.push(...(await importBatch(site, await batchOf(site, number))));
  const posted = await site.sage.post({ which: "all" });
  const found = await reconcileAcme(site);
  story.say(`Both batches are imported and posted: ${posted.length} entries.`);
  const status = await statusOf(site);
  story.check(
    "all four budgets that accounting accepted are in the books, and free",
    imported.every(({ report }) => report.stopped === null && report.rejected.length === 0) &&
      found.synced.length === 2 &&
      ["25-1001", "25-1002", "25-1003", "25-1006"].every((number) => status.get(number)?.can_unlock),
  );
}
