import type { Problem } from "../core/outcome.ts";

/** Where in the mapping files: rows as a spreadsheet counts them, the header being row 1. */
export interface MappingPlace {
  readonly file: string;
  readonly row: number | null;
  readonly column: string | null;
  readonly value: string | null;
}

export interface MappingMistake extends MappingPlace, Problem {}

/** What is wrong with a mapping folder, or with a set; then each mistake in it is listed. */
export interface MappingProblem extends Problem {
  readonly mistakes: readonly MappingMistake[];
}

/** An `Outcome` that tells the mistakes apart. */
export type MappingOutcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: MappingProblem };

/** Mistakes that a message lists; of the others it gives the number. */
const LISTED = 50;
const SHOWN_CHARACTERS = 60;

/** A problem and its place: `cost-codes.csv row 14, column sage_cost_code: "03100" is …`. */
export function mistakeAt(place: MappingPlace, problem: Problem): MappingMistake {
  const row = place.row === null ? "" : ` row ${place.row}`;
  const column = place.column === null ? "" : `, column ${place.column}`;
  return { ...place, ...problem, message: `${place.file}${row}${column}: ${problem.message}` };
}

const SAVE_AS_UTF8 = 'In Excel, save it as "CSV UTF-8 (Comma delimited)".';
const AS_TEXT = "Format the column as Text in Excel, enter the code anew and save.";
const TOO_WIDE = "Use the code that Sage has; a code is never cut to make it fit.";

