import type { MappingFile, MappingSet } from "../core/mapping-set.ts";
import { checkTables } from "./check.ts";
import type { CodeFormats } from "./codes.ts";
import { MAPPING_LAYOUT } from "./layout.ts";
import { mappingSetOf } from "./lookup.ts";
import { type MappingMistake, type MappingOutcome, mappingProblems, mistakeAt } from "./problems.ts";
import { readTable } from "./table.ts";

/** What a company's configuration says about its mapping files. */
export interface MappingRules {
  readonly formats: CodeFormats;
}

/** The files as a set of rows, whatever is wrong with them. */
export interface InspectedFiles {
  readonly set: MappingSet;
  /** In the order of files and rows. */
  readonly mistakes: readonly MappingMistake[];
}

/**
 * Makes a set of a company's mapping files, or refuses them with every mistake in form that they hold
 * (contract §4). Pure: the same texts give the same set, from a folder or from the journal.
 */
export function parseMappingSet(
  files: readonly MappingFile[],
  rules: MappingRules,
): MappingOutcome<MappingSet> {
  const { set, mistakes } = inspectFiles(files, rules);
  const missing = missingFiles(files.map(({ name }) => name));
  return outcomeOf(set, [...missing, ...mistakes]);
}

/** The set, unless there are mistakes. */
export const outcomeOf = <T>(value: T, mistakes: readonly MappingMistake[]): MappingOutcome<T> =>
  mistakes.length === 0
    ? { ok: true, value }
    : { ok: false, problem: mappingProblems.mapping_mistakes(mistakes) };

/** Mistakes for the files that a set cannot do without. `workbooks` are those there as `.xlsx` instead. */
export const missingFiles = (names: readonly string[], workbooks: readonly string[] = []): MappingMistake[] =>
  MAPPING_LAYOUT.filter(
    ({ name, optional }) => !names.includes(name) && (!optional || workbooks.includes(name)),
  ).map(({ name }) =>
    mistakeAt(
      { file: name, row: null, column: null, value: null },
      mappingProblems.mapping_file_missing(workbooks.includes(name)),
    ),
  );

/** Reads and checks the files that are there. The set is good only if there are no mistakes. */
export function inspectFiles(files: readonly MappingFile[], rules: MappingRules): InspectedFiles {
  const read = MAPPING_LAYOUT.flatMap((layout) => {
    const file = files.find(({ name }) => name === layout.name);
    return file ? [readTable(layout, file.text)] : [];
  });
  const tables = read.map(({ table }) => table);
  const mistakes = [...read.flatMap((one) => one.mistakes), ...checkTables(tables, rules.formats)];
  const order = (mistake: MappingMistake) => MAPPING_LAYOUT.findIndex(({ name }) => name === mistake.file);
  mistakes.sort((a, b) => order(a) - order(b) || (a.row ?? 0) - (b.row ?? 0));
  return { set: mappingSetOf(files, tables), mistakes };
}
