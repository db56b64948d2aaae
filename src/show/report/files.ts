import type { Report } from "./schema.ts";

/** What a sheet of codes or of waiting lines holds at most: of more rows, all are in a CSV beside the workbook. */
export const ROWS_OF_A_SHEET = 100_000;

/** What a company's reports of a day are called; the day's last one stays. */
export interface ReportFiles {
  readonly page: string;
  readonly workbook: string;
  /** All codes, where they are too many for a sheet. */
  readonly codes: string | null;
  /** All lines that wait for posting, where they are too many for a sheet. */
  readonly waitingLines: string | null;
  readonly json: string;
}

/** The files of a report that has so many rows. */
export function reportFiles(
  { company, day }: Pick<Report, "company" | "day">,
  rows: { readonly codes: number; readonly waitingLines: number },
  rowsOfASheet: number,
): ReportFiles {
  const name = `${company}-tie-out-${day}`;
  return {
    page: `${name}.html`,
    workbook: `${name}.xlsx`,
    codes: rows.codes > rowsOfASheet ? `${name}-codes.csv` : null,
    waitingLines: rows.waitingLines > rowsOfASheet ? `${name}-waiting.csv` : null,
    json: `${name}.json`,
  };
}

/** The names of all files that there are. The JSON comes last: it is asked whether the report lies there whole. */
export const namesOf = ({ page, workbook, codes, waitingLines, json }: ReportFiles): string[] =>
  [page, workbook, codes, waitingLines, json].filter((name) => name !== null);
