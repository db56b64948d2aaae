import { joinKey } from "../../core/key.ts";
import { absCents, type Cents, parseMoney, sumCents } from "../../core/money.ts";
import type { Problem } from "../../core/outcome.ts";
import { readRecords } from "./export-records.ts";
import { type Cell, stageProblems } from "./problems.ts";

/** One budget line of an export. */
export interface ExportRow {
  /** Counts from 1; the header is row 1. */
  readonly row: number;
  /** Empty where the line belongs to no sub job. */
  readonly subJob: string;
  /** What follows the sub job's code; empty if the file gives the code only. */
  readonly subJobName: string;
  readonly costCode: string;
  readonly costType: string;
  readonly description: string;
  readonly original: Cents;
  /** All modifications of the line so far, signed. */
  readonly modifications: Cents;
}

export type ExportOutcome =
  | { readonly ok: true; readonly rows: readonly ExportRow[] }
  /** The first problems in file order, and how many there are in all. */
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly found: number };

const MAX_PROBLEMS_SHOWN = 20;
const MAX_CODE = 50;
const MAX_TEXT = 200;
/** The staging columns are decimal(18,2). */
const TOO_LARGE: Cents = 10n ** 18n;

const SUB_JOB = "Sub Job";
const TIERS = ["Cost Code Tier 1", "Cost Code Tier 2", "Cost Code Tier 3"];
const COST_TYPE = "Cost Type";
const BUDGET_CODE = "Budget Code";
const DESCRIPTION = "Budget Code Description";
const ORIGINAL = "Original Budget Amount";
const MODIFICATIONS = "Budget Modifications";
const APPROVED_COS = "Approved COs";
const REVISED = "Revised Budget";

const REQUIRED = [SUB_JOB, "Cost Code Tier 1", COST_TYPE, ORIGINAL, MODIFICATIONS, APPROVED_COS];
const CODES = [SUB_JOB, ...TIERS, COST_TYPE, BUDGET_CODE];
const AMOUNTS = [ORIGINAL, MODIFICATIONS, APPROVED_COS, REVISED];
const KNOWN = [...CODES, DESCRIPTION, ...AMOUNTS];

/**
 * Reads Procore's budget export (CSV, UTF-8 with or without its mark) into budget lines, or names every
 * mistake in it: one wrong figure refuses the file. `file` is its name for messages. Further columns than
 * those used here are ignored.
 */
export function readProcoreExport(
  file: string,
  bytes: Uint8Array,
  options: { readonly ignoreApprovedCos: boolean },
): ExportOutcome {
  const records = readRecords(file, bytes);
  if (!Array.isArray(records)) return refuse([records]);
  const [header = [], ...body] = records;
  const names = header.map((name) => name.replace(/\s+/g, " ").trim());
  const headerProblems = checkHeader(file, header, names);
  if (headerProblems.length > 0) return refuse(headerProblems);

  const problems: Problem[] = [];
  const position = new Map(names.map((name, index) => [name, index]));
  const amountColumns = AMOUNTS.filter((column) => position.has(column));
  // null: a row's amount was not to be read, so there is no sum to compare.
  const sums = new Map(amountColumns.map((column): [string, Cents | null] => [column, 0n]));
  const totals: { row: number; amounts: ReadonlyMap<string, Cents> }[] = [];
  const rows: ExportRow[] = [];
  const seen = new Map<string, { row: number; code: string }>();
  let lines = 0;

  for (const [index, record] of body.entries()) {
    if (record.every((value) => value.trim() === "")) continue;
    const row = index + 2;
    const value: Reader = (column) => record[position.get(column) ?? -1] ?? "";
    const cell = (column: string): Cell => ({ file, row, column });

    const amounts = new Map<string, Cents>();
    const slipped = record.length < names.length || !record.slice(names.length).every(isBlank);
    if (slipped) problems.push(stageProblems.stage_row_cells(file, row, record.length, names.length));
    else
      for (const column of amountColumns) {
        const cents = readAmount(value(column).trim());
        if (cents !== null) amounts.set(column, cents);
        else problems.push(stageProblems.stage_amount(cell(column), value(column).trim()));
      }
    if (isTotal(record, value, amountColumns)) {
      totals.push({ row, amounts });
      continue;
    }
    lines++;
    for (const [column, sum] of sums) {
      const cents = amounts.get(column) ?? null;
      sums.set(column, sum === null || cents === null ? null : sum + cents);
    }
    if (slipped) continue;

    problems.push(...amountProblems(amounts, cell, options.ignoreApprovedCos));
    const codes = readCodes(value, cell);
    problems.push(...codes.problems);
    if (codes.problems.length > 0) continue;
    const { subJob, costCode, costType } = codes;
    const code = [subJob, costCode, costType].filter((part) => part !== "").join(".");
    const stated = value(BUDGET_CODE).trim();
    if (stated !== "" && stated !== code)
      problems.push(stageProblems.stage_budget_code(cell(BUDGET_CODE), stated, code));
    const key = joinKey(subJob, costCode, costType).toLowerCase();
    const first = seen.get(key);
    if (first) problems.push(stageProblems.stage_row_twice(file, row, code, first.row, first.code));
    else seen.set(key, { row, code });

    const original = amounts.get(ORIGINAL);
    const modifications = amounts.get(MODIFICATIONS);
    if (original === undefined || modifications === undefined) continue;
    const { subJobName, description } = codes;
    rows.push({ row, subJob, subJobName, costCode, costType, description, original, modifications });
  }

  for (const { row, amounts } of totals)
    for (const [column, stated] of amounts) {
      const computed = sums.get(column) ?? null;
      if (computed !== null && stated !== computed)
        problems.push(stageProblems.stage_total({ file, row, column }, stated, computed));
    }
  if (lines === 0) problems.push(stageProblems.stage_no_rows(file));
  return problems.length > 0 ? refuse(problems) : { ok: true, rows };
}

