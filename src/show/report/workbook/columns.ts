import type { Cents } from "../../../core/money.ts";
import type { Sides, TieOutKey } from "../../../core/tie-out/schema.ts";
import type { AgedDifference } from "../rows.ts";
import type { Report } from "../schema.ts";
import type { SummaryRow } from "./summary.ts";
import type { Cell } from "./xlsx-file.ts";

/** A column of a sheet, or of a CSV that stands for it. */
export interface SheetColumn<Row> {
  readonly title: string;
  readonly width: number;
  readonly value: (row: Row) => Cell;
}

const money = <Row>(title: string, value: (row: Row) => Cents | null): SheetColumn<Row> => ({
  title,
  width: 16,
  value,
});
const words = <Row>(
  title: string,
  value: (row: Row) => string | number | null,
  width = 14,
): SheetColumn<Row> => ({ title, width, value });

export const summaryColumns: readonly SheetColumn<SummaryRow>[] = [
  words("What", ({ what }) => what, 34),
  words("Value", ({ value }) => value, 68),
  money("Amount", (row) => row.amount),
];

interface OnKey {
  readonly kind: string;
  readonly job: string;
  readonly extra: string;
  readonly cost_code: string;
  readonly category: string;
}
const onKey = <Row extends OnKey>(): SheetColumn<Row>[] => [
  words("Kind", ({ kind }) => kind, 16),
  words("Job", ({ job }) => job, 12),
  words("Extra", ({ extra }) => extra, 10),
  words("Cost code", ({ cost_code }) => cost_code, 12),
  words("Category", ({ category }) => category, 10),
];

export const differenceColumns: readonly SheetColumn<AgedDifference>[] = [
  words("State", ({ state }) => state, 22),
  words("Since", ({ since }) => since, 12),
  words("Days", ({ age_days }) => age_days, 8),
  words("Project", ({ project_number }) => project_number),
  words("Batch", ({ batch_id }) => batch_id, 16),
  words("Line", ({ line_no }) => line_no, 8),
  ...onKey<AgedDifference>(),
  money("Exported", ({ exported }) => exported),
  money("Posted", ({ posted }) => posted),
  money("Difference", ({ difference }) => difference),
  words("Recognised", ({ recognised }) => recognised),
  words("Entries (run/sequence)", ({ entries }) => entries.join(", "), 24),
  words("What to do", ({ remedy }) => remedy, 80),
];

export const keyColumns: readonly SheetColumn<TieOutKey>[] = [
  words("Project", ({ project_number }) => project_number),
  ...onKey<TieOutKey>(),
  money("Baseline", ({ baseline }) => baseline),
  money("Accepted", ({ accepted }) => accepted),
  money("Exported", ({ exported }) => exported),
  money("Posted", ({ posted }) => posted),
  money("Unexpected", ({ unexpected }) => unexpected),
  money("Total in Sage", ({ sage_total }) => sage_total),
  money("Total by entries", ({ sage_expected }) => sage_expected),
  words("Ties out", ({ ties_out }) => (ties_out ? "yes" : "no"), 10),
];

const sideColumns = <Row>(name: string, of: (row: Row) => Sides): SheetColumn<Row>[] => [
  money(`${name}: accepted`, (row) => of(row).accepted),
  money(`${name}: exported`, (row) => of(row).exported),
  money(`${name}: posted`, (row) => of(row).posted),
  money(`${name}: unexpected`, (row) => of(row).unexpected),
];

export const projectColumns: readonly SheetColumn<Report["projects"][number]>[] = [
  words("Project", ({ project_number }) => project_number),
  words("Name", ({ name }) => name, 30),
  words("Job", ({ job }) => job),
  words(
    "Documents",
    ({ documents }) =>
      documents
        .map(({ document, number, erp_status }) => `${document}${number ? ` ${number}` : ""}: ${erp_status}`)
        .join("; "),
    40,
  ),
  ...sideColumns<Report["projects"][number]>("Originals", (row) => row.originals),
  ...sideColumns<Report["projects"][number]>("Changes", (row) => row.approved_changes),
  money("Waiting", ({ waiting }) => waiting),
  money("Held", ({ held }) => held),
  words("Open lines", ({ open_lines }) => open_lines, 10),
  words("Differing lines", ({ differing_lines }) => differing_lines, 10),
  words("Ties out", ({ ties_out }) => (ties_out ? "yes" : "no"), 10),
];

export const batchColumns: readonly SheetColumn<Report["batches"][number]>[] = [
  words("Batch", ({ batch_id }) => batch_id, 16),
  words("State", ({ state }) => state, 10),
  words("Written", ({ written_at }) => written_at, 22),
  words("Transaction date", ({ transaction_date }) => transaction_date, 12),
  words("Projects", ({ projects }) => projects.join(", "), 24),
  words("Lines", ({ lines }) => lines, 8),
  money("Originals: accepted", ({ original }) => original.accepted),
  money("Originals: exported", ({ original }) => original.exported),
  money("Originals: posted", ({ original }) => original.posted),
  money("Changes: accepted", (row) => row.approved_changes.accepted),
  money("Changes: exported", (row) => row.approved_changes.exported),
  money("Changes: posted", (row) => row.approved_changes.posted),
  words(
    "Files and SHA-256",
    ({ files }) => files.map(({ name, sha256 }) => `${name} ${sha256}`).join("\n"),
    100,
  ),
];

export const holdColumns: readonly SheetColumn<Report["holds"][number]>[] = [
  words("Project", ({ project_number }) => project_number),
  words("Document", ({ document, document_id }) => `${document} ${document_id}`, 30),
  words("Line", ({ staging_line_id }) => staging_line_id, 20),
  words("Rule", ({ rule }) => rule, 22),
  words("Field", ({ field }) => field),
  words("Value", ({ value }) => value, 20),
  words("Why", ({ message }) => message, 60),
  words("What to do", ({ remedy }) => remedy, 60),
  words("Since", ({ began_at }) => began_at, 22),
];

export const acceptedColumns: readonly SheetColumn<Report["accepted_differences"][number]>[] = [
  words("Batch", ({ batch_id }) => batch_id, 16),
  words("Line", ({ line_no }) => line_no, 8),
  ...onKey<Report["accepted_differences"][number]>(),
  words("State then", ({ state_then }) => state_then, 18),
  money("Exported", ({ exported }) => exported),
  money("Posted then", ({ posted_then }) => posted_then),
  money("Posted now", ({ posted_now }) => posted_now),
  words("Reason", ({ reason }) => reason, 60),
  words("Who", ({ actor }) => actor, 24),
  words("When", ({ accepted_at }) => accepted_at, 22),
];
