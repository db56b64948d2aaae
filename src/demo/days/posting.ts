import { centsOf, formatMoneyForPeople } from "../../core/money.ts";
import { importBatch, importFile, keepRejects } from "../accountant.ts";
import { batchOf, lineFlags, reconcileAcme, statusOf, tellFlags } from "../commands.ts";
import { budgetOf, changeBudget, sendBudget } from "../project-system.ts";
import type { DemoSite } from "../site.ts";
import type { Story } from "../story.ts";

/** The division up to which the clinic's entries are posted on the first day. */
const POSTED_FIRST = "04";
export const REJECTED_CODE = "16-700";
export const REJECT_FILE = "warehouse rejects.jce";
/** Amounts that the accountant posts otherwise than they were imported: digits swapped, and cents left out. */
export const SWAPPED = { costCode: "01-012", exported: 22_030_000n, posted: 22_300_000n } as const;
export const ROUNDED = { costCode: "01-500", exported: 3_380_425n, posted: 3_380_400n } as const;

/** Each batch goes wrong in its own way between the file and the books. */
export async function postWithMistakes(site: DemoSite, story: Story): Promise<void> {
  await postInPart(site, story);
  await postWithReject(site, story);
  await importTwice(site, story);
}

async function postInPart(site: DemoSite, story: Story): Promise<void> {
  const batchId = await batchOf(site, "25-1001");
  const imported = await importBatch(site, batchId);
  story.say(`${batchId}, Riverside Clinic. The accountant imports both files:`);
  for (const { fileName, isChange, report } of imported)
    story.item(`${isChange ? "☑" : "☐"} approved change  ${fileName}: ${report.imported} lines`);
  const posted = await site.sage.post({ which: ({ costCode }) => costCode < POSTED_FIRST });
  const left = (await site.sage.newEntries()).length;
  story.say(`…and posts divisions 01 to 03 before going home: ${posted.length} entries. ${left} are left.`);
  story.check("the import reports agree with the cover sheet", imported.every(wentIn) && left > 0);
}

async function postWithReject(site: DemoSite, story: Story): Promise<void> {
  const { sage } = site;
  const batchId = await batchOf(site, "25-1002");
  await sage.addCostCode({ job: "25-1002", costCode: REJECTED_CODE }, "Communications", { status: "Closed" });
  const [original] = await importBatch(site, batchId);
  const rejects = original?.report.rejectFile;
  story.scene(`${batchId}, Warehouse Shell. Somebody closed cost code ${REJECTED_CODE} in the meantime:`);
  for (const { reason } of original?.report.rejected ?? []) story.quote(`Sage rejects a record: ${reason}`);
  if (rejects) await keepRejects(site, REJECT_FILE, rejects);
  const wrong = [SWAPPED, ROUNDED];
  const entries = await sage.post({
    which: ({ job }) => job === "25-1002",
    change: (entry) => wrong.find((one) => isMeant(one, entry))?.posted ?? entry.cents,
  });
  story.say(
    `The reject file goes to the rejects folder. The other ${entries.length} entries are posted, two of them with another amount:`,
  );
  for (const { costCode, exported, posted } of wrong)
    story.item(`${costCode}: ${formatMoneyForPeople(posted)} instead of ${formatMoneyForPeople(exported)}`);
  story.check(
    "one record is rejected, and two amounts are posted otherwise",
    original?.report.rejected.length === 1 &&
      wrong.every((one) =>
        entries.some(({ costCode, cents }) => costCode === one.costCode && cents === one.posted),
      ),
  );
}

const isMeant = (
  one: { readonly costCode: string; readonly exported: bigint },
  entry: { readonly costCode: string; readonly cents: bigint },
): boolean => one.costCode === entry.costCode && one.exported === entry.cents;

async function importTwice(site: DemoSite, story: Story): Promise<void> {
  const batchId = await batchOf(site, "25-1003");
  const [original, changes] = await importBatch(site, batchId);
  if (!original || !changes) throw new Error(`${batchId} lacks a file`);
  story.scene(`${batchId}, Elementary School. A call interrupts; the file of changes is imported again:`);
  const again = await importFile(site, batchId, changes.fileName);
  for (const warning of again.report.warnings) story.quote(`Sage only warns: ${warning}`);
  const posted = await site.sage.post({ which: ({ job }) => job === "25-1003" });
  story.say(`Everything is posted: ${posted.length} entries.`);
  story.check(
    `that is ${changes.report.imported} too many`,
    posted.length === original.report.imported + 2 * changes.report.imported,
  );
}

const wentIn = ({ report }: { readonly report: { stopped: string | null; rejected: readonly unknown[] } }) =>
  report.stopped === null && report.rejected.length === 0;

/** The reconciliation of that evening says what is wrong, line by line, and unlocks nothing. */
export async function findMistakes(site: DemoSite, story: Story): Promise<void> {
  const found = await reconcileAcme(site);
  for (const { message, remedy } of found.recognitions) story.quote(message, remedy);
  for (const { name, batch_id } of found.rejects) story.quote(`Reject file "${name}" is of ${batch_id}.`);
  story.scene("The differences beyond these:");
  const money = (amount: string) => formatMoneyForPeople(centsOf(amount));
  const own = found.differences.filter(({ recognised }) => recognised === null);
  story.table(
    [
      { title: "Batch", value: ({ batch_id }) => batch_id ?? "" },
      { title: "Line", value: ({ line_no }) => String(line_no ?? ""), align: "right" },
      { title: "Cost code", value: ({ cost_code, category }) => `${cost_code} ${category}` },
      { title: "Exported", value: ({ exported }) => money(exported), align: "right" },
      { title: "Posted", value: ({ posted }) => money(posted), align: "right" },
      { title: "State", value: ({ state }) => state },
    ],
    own,
  );
  const { lines } = found;
  story.check(
    "the second import is recognised; the reject and both amounts are named to the cent",
    found.recognitions.length === 1 &&
      found.recognitions[0]?.name === "imported_twice" &&
      lines.posted_twice === found.recognitions[0].line_nos.length &&
      lines.rejected_in_sage === 1 &&
      lines.amount_differs === 2 &&
      own.length === 3 &&
      found.unexpected === 0,
  );
  const status = await statusOf(site);
  const projects = ["25-1001", "25-1002", "25-1003"].flatMap((number) => status.get(number) ?? []);
  story.scene("What the project managers see:");
  for (const { project_number, reason } of projects) story.item(`${project_number}: ${reason}`);
  tellFlags(story, projects);
  const [clinic] = projects;
  const flags = clinic ? await lineFlags(site, clinic) : { synced: 0, lines: 0 };
  story.check(
    `a partial posting frees nothing: ${flags.synced} of the clinic's ${flags.lines} lines are synced, its budget is not`,
    flags.synced > 0 &&
      flags.synced < flags.lines &&
      lines.awaiting_posting > 0 &&
      projects.every(
        ({ can_unlock, documents }) => !can_unlock && documents.every((one) => one.erp_locked),
      ) &&
      clinic?.documents.every((one) => one.erp_status === "exported" && !one.erp_synced) === true,
  );
  await changeWhileLocked(site, story);
}

/** A project manager who wants to change a budget that waits for posting is told why that cannot be. */
async function changeWhileLocked(site: DemoSite, story: Story): Promise<void> {
  const changed = changeBudget(await budgetOf("25-1002"), { [`${REJECTED_CODE}.C`]: 1n });
  const refused = await sendBudget(site, "25-1002", changed, { accept: true });
  if (!refused.ok) story.quote(refused.problem.message, refused.problem.hint);
  story.check("no budget changes under the accountant's hands", !refused.ok);
}
