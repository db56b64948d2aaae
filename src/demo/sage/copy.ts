import type { Queries } from "../../db/db.ts";
import type { CopyTable } from "./create-copy.ts";

/** What is written to a column: amounts as text with two decimals, which the column's type makes a float of. */
export type Cell = string | number | bigint | null;
export type Cells = Record<string, Cell>;

/** How a copy stores its texts: as they are, or as fixed-width fields. */
export type Layout = (cells: Cells) => Cells;
export const plainLayout: Layout = (cells) => cells;

const WIDTHS: Readonly<Record<string, number>> = {
  Job: 13,
  Extra: 10,
  Cost_Code: 12,
  Category: 3,
  Status: 20,
  Transaction_Type: 20,
};
/** Blanks after texts, and before cost codes, as many real copies have them. */
export const paddedLayout: Layout = (cells) =>
  Object.fromEntries(
    Object.entries(cells).map(([column, cell]) => {
      const width = WIDTHS[column];
      if (width === undefined || typeof cell !== "string") return [column, cell];
      return [column, column === "Cost_Code" ? cell.padStart(width) : cell.padEnd(width)];
    }),
  );

/** Adds rows that all have the same columns. */
export function insertCells(tx: Queries, table: CopyTable, rows: readonly Cells[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {}).map((column) => [column, "text"] as const);
  return tx.insert(table, Object.fromEntries(columns), rows);
}
