import { parse } from "csv-parse/sync";
import type { Problem } from "../core/outcome.ts";
import type { ColumnName, FileLayout } from "./layout.ts";
import { type MappingMistake, mappingProblems, mistakeAt } from "./problems.ts";

/** A row of a mapping file: its values trimmed, empty where the file has no such column. */
export interface TableRow {
  /** As a spreadsheet counts: the header is row 1, blank rows count. */
  readonly row: number;
  readonly cells: Readonly<Record<ColumnName, string>>;
}

/** Whether a row of `jobs.csv` says that several projects may have its job. */
export const isShared = (row: TableRow): boolean => row.cells.shared.toLowerCase() === "yes";

export interface Table {
  readonly layout: FileLayout;
  readonly rows: readonly TableRow[];
}

interface CsvRecord {
  readonly row: number;
  readonly values: readonly string[];
}

const NO_CELLS: Readonly<Record<ColumnName, string>> = {
  project_number: "",
  job: "",
  shared: "",
  sub_job: "",
  extra: "",
  description: "",
  cost_code: "",
  sage_cost_code: "",
  cost_type: "",
  category: "",
};

/** Reads a file's text into the columns it ought to have. Without a good header there are no rows. */
export function readTable(layout: FileLayout, text: string): { table: Table; mistakes: MappingMistake[] } {
  const { records, mistakes } = readCsv(layout, text);
  const none: Table = { layout, rows: [] };
  const [header, ...body] = records;
  if (!header) {
    const place = { file: layout.name, row: null, column: null, value: null };
    return {
      table: none,
      mistakes: mistakes.length > 0 ? mistakes : [mistakeAt(place, mappingProblems.mapping_empty())],
    };
  }

  const names = header.values.map((name) => name.toLowerCase());
  const headerMistakes = checkHeader(layout, header.row, names);
  // With a wrong separator each row has a mistake; the header's is the one to mend.
  if (headerMistakes.some(({ name }) => name === "mapping_delimiter"))
    return { table: none, mistakes: headerMistakes };
  if (headerMistakes.length > 0) return { table: none, mistakes: [...headerMistakes, ...mistakes] };

  const positions = layout.columns.map(({ name }) => ({ name, at: names.indexOf(name) }));
  const rows = body
    .filter(({ values }) => values.some((value) => value !== ""))
    .map(({ row, values }) => {
      const cells = { ...NO_CELLS };
      for (const { name, at } of positions) cells[name] = values[at] ?? "";
      return { row, cells };
    });
  return { table: { layout, rows }, mistakes };
}

function checkHeader(layout: FileLayout, row: number, names: readonly string[]): MappingMistake[] {
  const at = (column: string | null, value: string | null, problem: Problem) =>
    mistakeAt({ file: layout.name, row, column, value }, problem);

  const delimiter = names.length === 1 ? /[;\t|]/.exec(names[0] ?? "")?.[0] : undefined;
  if (delimiter !== undefined) return [at(null, delimiter, mappingProblems.mapping_delimiter(delimiter))];

  return layout.columns.flatMap(({ name, optional }) => {
    const times = names.filter((found) => found === name).length;
    if (times > 1) return [at(name, name, mappingProblems.mapping_duplicate_header())];
    if (times === 0 && !optional) return [at(name, null, mappingProblems.mapping_column_missing(names))];
    return [];
  });
}

function readCsv(layout: FileLayout, text: string): { records: CsvRecord[]; mistakes: MappingMistake[] } {
  const records: CsvRecord[] = [];
  const mistakes: MappingMistake[] = [];
  let skipped = 0;
  // Once a quote is misplaced, where values and rows begin and end is a guess: nothing after it is taken.
  let lost = false;

  parse(text, {
    bom: true,
    // Some rows with CRLF and some with LF: what is left when a file is edited on several machines.
    record_delimiter: ["\r\n", "\n", "\r"],
    trim: true,
    skip_empty_lines: true,
    relax_column_count: false,
    skip_records_with_error: true,
    on_skip: (error) => {
      if (!error || lost) return;
      skipped += 1;
      const row = Number(error.records) + Number(error.empty_lines) + skipped;
      const ragged = error.code === "CSV_RECORD_INCONSISTENT_FIELDS_LENGTH";
      lost = !ragged;
      const values = ragged ? (error.record as readonly string[]) : [];
      if (ragged && values.every((value) => value.trim() === "")) return;
      const what = ragged
        ? `the row has ${values.length} columns, the header has ${records[0]?.values.length}`
        : quoteFault(error.code);
      mistakes.push(
        mistakeAt({ file: layout.name, row, column: null, value: null }, mappingProblems.mapping_csv(what)),
      );
    },
    on_record: (values: readonly string[], context) => {
      if (!lost)
        records.push({
          row: context.records + context.empty_lines + skipped,
          values: values.map((value) => value.trim()),
        });
      return null;
    },
  });
  return { records, mistakes };
}

function quoteFault(code: string): string {
  switch (code) {
    case "CSV_QUOTE_NOT_CLOSED":
      return "a double quote opens in this row and is never closed";
    case "INVALID_OPENING_QUOTE":
      return "a double quote stands inside a value that does not begin with one";
    default:
      return "a value goes on after its closing double quote";
  }
}
