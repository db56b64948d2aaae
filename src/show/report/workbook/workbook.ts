import { count } from "../../../core/count.ts";
import type { ReportFiles } from "../files.ts";
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
 * batches, holds and closed differences. Where a CSV has the waiting lines or the codes, their sheet says which, and
 * has of the codes those that nothing else tells of.
 */
export const renderWorkbook = (
  report: Report,
  { codes, waitingLines }: Pick<ReportFiles, "codes" | "waitingLines">,
): AsyncIterable<Uint8Array> =>
  xlsxFile(
    [
      sheet("Summary", summaryColumns, summaryRows(report, { codes, waitingLines })),
      sheet("Differences", differenceColumns, report.differences),
      waitingLines === null
        ? sheet("Waiting for posting", differenceColumns, report.waiting_lines)
        : elsewhere(
            sheet("Waiting for posting", differenceColumns, []),
            listedIn(waitingLines, count(report.waiting_lines.count, "line")),
          ),
      codes === null
        ? sheet("Codes", keyColumns, report.keys)
        : elsewhere(
            sheet("Codes", keyColumns, report.keys.notAsAccepted),
            listedIn(codes, count(report.keys.count, "code")),
          ),
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

const listedIn = (file: string, what: string): string =>
  `${what}: too many for a sheet. All are in ${file}, beside this workbook.`;

/** A sheet whose first row says where the rest is. */
const elsewhere = (part: Sheet, words: string): Sheet => ({
  ...part,
  async *rows() {
    yield [words];
    yield* part.rows();
  },
});
