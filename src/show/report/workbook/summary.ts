import type { Cents } from "../../../core/money.ts";
import type { Sides } from "../../../core/tie-out/schema.ts";
import { number } from "../../../html/parts.ts";
import type { ReportFiles } from "../files.ts";
import type { Report } from "../schema.ts";

/** A line of the workbook's first sheet. */
export interface SummaryRow {
  readonly what: string;
  readonly value: string;
  readonly amount: Cents | null;
}

/** What the report says in all, and when and from what it was made. */
export function summaryRows(
  report: Report,
  { codes, waitingLines }: Pick<ReportFiles, "codes" | "waitingLines">,
): SummaryRow[] {
  const fact = (what: string, value: string): SummaryRow => ({ what, value, amount: null });
  const amount = (what: string, cents: Cents): SummaryRow => ({ what, value: "", amount: cents });
  const sides = (kind: string, all: Sides): SummaryRow[] => [
    amount(`${kind}: baseline`, all.baseline),
    amount(`${kind}: accepted`, all.accepted),
    amount(`${kind}: exported`, all.exported),
    amount(`${kind}: posted`, all.posted),
    amount(`${kind}: unexpected`, all.unexpected),
    amount(`${kind}: difference`, all.difference),
  ];
  return [
    fact("Company", report.company),
    fact("Verdict", report.verdict),
    fact("As of", report.as_of),
    fact("Day", `${report.day} (${report.time_zone})`),
    fact("Newest entry in Sage's copy", report.copy.as_of ?? ""),
    fact("Made by", report.made_by),
    fact("Version", report.tool_version),
    fact("Audit head", report.audit_head),
    ...sides("Original estimates", report.totals.originals),
    ...sides("Approved changes", report.totals.approved_changes),
    amount("Posted", report.money.posted),
    amount("Awaiting posting", report.money.awaiting_posting),
    amount("Differing", report.money.differing),
    amount("Closed by a person", report.money.accepted_difference),
    amount("Waiting for the next export", report.money.waiting),
    amount("Held", report.money.held),
    fact("Codes", `${number(report.keys.count)}, in ${codes ?? "the sheet Codes"}`),
    fact("Codes that tie out", number(report.keys.tieOut)),
    fact(
      "Lines that wait for posting",
      `${number(report.waiting_lines.count)}, in ${waitingLines ?? "the sheet Waiting for posting"}`,
    ),
    ...report.notices.map((note) => fact("Note", note)),
  ];
}
