import type { Report } from "../schema.ts";
import {
  acceptedColumns,
  batchColumns,
  differenceColumns,
  holdColumns,
  keyColumns,
  projectColumns,
  type SheetColumn,
  summaryColumns,
} from "./columns.ts";
import { summaryRows } from "./summary.ts";
import { type Sheet, xlsxFile } from "./xlsx-file.ts";

/**
 * The tie-out report as a workbook: one sheet each for the summary, differences, waiting lines, codes, projects,
 * batches, holds and closed differences.
 */
export const renderWorkbook = (report: Report): AsyncIterable<Uint8Array> =>
  xlsxFile(
    [
      sheet("Summary", summaryColumns, summaryRows(report)),
      sheet("Differences", differenceColumns, report.differences),
      sheet("Waiting for posting", differenceColumns, report.waiting_lines),
      sheet("Codes", keyColumns, report.keys),
      sheet("Projects", projectColumns, report.projects),
      sheet("Batches", batchColumns, report.batches),
      sheet("Holds", holdColumns, report.holds),
      sheet("Closed differences", acceptedColumns, report.accepted_differences),
    ],
    new Date(report.as_of),
  );

const sheet = <Row>(
  name: string,
  columns: readonly SheetColumn<Row>[],
  rows: AsyncIterable<Row> | Iterable<Row>,
): Sheet => ({
  name,
  columns,
  async *rows() {
    for await (const row of rows) yield columns.map(({ value }) => value(row));
  },
});
