import { join } from "node:path";
import type { CompanyConfig } from "../../config/schema.ts";
import { moneyJson } from "../../core/money-json.ts";
import { type Files, writeWhole } from "../../files.ts";
import { renderReport } from "./page/page.ts";
import type { Report } from "./schema.ts";
import { renderWorkbook } from "./workbook/workbook.ts";

/** What a company's reports of a day are called; the day's last one stays. */
export const reportFiles = ({ company, day }: Pick<Report, "company" | "day">): readonly string[] =>
  ["html", "xlsx", "json"].map((kind) => `${company}-tie-out-${day}.${kind}`);

/**
 * Writes a report as page, workbook and JSON into the company's folder of reports, each complete or not at all, over
 * an earlier one of the same day.
 * @returns the paths, in that order; none where no folder is configured
 */
export async function writeReport(
  files: Files,
  { reports }: Pick<CompanyConfig, "reports">,
  report: Report,
): Promise<string[]> {
  if (reports === null) return [];
  await files.makeFolder(reports);
  const paths = reportFiles(report).map((name) => join(reports, name));
  // One after the other, as each may be large; the JSON last, since it is asked whether the report lies there whole.
  const contents = [
    () => Buffer.from(renderReport(report), "utf8"),
    () => renderWorkbook(report),
    () => Buffer.from(`${moneyJson(report, 1)}\n`, "utf8"),
  ];
  for (const [index, path] of paths.entries())
    await writeWhole(files, path, (await contents[index]?.()) ?? Buffer.of());
  return paths;
}
