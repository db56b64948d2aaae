import { groupBy } from "../core/group-by.ts";
import { joinKey } from "../core/key.ts";
import type { Problem } from "../core/outcome.ts";
import { type CodeFormats, codeFault } from "./codes.ts";
import { type Column, type ColumnName, isKey } from "./layout.ts";
import { type MappingMistake, type MappingPlace, mappingProblems, mistakeAt } from "./problems.ts";
import { isShared, type Table, type TableRow } from "./table.ts";

/** What a row of a mapping file must be in itself, and beside the other rows of the set (contract §4). */
export function checkTables(tables: readonly Table[], formats: CodeFormats): MappingMistake[] {
  const values = tables.flatMap((table) => checkValues(table, formats));
  const faulty = new Set(values.map(placeId));
  const sound = (table: Table, row: TableRow, column: Column) =>
    !faulty.has(placeId(placeOf(table, row, column.name)));
  return [
    ...values,
    ...tables.flatMap((table) => checkKeys(table, sound)),
    ...checkCase(tables, sound),
    ...tables.filter(({ layout }) => layout.name === "jobs.csv").flatMap(checkSharedJobs),
  ];
}

type IsSound = (table: Table, row: TableRow, column: Column) => boolean;

const placeOf = (table: Table, row: TableRow, column: ColumnName): MappingPlace => ({
  file: table.layout.name,
  row: row.row,
  column,
  value: row.cells[column],
});
const placeId = ({ file, row, column }: MappingPlace): string => joinKey(file, String(row), column ?? "");

function checkValues(table: Table, formats: CodeFormats): MappingMistake[] {
  return table.rows.flatMap((row) =>
    table.layout.columns.flatMap((column) => {
      const problem = valueFault(column, row.cells[column.name], formats);
      return problem ? [mistakeAt(placeOf(table, row, column.name), problem)] : [];
    }),
  );
}

const EXCEL_NUMBER = /^\d(?:[.,]\d+)?E[+-]\d{2,}$/;
const EXCEL_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
const EXCEL_DATE = new RegExp(`^(?:\\d{1,2}-${EXCEL_MONTH}|${EXCEL_MONTH}-\\d{2})$`);
const EXCEL_ERROR = /^#(?:N\/A|REF!|NAME\?|VALUE!|DIV\/0!|NUM!|NULL!|SPILL!)$/;

function valueFault(column: Column, value: string, formats: CodeFormats): Problem | null {
  const { holds } = column;
  if (value === "") return column.blank ? null : mappingProblems.mapping_value_missing();
  if (EXCEL_ERROR.test(value)) return mappingProblems.mapping_excel_error(value);
  if (holds === "text") return null;
  if (holds === "shared")
    return /^(?:yes|no)$/i.test(value) ? null : mappingProblems.mapping_shared_value(value);
  if (EXCEL_NUMBER.test(value)) return mappingProblems.mapping_excel_number(value);
  if (EXCEL_DATE.test(value)) return mappingProblems.mapping_excel_date(value);
  if (/(?! )[\p{Zs}\p{Cf}]/u.test(value)) return mappingProblems.mapping_nbsp(value);
  if ((holds === "prefix_key" ? value.slice(0, -1) : value).includes("*"))
    return mappingProblems.mapping_star(value);
  if (holds === "key" || holds === "prefix_key")
    return /\p{Cc}/u.test(value) ? mappingProblems.mapping_control_character(value) : null;
  return codeFault(holds, value, formats);
}

function checkKeys(table: Table, sound: IsSound): MappingMistake[] {
  const keys = table.layout.columns.filter(isKey);
  const own = keys.find(({ blank }) => !blank)?.name ?? "project_number";
  const rowOf = new Map<string, number>();
  return table.rows.flatMap((row) => {
    if (!keys.every((column) => sound(table, row, column))) return [];
    const parts = keys.map(({ name }) => row.cells[name]);
    const first = rowOf.get(joinKey(...parts));
    if (first === undefined) {
      rowOf.set(joinKey(...parts), row.row);
      return [];
    }
    const shown = parts.filter((part) => part !== "").join(" / ");
    return [mistakeAt(placeOf(table, row, own), mappingProblems.mapping_key_twice(shown, first))];
  });
}

/**
 * Two values of a column equal but for case, in whichever files they stand. What each project names for
 * itself is compared within the project and with the rows for all projects; each spelling is reported once.
 */
function checkCase(tables: readonly Table[], sound: IsSound): MappingMistake[] {
  const firsts = new Map<string, MappingPlace>();
  const reported = new Set<string>();
  const mistakes: MappingMistake[] = [];
  const check = (common: boolean) => {
    for (const table of tables)
      for (const row of table.rows) {
        const project = row.cells.project_number.toLowerCase();
        if ((project === "") !== common) continue;
        for (const column of table.layout.columns) {
          const place = placeOf(table, row, column.name);
          const value = row.cells[column.name];
          if (column.holds === "text" || column.holds === "shared") continue;
          if (value === "" || !sound(table, row, column)) continue;
          const id = (scope: string) => joinKey(column.name, scope, value.toLowerCase());
          const scope = column.ofProject ? project : "";
          const first = firsts.get(id("")) ?? firsts.get(id(scope));
          if (!first) firsts.set(id(scope), place);
          else if (first.value !== value && !reported.has(joinKey(column.name, scope, value))) {
            reported.add(joinKey(column.name, scope, value));
            mistakes.push(mistakeAt(place, mappingProblems.mapping_case_differs(value, first)));
          }
        }
      }
  };
  // The rows for all projects first, so that each project's own rows meet them.
  check(true);
  check(false);
  return mistakes;
}

function checkSharedJobs(table: Table): MappingMistake[] {
  const byJob = groupBy(table.rows, ({ cells }) => cells.job);
  return [...byJob].flatMap(([job, rows]) => {
    const other = rows.find(({ cells }) => cells.project_number !== rows[0]?.cells.project_number);
    const alone = rows.find((row) => !isShared(row));
    if (job === "" || !other || !alone) return [];
    const uses = rows.map(({ row, cells }) => ({ row, project: cells.project_number }));
    return [mistakeAt(placeOf(table, other, "job"), mappingProblems.mapping_job_twice(job, uses))];
  });
}
