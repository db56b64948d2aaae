import { type Html, html, type Part } from "./markup.ts";

/**
 * How wide a column is and how its cells stand. `text` columns share what the others leave; `amount` (money) and
 * `count` stand to the right, digit under digit; `code` is as wide as a Sage code, `short` as a category.
 */
export type ColumnKind = "text" | "code" | "short" | "amount" | "count";

export interface Column<Row> {
  readonly title: string;
  readonly kind?: ColumnKind;
  readonly value: (row: Row) => Part;
  /** What the row of totals has in this column. */
  readonly total?: Part;
}

/**
 * A table with a line of titles that printers repeat on every page, and a row of totals if it is given a `label` for
 * that. The label takes the columns before the first that has a total.
 */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], label?: string): Html {
  const needs = columns.reduce((sum, { kind = "text" }) => sum + WIDTHS_REM[kind], 0);
  return html`<div class="table"><table style="--needs: ${needs}rem">
<thead><tr>${columns.map((column) => html`<th scope="col"${classOf(column)}>${column.title}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${columns.map((column) => html`<td${classOf(column)}>${column.value(row)}</td>`)}</tr>\n`)}</tbody>
${label === undefined ? "" : totals(columns, label)}</table></div>`;
}

/** What a column needs to be read, in rem; of a text column the least. A window that has less scrolls the table. */
const WIDTHS_REM: Readonly<Record<ColumnKind, number>> = {
  text: 9,
  code: 8,
  short: 5,
  amount: 8.5,
  count: 5,
};

const MANY_ROWS = 400;

/** A table whose rows come in pieces that browsers lay out only when they are looked at. */
export function longTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[], label?: string): Html {
  if (rows.length <= MANY_ROWS) return table(columns, rows, label);
  const pieces: Html[] = [];
  const titled = columns.map(({ total: _total, ...column }) => column);
  for (let i = 0; i < rows.length; i += MANY_ROWS) {
    const isLast = i + MANY_ROWS >= rows.length;
    pieces.push(
      html`<div class="chunk">${table(isLast ? columns : titled, rows.slice(i, i + MANY_ROWS), isLast ? label : undefined)}</div>\n`,
    );
  }
  return html`${pieces}`;
}

function totals<Row>(columns: readonly Column<Row>[], label: string): Html {
  const first = columns.findIndex((column) => column.total !== undefined);
  const labelled = first === -1 ? columns.length : first;
  return html`<tfoot><tr><td colspan="${labelled}">${label}</td>${columns
    .slice(labelled)
    .map((column) => html`<td${classOf(column)}>${column.total ?? ""}</td>`)}</tr></tfoot>
`;
}

const classOf = <Row>({ kind = "text" }: Column<Row>): Html | string =>
  kind === "text" ? "" : html` class="${kind}"`;
