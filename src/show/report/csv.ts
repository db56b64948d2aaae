import { stringify } from "csv-stringify/sync";
import { formatMoney } from "../../core/money.ts";
import type { SheetColumn } from "./workbook/columns.ts";

/** Rows that become one text. */
const ROWS_AT_ONCE = 500;

/**
 * What a sheet would hold, as CSV, text after text; UTF-8, CRLF. Amounts are text with two decimals and no separators.
 * People open it in a spreadsheet, so a text that would run as a formula is led by `'`.
 */
export async function* csvTexts<Row>(
  columns: readonly SheetColumn<Row>[],
  rows: AsyncIterable<Row>,
): AsyncGenerator<string, undefined> {
  yield csv([columns.map(({ title }) => title)]);
  let page: unknown[][] = [];
  for await (const row of rows) {
    page.push(columns.map(({ value }) => value(row)));
    if (page.length < ROWS_AT_ONCE) continue;
    yield csv(page);
    page = [];
  }
  yield csv(page);
}

const csv = (rows: readonly unknown[][]): string =>
  stringify([...rows], {
    record_delimiter: "\r\n",
    escape_formulas: true,
    cast: { bigint: formatMoney },
  });