export const mappingProblems = {
  mapping_folder_missing: (folder: string): MappingProblem => ({
    name: "mapping_folder_missing",
    message: `the mapping folder ${folder} does not exist`,
    hint: "Create it with the company's mapping files, or correct `mappings` in the configuration.",
    mistakes: [],
  }),
  mapping_folder_unreadable: (folder: string, reason: string): MappingProblem => ({
    name: "mapping_folder_unreadable",
    message: `the mapping folder ${folder} cannot be read (${reason})`,
    hint: "Check that it is a folder, that the share is connected, and that the service's account may read it.",
    mistakes: [],
  }),
  mapping_file_missing: (workbook: boolean): Problem => ({
    name: "mapping_file_missing",
    message: `the file is missing${workbook ? "; there is an Excel workbook of that name, which is not read" : ""}`,
    hint: workbook
      ? 'Save the workbook as "CSV UTF-8 (Comma delimited)" into the same folder.'
      : "Put it into the mapping folder; a header row alone will do if there is nothing to map.",
  }),
  mapping_file_twice: (names: readonly string[]): Problem => ({
    name: "mapping_file_twice",
    message: `the folder holds ${names.join(" and ")}, whose names differ only by case`,
    hint: "Remove the one that is out of date.",
  }),
  mapping_file_unreadable: (reason: string): Problem => ({
    name: "mapping_file_unreadable",
    message: `the file cannot be read (${reason})`,
    hint: "Close it in other programs and check that the service's account may read it.",
  }),
  mapping_not_csv: (): Problem => ({
    name: "mapping_not_csv",
    message: "the file is an Excel workbook under the name of a CSV file",
    hint: SAVE_AS_UTF8,
  }),
  mapping_utf16: (): Problem => ({
    name: "mapping_utf16",
    message: "the file is written in UTF-16, not in UTF-8",
    hint: SAVE_AS_UTF8,
  }),
  mapping_encoding: (line: string): Problem => ({
    name: "mapping_encoding",
    message: `the file is not written in UTF-8; as windows-1252 the row reads ${show(line)}`,
    hint: SAVE_AS_UTF8,
  }),
  mapping_empty: (): Problem => ({
    name: "mapping_empty",
    message: "the file is empty",
    hint: "Restore it, or give it its header row if there is nothing to map.",
  }),
  mapping_csv: (what: string): Problem => ({
    name: "mapping_csv",
    message: what,
    hint:
      "Put a value that holds a comma or a quote between double quotes, and double each quote in it. " +
      "Excel leaves out commas at the end where a last column is mostly empty: fill it (shared = no) or move it to the left.",
  }),
  mapping_delimiter: (sign: string): Problem => ({
    name: "mapping_delimiter",
    message: `the columns are separated by ${sign === "\t" ? "tabs" : show(sign)}, not by commas`,
    hint: "Save it with commas. Excel takes the separator from the list separator of Windows' regional settings.",
  }),
  mapping_column_missing: (found: readonly string[]): Problem => ({
    name: "mapping_column_missing",
    message: `the column is missing; the header has ${found.filter((name) => name !== "").join(", ")}`,
    hint: "Add the column to the header row, which must be the first row of the file.",
  }),
  mapping_duplicate_header: (): Problem => ({
    name: "mapping_duplicate_header",
    message: "the header has the column twice",
    hint: "Remove or rename one of the two.",
  }),
  mapping_value_missing: (): Problem => ({
    name: "mapping_value_missing",
    message: "the value is missing",
    hint: "Fill it in, or remove the row.",
  }),
  mapping_excel_number: (value: string): Problem => ({
    name: "mapping_excel_number",
    message: `${show(value)} is what Excel made of a code that looks like a number`,
    hint: AS_TEXT,
  }),
  mapping_excel_date: (value: string): Problem => ({
    name: "mapping_excel_date",
    message: `${show(value)} is what Excel made of a code that looks like a date`,
    hint: AS_TEXT,
  }),
  mapping_excel_error: (value: string): Problem => ({
    name: "mapping_excel_error",
    message: `${show(value)} is the error of an Excel formula`,
    hint: "Correct the formula in the workbook that the file is saved from.",
  }),
  mapping_nbsp: (value: string): Problem => ({
    name: "mapping_nbsp",
    message: `${show(value)} holds a non-breaking or invisible blank`,
    hint: "Type the value anew: such blanks come from copying out of web pages and documents.",
  }),
  mapping_control_character: (value: string): Problem => ({
    name: "mapping_control_character",
    message: `${show(value)} holds a line break, a tab or another control character`,
    hint: "Type the value anew.",
  }),
  mapping_star: (value: string): Problem => ({
    name: "mapping_star",
    message: `${show(value)} holds a *, which only the column cost_code may have, as its last character`,
    hint: "For all projects leave project_number empty; a prefix row gives all its codes the same Sage cost code.",
  }),
  mapping_quote: (value: string): Problem => ({
    name: "mapping_quote",
    message: `${show(value)} holds a double quote, which Sage's import file cannot carry in a code`,
    hint: "Use the code that Sage has; a code is never changed to make it fit.",
  }),
  mapping_comma: (value: string): Problem => ({
    name: "mapping_comma",
    message: `${show(value)} holds a comma, which Sage's import file cannot carry in a code`,
    hint: "Use the code that Sage has, one to a row; a code is never changed to make it fit.",
  }),
  mapping_not_ascii: (value: string, character: string): Problem => ({
    name: "mapping_not_ascii",
    message: `${show(value)} holds ${show(character)} (${codePoint(character)}), which not every encoding of Sage's import file has`,
    hint: "Type the code anew in plain letters, digits and signs: some foreign letters look like plain ones.",
  }),
  mapping_width: (value: string, width: number): Problem => ({
    name: "mapping_width",
    message: `${show(value)} is ${value.length} characters, Sage has ${width}`,
    hint: TOO_WIDE,
  }),
  mapping_job_width: (value: string, width: number): Problem => ({
    name: "mapping_job_width",
    message: `${show(value)} is more than ${width} characters, not counting separators; Sage has ${width}`,
    hint: TOO_WIDE,
  }),
  mapping_format: (value: string, format: string): Problem => ({
    name: "mapping_format",
    message: `${show(value)} is not in the company's format ${show(format)}, where # is a letter or a digit`,
    hint: "Use the code that Sage has, or correct `formats` in the configuration.",
  }),
  mapping_leading_zero: (value: string, padded: string, format: string): Problem => ({
    name: "mapping_leading_zero",
    message: `${show(value)} is not in the company's format ${show(format)}; ${show(padded)} would be`,
    hint: `Excel drops leading zeros. ${AS_TEXT}`,
  }),
  mapping_shared_value: (value: string): Problem => ({
    name: "mapping_shared_value",
    message: `${show(value)} is neither yes nor no`,
    hint: "Write yes, no or nothing.",
  }),
  mapping_key_twice: (key: string, row: number): Problem => ({
    name: "mapping_key_twice",
    message: `${key} is mapped in row ${row} already`,
    hint: "Remove one of the two rows.",
  }),
  mapping_case_differs: (value: string, other: MappingPlace): Problem => ({
    name: "mapping_case_differs",
    message: `${show(value)} differs only by case from ${show(other.value ?? "")} in ${other.file} row ${other.row}`,
    hint: "Write both alike, as Procore and Sage have it.",
  }),
  mapping_job_twice: (job: string, uses: readonly { row: number; project: string }[]): Problem => ({
    name: "mapping_job_twice",
    message:
      `${show(job)} is the job of ${uses.length} projects, and not all of them have shared = yes: ` +
      uses.map(({ row, project }) => `${project} in row ${row}`).join(", "),
    hint: "Correct the job, or write shared = yes in each of these rows if they really share it.",
  }),
  /** All mistakes of a set at once. */
  mapping_mistakes: (mistakes: readonly MappingMistake[]): MappingProblem => {
    const listed = mistakes.slice(0, LISTED);
    const more = mistakes.length - listed.length;
    return {
      name: "mapping_mistakes",
      message: [
        `the mapping files have ${mistakes.length === 1 ? "one mistake" : `${mistakes.length} mistakes`}:`,
        ...listed.map(({ name, message }) => `${message} [${name}]`),
        ...(more > 0 ? [`and ${more} more`] : []),
      ].join("\n"),
      hint: [...new Set(listed.map(({ hint }) => hint))].join("\n"),
      mistakes,
    };
  },
};

/** In quotes, shortened, with what cannot be seen made visible. */
function show(value: string): string {
  const short = value.length > SHOWN_CHARACTERS ? `${value.slice(0, SHOWN_CHARACTERS)}…` : value;
  const visible = short.replace(/[\p{Cc}\p{Cf}\p{Zs}]/gu, (character) =>
    character === " " ? character : `<${codePoint(character)}>`,
  );
  return `"${visible}"`;
}

const codePoint = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
