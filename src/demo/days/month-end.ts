import { verifyAudit } from "../../audit/audit.ts";
import { formatMoneyForPeople } from "../../core/money.ts";
import { headline } from "../../show/report/headline.ts";
import { reportAll } from "../../show/report/report.ts";
import { exportAcme, only, reconcileAcme } from "../commands.ts";
import { countAgain } from "../count-again.ts";
import type { DemoSite } from "../site.ts";
import type { Story } from "../story.ts";
import { ROUNDED } from "./posting.ts";
import { areLeftAlone } from "./sending.ts";

/** The report of the month's last day: three sides that agree, and what a person closed. */
export async function tieOut(site: DemoSite, story: Story): Promise<void> {
  const found = await reconcileAcme(site);
  const { report, files } = only((await reportAll(site.context)).companies);
  if (!report) throw new Error("there is no report");
  story.say(`Tie-out report: ${headline(report)}.`);
  const { originals, approved_changes: changes } = report.totals;
  const total = (side: "accepted" | "exported" | "posted" | "unexpected" | "difference") =>
    originals[side] + changes[side];
  const money = formatMoneyForPeople;
  story.table(
    [
      { title: "", value: ({ label }) => label },
      { title: "Accepted", value: ({ sides }) => money(sides.accepted), align: "right" },
      { title: "Exported", value: ({ sides }) => money(sides.exported), align: "right" },
      { title: "Posted", value: ({ sides }) => money(sides.posted), align: "right" },
      { title: "Difference", value: ({ sides }) => money(sides.difference), align: "right" },
    ],
    [
      { label: "Original estimates", sides: originals },
      { label: "Approved changes", sides: changes },
    ],
  );
  for (const one of report.accepted_differences)
    story.item(
      `${one.cost_code} ${one.category}: ${money(one.exported)} exported, ${money(one.posted_now)} posted; closed by ${one.actor}: "${one.reason}"`,
    );
  const closed = ROUNDED.posted - ROUNDED.exported;
  story.check(
    "accepted, exported and posted agree to the cent, but for the difference that the controller closed",
    report.verdict === "ties_out" &&
      report.holds.length === 0 &&
      report.accepted_differences.length === 1 &&
      total("unexpected") === 0n &&
      total("accepted") === total("exported") &&
      total("posted") === total("exported") + closed &&
      total("difference") === closed,
  );
  const again = await countAgain(site);
  story.check(
    "staging, the import files and Sage's own totals, each counted again by itself, say the same",
    again.staging === total("accepted") &&
      again.files === total("exported") &&
      again.sage === total("posted"),
  );
  const written = await Promise.all(files.map((file) => site.context.files.exists(file)));
  story.check(
    "the report lies in the reports folder as page, workbook and JSON",
    files.map((file) => file.split(".").at(-1)).join() === "html,xlsx,json" && written.every(Boolean),
  );
  story.check(
    "another export and another reconciliation find nothing to do",
    found.synced.length === 0 && (await hasNothingToExport(site)),
  );
  story.check("the sent and the rejected budget are as people left them", await areLeftAlone(site));
}

async function hasNothingToExport(site: DemoSite): Promise<boolean> {
  const { batches, holds, nothing_to_send } = await exportAcme(site);
  return batches.length + holds.length + nothing_to_send.length === 0;
}

/** The chain of events proves itself against the heads in manifests and reports. */
export async function verifyChain(site: DemoSite, story: Story): Promise<void> {
  const verified = await verifyAudit(site.context, {});
  const [acme] = verified.ok ? verified.value.companies : [];
  if (!acme) throw new Error("there is no audit chain");
  story.scene(
    `Audit chain: ${acme.events} events, compared with ${acme.heads_known} heads in manifests and reports.`,
  );
  story.check(
    `tieout audit verify: the chain is good, and proven up to event ${acme.proven_to?.sequence}`,
    acme.result === "good" && acme.proven_to?.sequence === String(acme.events),
  );
}
