import type { PublishedReport, Report } from "../../src/show/report/schema.ts";

/** All rows of a report, or of whatever else is asked for row by row. */
export async function allOf<Row>(rows: AsyncIterable<Row>): Promise<Row[]> {
  const all: Row[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

/** A report as it is published: with every row in it. */
export const wholeReport = async (report: Report): Promise<PublishedReport> => ({
  ...report,
  keys: await allOf(report.keys),
  waiting_lines: await allOf(report.waiting_lines),
});
