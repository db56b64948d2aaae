import { join } from "node:path";
import type { CompanyConfig } from "../../config/schema.ts";
import { jsonTexts } from "../../core/json-texts.ts";
import { type Contents, type Files, writeWhole } from "../../files.ts";
import { csvTexts } from "./csv.ts";
import { namesOf, ROWS_OF_A_SHEET, reportFiles } from "./files.ts";
import { renderReport } from "./page/page.ts";
import type { Report } from "./schema.ts";
import { differenceColumns, keyColumns } from "./workbook/columns.ts";
import { renderWorkbook } from "./workbook/workbook.ts";

/**
 * Writes a report as page, workbook and JSON into the company's folder of reports, each complete or not at all, over
 * an earlier one of the same day; and as CSV what is too much for a sheet.
 * @returns the paths, in the order of `namesOf`; none where no folder is configured
 */
export async function writeReport(
  files: Files,
  { reports }: Pick<CompanyConfig, "reports">,
  report: Report,
  rowsOfASheet = ROWS_OF_A_SHEET,
): Promise<string[]> {
  if (reports === null) return [];
  await files.makeFolder(reports);
  const rows = { codes: report.keys.count, waitingLines: report.waiting_lines.count };
  const names = reportFiles(report, rows, rowsOfASheet);
  const write = async (name: string, contents: Contents) => writeWhole(files, join(reports, name), contents);
  // One after the other, as each may be large.
  await write(names.page, Buffer.from(renderReport(report, names), "utf8"));
  await write(names.workbook, renderWorkbook(report, names));
  if (names.codes !== null) await write(names.codes, csvTexts(keyColumns, report.keys));
  if (names.waitingLines !== null)
    await write(names.waitingLines, csvTexts(differenceColumns, report.waiting_lines));
  await removeOthers(files, reports, report, namesOf(names));
  await write(names.json, reportJson(report));
  return namesOf(names).map((name) => join(reports, name));
}

/** An earlier report of the day may have had more rows: its CSV would tell of what is no longer so. */
async function removeOthers(
  files: Files,
  folder: string,
  report: Report,
  written: readonly string[],
): Promise<void> {
  const most = { codes: Number.POSITIVE_INFINITY, waitingLines: Number.POSITIVE_INFINITY };
  for (const name of namesOf(reportFiles(report, most, 0)))
    if (!written.includes(name)) await files.remove(join(folder, name));
}

/** The report and its lists are taken apart, their items are not. */
const LEVELS = 2;

async function* reportJson(report: Report): AsyncGenerator<string, undefined> {
  yield* jsonTexts(report, 1, LEVELS);
  yield "\n";
}
