import type { TieOutDifference } from "./schema.ts";

/** Lines by batch and number, then entries, documents and totals, each as their jobs come. */
export function inReportOrder<D extends TieOutDifference>(differences: readonly D[]): D[] {
  const rank = ({ line_no, state }: TieOutDifference): number =>
    line_no !== null ? 0 : state === "unexpected" ? 1 : state === "changed_since_export" ? 2 : 3;
  return differences.toSorted(
    (a, b) =>
      rank(a) - rank(b) ||
      (rank(a) === 0
        ? compare(a.batch_id ?? "", b.batch_id ?? "") || (a.line_no ?? 0) - (b.line_no ?? 0)
        : 0),
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
