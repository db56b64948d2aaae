import { formatMoneyForPeople } from "../../core/money.ts";
import { acceptDifference } from "../../run/decide/accept.ts";
import { importFilesOf, importRejects, takeBack } from "../accountant.ts";
import { batchOf, lineFlags, reconcileAcme, statusOf, tellFlags } from "../commands.ts";
import type { DemoSite } from "../site.ts";
import type { Story } from "../story.ts";
import { REJECT_FILE, REJECTED_CODE, ROUNDED, SWAPPED } from "./posting.ts";

/** Everything that went wrong is put right in Sage, each mistake as the program said. */
export async function mendInSage(site: DemoSite, story: Story): Promise<void> {
  const { sage } = site;
  const rest = await sage.post({ which: ({ job }) => job === "25-1001" });
  story.item(`Riverside Clinic: the other ${rest.length} entries are posted.`);

  await sage.reopenCostCode({ job: "25-1002", costCode: REJECTED_CODE });
  const report = await importRejects(site, REJECT_FILE);
  await sage.post({ which: "all" });
  story.item(
    `Warehouse Shell: ${REJECTED_CODE} is reopened, the reject file imported on its own and posted.`,
  );
  const correction = SWAPPED.exported - SWAPPED.posted;
  await sage.enter({
    ...{ job: "25-1002", extra: "", costCode: SWAPPED.costCode, category: "LAB" },
    ...{ kind: "original", cents: correction },
  });
  story.item(
    `Warehouse Shell: an entry of ${formatMoneyForPeople(correction)} corrects ${SWAPPED.costCode}.`,
  );

  const school = await batchOf(site, "25-1003");
  const changes = (await importFilesOf(site, school)).at(-1) ?? "";
  const opposite = await takeBack(site, school, changes);
  story.item(`Elementary School: ${opposite.length} opposite entries take the second import back.`);

  const found = await reconcileAcme(site);
  story.say(
    `The reconciliation: ${found.lines.posted} lines posted, ${found.differences.length} difference.`,
  );
  story.check(
    "all is healed but the amount that nobody touched",
    report.imported === 1 &&
      report.rejected.length === 0 &&
      found.recognitions.length === 0 &&
      found.unexpected === 0 &&
      found.differences.length === 1 &&
      found.differences[0]?.cost_code === ROUNDED.costCode,
  );
  const status = await statusOf(site);
  story.check(
    "the clinic and the school are unlocked, the warehouse is not",
    ["25-1001", "25-1003"].every((number) => status.get(number)?.can_unlock) &&
      status.get("25-1002")?.can_unlock === false,
  );
}

/** A person closes the last difference: it is not worth an entry. */
export async function acceptRounding(site: DemoSite, story: Story): Promise<void> {
  const batchId = await batchOf(site, "25-1002");
  const [difference] = (await reconcileAcme(site)).differences;
  const lineNo = difference?.line_no ?? 0;
  const reason = "25 cents left out when posting; not worth an entry";
  story.scene(`The controller closes it: tieout accept ${batchId} ${lineNo} --reason "${reason}"`);
  const accepted = await acceptDifference(
    { ...site.context, actor: "controller" },
    { batchId, lineNo },
    reason,
  );
  const status = await statusOf(site);
  const projects = ["25-1001", "25-1002", "25-1003"].flatMap((number) => status.get(number) ?? []);
  tellFlags(story, projects);
  story.check(
    "the flags have flipped: synced and unlocked, all three",
    accepted.ok &&
      accepted.value.synced.length === 1 &&
      projects.length === 3 &&
      projects.every(
        ({ can_unlock, can_send, documents }) =>
          can_unlock && can_send && documents.every((one) => one.erp_synced && !one.erp_locked),
      ),
  );
  const flags = [];
  for (const project of projects) flags.push(await lineFlags(site, project));
  story.check(
    "each line is synced too, but the one whose difference was accepted: it is not in Sage to the cent",
    flags.map(({ lines, synced }) => lines - synced).join() === "0,1,0",
  );
}
