import { type Cents, formatMoney } from "../../core/money.ts";
import type { Problem } from "../../core/outcome.ts";

/** A cell of an export as people find it again: rows count from 1, the header being row 1. */
export interface Cell {
  readonly file: string;
  readonly row: number;
  readonly column: string;
}

const at = (cell: Cell): string => `${cell.file}, row ${cell.row}, column "${cell.column}"`;

const exportAgain = "Export the budget from Procore again as CSV and stage that file unedited.";
const saveAsUtf8 = 'Export from Procore again, or save from Excel as "CSV UTF-8 (comma delimited)".';

/** What can stand in the way of staging a Procore budget export. */
export const stageProblems = {
  stage_utf16: (file: string) => ({
    name: "stage_utf16",
    message: `${file} begins with the byte order mark of UTF-16; only UTF-8 is read.`,
    hint: saveAsUtf8,
  }),
  stage_not_utf8: (file: string, line: number) => ({
    name: "stage_not_utf8",
    message: `${file}, line ${line}: not UTF-8, so letters beyond plain English cannot be read for certain.`,
    hint: saveAsUtf8,
  }),
  stage_empty_file: (file: string) => ({
    name: "stage_empty_file",
    message: `${file} holds no header row.`,
    hint: exportAgain,
  }),
  stage_quotes: (file: string, line: number) => ({
    name: "stage_quotes",
    message: `${file}, line ${line}: a double quote is not closed or stands in the middle of a cell, so columns cannot be told apart.`,
    hint: exportAgain,
  }),
  stage_delimiter: (file: string, delimiter: string) => ({
    name: "stage_delimiter",
    message: `${file}: the header is separated by ${delimiter === "\t" ? "tabs" : `"${delimiter}"`}; only commas are read.`,
    hint: "Export from Procore again, or save with commas (Excel follows the list separator of the system's region).",
  }),
  stage_column_missing: (file: string, column: string) => ({
    name: "stage_column_missing",
    message: `${file}: the header has no column "${column}".`,
    hint: "Export Procore's budget with its own columns: show the column in the budget view and export again.",
  }),
  stage_column_twice: (file: string, column: string) => ({
    name: "stage_column_twice",
    message: `${file}: the header has the column "${column}" more than once.`,
    hint: "Remove the column that is not Procore's own, or export again.",
  }),
  stage_row_cells: (file: string, row: number, cells: number, columns: number) => ({
    name: "stage_row_cells",
    message: `${file}, row ${row}: ${cells} cells under ${columns} columns; the file is cut off, or a comma is not within quotes.`,
    hint: exportAgain,
  }),
  stage_no_rows: (file: string) => ({
    name: "stage_no_rows",
    message: `${file} holds no budget line.`,
    hint: "Check that the budget has lines and that no filter was on when it was exported.",
  }),
  stage_code_missing: (cell: Cell) => ({
    name: "stage_code_missing",
    message: `${at(cell)}: empty, but a budget line needs a cost code and a cost type.`,
    hint: "Give the line its code in Procore and export again.",
  }),
  stage_code_characters: (cell: Cell, code: string) => ({
    name: "stage_code_characters",
    message: `${at(cell)}: the code ${JSON.stringify(code)} holds a control character or a blank that is not a plain one.`,
    hint: "Type the code anew in Procore (such characters come with copied text) and export again.",
  }),
  stage_code_letters: (where: string, code: string) => ({
    name: "stage_code_letters",
    message: `${where}: "${code}" holds a letter that the staging column (varchar) may not keep as it is.`,
    hint: "Use plain English letters, digits and signs in codes, company and project number.",
  }),
  stage_too_long: (where: Cell | string, value: string, limit: number) => ({
    name: "stage_too_long",
    message: `${typeof where === "string" ? where : at(where)}: ${value.length} characters where staging holds ${limit}: "${value}".`,
    hint: "Shorten it in Procore and export again; nothing is ever cut.",
  }),
  stage_amount: (cell: Cell, value: string) => ({
    name: "stage_amount",
    message: `${at(cell)}: ${value === "" ? "empty where an amount must stand" : `"${value}" is not an amount in whole cents of at most 16 digits before the point`}.`,
    hint: "Write amounts like 1234.50, $1,234.50 or (1,234.50), and 0.00 for nothing; best export again.",
  }),
  stage_budget_code: (cell: Cell, value: string, expected: string) => ({
    name: "stage_budget_code",
    message: `${at(cell)}: "${value}", but sub job, cost code and cost type of the row make "${expected}".`,
    hint: exportAgain,
  }),
  stage_approved_cos: (cell: Cell, amount: Cents) => ({
    name: "stage_approved_cos",
    message: `${at(cell)}: ${formatMoney(amount)}. Approved change orders are not part of the budget that is staged.`,
    hint: "If they reach Sage another way, stage with --ignore-approved-cos; else clear them in Procore first.",
  }),
  stage_row_sum: (cell: Cell, stated: Cents, computed: Cents) => ({
    name: "stage_row_sum",
    message: `${at(cell)}: ${formatMoney(stated)}, but original, modifications and approved change orders make ${formatMoney(computed)}.`,
    hint: exportAgain,
  }),
  stage_total: (cell: Cell, stated: Cents, computed: Cents) => ({
    name: "stage_total",
    message: `${at(cell)}: the total says ${formatMoney(stated)}, but the rows add up to ${formatMoney(computed)}.`,
    hint: `A row is missing, added or changed, or lacks its codes. ${exportAgain}`,
  }),
  stage_row_twice: (file: string, row: number, code: string, firstRow: number, firstCode: string) => ({
    name: "stage_row_twice",
    message: `${file}, row ${row}: ${code} stands already in row ${firstRow}${code === firstCode ? "" : ` as ${firstCode}, in other case`}.`,
    hint: "One sub job, cost code and cost type has one line: join the two in Procore and export again.",
  }),
  stage_field_empty: (field: string) => ({
    name: "stage_field_empty",
    message: `The ${field} is empty.`,
    hint: `Give the ${field} that the budget belongs to.`,
  }),
  stage_other_project: (company: string, projectNumber: string, projectId: string) => ({
    name: "stage_other_project",
    message: `Staging already holds project "${projectNumber}" of company "${company}", written by another program (project_id ${projectId}) or in other case.`,
    hint: "Write company and number exactly as staged before; a project that another program stages is not staged here too.",
  }),
  stage_other_budget: (projectNumber: string, budgetId: string) => ({
    name: "stage_other_budget",
    message: `Project ${projectNumber} already has a budget written by another program (budget_id ${budgetId}).`,
    hint: "A project has one budget: let the program that wrote it go on, or remove its budget there first.",
  }),
  stage_staged_amount: (lineId: string, value: string) => ({
    name: "stage_staged_amount",
    message: `budget_modification_line ${lineId}: the staged amount "${value}" cannot be read, so what the file changes cannot be told.`,
    hint: "Correct the amount in the staging table, then stage again.",
  }),
  stage_budget_locked: (projectNumber: string, document: string, state: string) => ({
    name: "stage_budget_locked",
    message: `The file changes the budget of project ${projectNumber}, but ${document} is ${state}. Nothing was staged.`,
    hint: "Wait until it is exported, posted in Sage and synced; `tieout status` says what it waits for.",
  }),
} satisfies Record<string, (...args: never[]) => Problem>;
