import writeExcelFile, { type CellObject, type SheetData } from "write-excel-file/node";
import { type Cents, formatMoney } from "../../core/money.ts";
import type { Sides } from "../../core/tie-out/schema.ts";
import type { Report } from "./schema.ts";

/** A column of a sheet. Cents become a number that Excel adds up; everything else that is text stays text. */
interface SheetColumn<Row> {
  readonly title: string;
  readonly width: number;
  readonly value: (row: Row) => string | number | Cents | null;
}

const HEADER = { fontWeight: "bold", backgroundColor: "#f3f5f7", wrap: true } as const;
const MONEY_FORMAT = "#,##0.00;[Red]-#,##0.00";

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

/**
 * The tie-out report as a workbook: one sheet each for the summary, differences, waiting lines, codes, projects, batches, holds and
 * closed differences. Money is real numbers: each is read from its text with two decimals, so it is the same to the
 * cent. Outside text is always a text cell, so that nothing of it runs as a formula.
 */
export function renderWorkbook(report: Report): Promise<Buffer> {
  const sheets = [
    sheet("Summary", summaryColumns, summaryRows(report)),
    sheet("Differences", differenceColumns, report.differences),
    sheet("Waiting for posting", differenceColumns, report.waiting_lines),
    sheet("Codes", keyColumns, report.keys),
    sheet("Projects", projectColumns, report.projects),
    sheet("Batches", batchColumns, report.batches),
    sheet("Holds", holdColumns, report.holds),
    sheet("Closed differences", acceptedColumns, report.accepted_differences),
  ];
  return writeExcelFile(sheets).toBuffer();
}

function sheet<Row>(name: string, columns: readonly SheetColumn<Row>[], rows: readonly Row[]) {
  const header: CellObject[] = columns.map(({ title }) => ({ value: title, type: String, ...HEADER }));
  const data: SheetData = [header, ...rows.map((row) => columns.map((column) => cellOf(column, row)))];
  return {
    sheet: name,
    data,
    columns: columns.map(({ width }) => ({ width })),
    stickyRowsCount: 1,
    orientation: "landscape" as const,
  };
}

/** What a cell of Excel holds. */
const CELL_LENGTH = 32_767;

function cellOf<Row>({ value }: SheetColumn<Row>, row: Row): CellObject | null {
  const found = value(row);
  if (found === null || found === "") return null;
  if (typeof found === "bigint")
    return { value: Number(formatMoney(found)), type: Number, format: MONEY_FORMAT };
  if (typeof found === "number") return { value: found, type: Number };
  return { value: printable(found).slice(0, CELL_LENGTH), type: String };
}

/** Without the control characters that XML cannot carry. */
const printable = (text: string): string =>
  text.replace(/[^\P{Cc}\t\n\r]/gu, "").replace(/\p{Surrogate}|[\uFFFE\uFFFF]/gu, "\uFFFD");

interface SummaryRow {
  readonly what: string;
  readonly value: string;
  readonly amount: Cents | null;
}

function summaryRows(report: Report): SummaryRow[] {
  const fact = (what: string, value: string): SummaryRow => ({ what, value, amount: null });
  const amount = (what: string, cents: Cents): SummaryRow => ({ what, value: "", amount: cents });
  const sides = (kind: string, all: Sides): SummaryRow[] => [
    amount(`${kind}: baseline`, all.baseline),
    amount(`${kind}: accepted`, all.accepted),
    amount(`${kind}: exported`, all.exported),
    amount(`${kind}: posted`, all.posted),
    amount(`${kind}: unexpected`, all.unexpected),
    amount(`${kind}: difference`, all.difference),
  ];
  return [
    fact("Company", report.company),
    fact("Verdict", report.verdict),
    fact("As of", report.as_of),
    fact("Day", `${report.day} (${report.time_zone})`),
    fact("Newest entry in Sage's copy", report.copy.as_of ?? ""),
    fact("Made by", report.made_by),
    fact("Version", report.tool_version),
    fact("Audit head", report.audit_head),
    ...sides("Original estimates", report.totals.originals),
    ...sides("Approved changes", report.totals.approved_changes),
    amount("Posted", report.money.posted),
    amount("Awaiting posting", report.money.awaiting_posting),
    amount("Differing", report.money.differing),
    amount("Closed by a person", report.money.accepted_difference),
    amount("Waiting for the next export", report.money.waiting),
    amount("Held", report.money.held),
    ...report.notices.map((note) => fact("Note", note)),
  ];
}

const summaryColumns: readonly SheetColumn<SummaryRow>[] = [
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

const differenceColumns: readonly SheetColumn<Report["differences"][number]>[] = [
  words("State", ({ state }) => state, 22),
  words("Since", ({ since }) => since, 12),
  words("Days", ({ age_days }) => age_days, 8),
  words("Project", ({ project_number }) => project_number),
  words("Batch", ({ batch_id }) => batch_id, 16),
  words("Line", ({ line_no }) => line_no, 8),
  ...onKey<Report["differences"][number]>(),
  money("Exported", ({ exported }) => exported),
  money("Posted", ({ posted }) => posted),
  money("Difference", ({ difference }) => difference),
  words("Recognised", ({ recognised }) => recognised),
  words("Entries (run/sequence)", ({ entries }) => entries.join(", "), 24),
  words("What to do", ({ remedy }) => remedy, 80),
];

const keyColumns: readonly SheetColumn<Report["keys"][number]>[] = [
  words("Project", ({ project_number }) => project_number),
  ...onKey<Report["keys"][number]>(),
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

const projectColumns: readonly SheetColumn<Report["projects"][number]>[] = [
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

const batchColumns: readonly SheetColumn<Report["batches"][number]>[] = [
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

const holdColumns: readonly SheetColumn<Report["holds"][number]>[] = [
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

const acceptedColumns: readonly SheetColumn<Report["accepted_differences"][number]>[] = [
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