const refuse = (problems: readonly Problem[]): ExportOutcome => ({
  ok: false,
  problems: problems.slice(0, MAX_PROBLEMS_SHOWN),
  found: problems.length,
});

function checkHeader(file: string, header: readonly string[], names: readonly string[]): Problem[] {
  const delimiter = [";", "\t"].find((mark) => header.length === 1 && header[0]?.includes(mark));
  if (delimiter !== undefined) return [stageProblems.stage_delimiter(file, delimiter)];
  return [
    ...REQUIRED.filter((column) => !names.includes(column)).map((column) =>
      stageProblems.stage_column_missing(file, column),
    ),
    ...KNOWN.filter((column) => names.indexOf(column) !== names.lastIndexOf(column)).map((column) =>
      stageProblems.stage_column_twice(file, column),
    ),
  ];
}

/** A row's cell by its column; empty where the file lacks the column. */
type Reader = (column: string) => string;
const isBlank = (value: string): boolean => value.trim() === "";

/** A row that sums up the others: it says so, or it has amounts and no codes. */
const isTotal = (record: readonly string[], value: Reader, amountColumns: readonly string[]): boolean =>
  /^(grand )?totals?$/i.test(record[0]?.trim() ?? "") ||
  (CODES.every((column) => isBlank(value(column))) &&
    !amountColumns.every((column) => isBlank(value(column))));

function amountProblems(
  amounts: ReadonlyMap<string, Cents>,
  cell: (column: string) => Cell,
  ignoreApprovedCos: boolean,
): Problem[] {
  const problems: Problem[] = [];
  const approvedCos = amounts.get(APPROVED_COS);
  if (approvedCos !== undefined && approvedCos !== 0n && !ignoreApprovedCos)
    problems.push(stageProblems.stage_approved_cos(cell(APPROVED_COS), approvedCos));
  // All four were readable: a sum with a part missing would only repeat the first mistake.
  const revised = amounts.get(REVISED);
  if (revised !== undefined && amounts.size === AMOUNTS.length) {
    const computed = sumCents(amounts.values()) - revised;
    if (revised !== computed) problems.push(stageProblems.stage_row_sum(cell(REVISED), revised, computed));
  }
  return problems;
}

function readCodes(value: Reader, cell: (column: string) => Cell) {
  const tier = TIERS.findLast((column) => !isBlank(value(column))) ?? "Cost Code Tier 1";
  const subJob = codeAndName(value(SUB_JOB));
  const costCode = codeAndName(value(tier));
  const costType = codeAndName(value(COST_TYPE));
  const ownDescription = value(DESCRIPTION).trim();
  const description = ownDescription || costCode.name || costCode.code;

  const problems: Problem[] = [];
  const checkCode = (column: string, code: string, required: boolean) => {
    if (code === "" && required) problems.push(stageProblems.stage_code_missing(cell(column)));
    if (code.length > MAX_CODE) problems.push(stageProblems.stage_too_long(cell(column), code, MAX_CODE));
    // Control characters, and all blanks but the plain one.
    if (/[\p{C}\p{Z}]/u.test(code.replaceAll(" ", "")))
      problems.push(stageProblems.stage_code_characters(cell(column), code));
  };
  checkCode(SUB_JOB, subJob.code, subJob.name !== "");
  checkCode(tier, costCode.code, true);
  checkCode(COST_TYPE, costType.code, true);
  for (const [column, text] of [
    [SUB_JOB, subJob.name],
    [ownDescription === "" ? tier : DESCRIPTION, description],
  ] as const)
    if (text.length > MAX_TEXT) problems.push(stageProblems.stage_too_long(cell(column), text, MAX_TEXT));

  return {
    subJob: subJob.code,
    subJobName: subJob.name,
    costCode: costCode.code,
    costType: costType.code,
    description,
    problems,
  };
}

/** Procore shows a segment as `PH1 - Phase 1`, or as its code alone. */
function codeAndName(cell: string): { code: string; name: string } {
  const dash = cell.indexOf(" - ");
  return dash === -1
    ? { code: cell.trim(), name: "" }
    : { code: cell.slice(0, dash).trim(), name: cell.slice(dash + 3).trim() };
}

const AMOUNT = /^(-?)\$?\s*(-?)((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)$/;

/** An amount plain or as a spreadsheet shows it: `1234.5`, `-$1,234.50`, `($1,234.50)`. */
function readAmount(text: string): Cents | null {
  const inParentheses = /^\((.*)\)$/.exec(text)?.[1];
  const match = AMOUNT.exec(inParentheses ?? text);
  if (!match) return null;
  const [, before = "", after = "", digits = ""] = match;
  const signs = before.length + after.length + (inParentheses === undefined ? 0 : 1);
  if (signs > 1) return null;
  const parsed = parseMoney(digits.replaceAll(",", ""));
  if (!parsed.ok || absCents(parsed.cents) >= TOO_LARGE) return null;
  return signs === 1 ? -parsed.cents : parsed.cents;
}
