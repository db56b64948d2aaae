import { count } from "../../../core/count.ts";
import { timeIn } from "../../../core/time.ts";
import { html, outside } from "../../../html/markup.ts";
import { renderPage } from "../../../html/page.ts";
import { facts, notice, usDate } from "../../../html/parts.ts";
import { CHART_STYLE } from "../charts.ts";
import type { ReportFiles } from "../files.ts";
import { butForClosed, headline } from "../headline.ts";
import type { Report } from "../schema.ts";
import { acceptedSection, differenceSections, holdsSection } from "./differences.ts";
import { ageSection, moneySection, threeSides } from "./money.ts";
import { needsAPerson } from "./needs.ts";
import { batchesSection, projectsSection } from "./projects.ts";
import { baselinesSection, mappingsSection, rejectsSection, runsSection } from "./record.ts";
import { money } from "./words.ts";

/**
 * The tie-out report as one page: at the top whether all ties out and what needs a person, below what does not tie,
 * every project and every batch. Codes and lines that merely wait are told of in numbers, and where they are listed. It has no script and no outside part; every text from outside is escaped.
 */
export const renderReport = (report: Report, files: ReportFiles): string =>
  renderPage({
    title: `${report.company} tie-out ${report.day}`,
    kicker: html`${outside(report.company)} · Tie-out of budgets and Sage 300 Job Cost`,
    heading: html`${headline(report)}`,
    head: html`<p class="lead">${lead(report)}</p>
${facts([
  ["As of", `${usDate(report.day)} ${timeIn(report.time_zone, new Date(report.as_of))}, ${report.time_zone}`],
  ["Newest entry in Sage's copy", report.copy.as_of ?? "the copy has no stamps"],
  ["Highest run in Sage", report.copy.highest_run ?? "none"],
  ["From", report.run_id === null ? "a comparison made for this report" : `reconciliation ${report.run_id}`],
])}`,
    body: html`${report.notices.map((words) => notice("warn", "Note", outside(words)))}
${needsAPerson(report)}
${moneySection(report)}
${ageSection(report, files)}
${threeSides(report, files)}
${differenceSections(report)}
${acceptedSection(report)}
${holdsSection(report)}
${projectsSection(report)}
${batchesSection(report)}
${rejectsSection(report)}
${baselinesSection(report)}
${mappingsSection(report)}
${runsSection(report)}`,
    footer: html`Made by ${outside(report.made_by)} with Tieout ${report.tool_version}. Head of the audit chain:
<span class="file">${report.audit_head}</span>. Keep this page elsewhere: <span class="file">tieout audit verify --head</span>
proves against it that nothing was changed or cut off since. What was compared has the SHA-256
<span class="file">${report.tie_out_sha256}</span>.`,
    wide: true,
    style: REPORT_STYLE,
  });

const REPORT_STYLE = `${CHART_STYLE}
  nav { margin-top: 1rem; font-size: 0.85rem; }
  nav a { margin-right: 1rem; white-space: nowrap; }
  @media print { nav { display: none; } #money, #age, #sides { break-inside: avoid; } }
`;

function lead(report: Report): string {
  const { verdict, totals, lines, money: stands } = report;
  const sides = `${money(totals.originals.exported)} of original estimates and ${money(totals.approved_changes.exported)} of approved changes were exported`;
  switch (verdict) {
    case "ties_out":
      return `${sides}, and Sage carries every cent of it${butForClosed(report)}. Nothing is held and nothing is open${
        stands.waiting === 0n ? "" : `; ${money(stands.waiting)} is accepted and waits for the next export`
      }.`;
    case "waits_for_posting":
      return `${sides}. What is not in Sage yet is not late.`;
    case "needs_a_person":
      return `${sides}; ${count(lines.posted, "line is", "lines are")} posted as exported. What follows says where not, since when, and what to do.`;
  }
}
