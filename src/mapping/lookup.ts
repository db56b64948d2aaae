import { groupBy } from "../core/group-by.ts";
import { compareText, joinKey } from "../core/key.ts";
import type { CodeMapping, MappingFile, MappingSet } from "../core/mapping-set.ts";
import { sha256 } from "../core/sha256.ts";
import type { MappingFileName } from "./layout.ts";
import { isShared, type Table, type TableRow } from "./table.ts";

/** The answers that checked tables give. Each takes a few look-ups, however many rows there are. */
export function mappingSetOf(files: readonly MappingFile[], tables: readonly Table[]): MappingSet {
  const mapOf = <T>(
    name: MappingFileName,
    entry: (row: TableRow, source: string) => readonly [string, T],
  ) => {
    const rows = tables.find(({ layout }) => layout.name === name)?.rows ?? [];
    return new Map(rows.map((row) => entry(row, `${name}:${row.row}`)));
  };
  const jobs = mapOf("jobs.csv", (row, source) => [
    row.cells.project_number,
    { job: row.cells.job, shared: isShared(row), source },
  ]);
  const projectsOn = new Map(
    [...groupBy(jobs, ([, { job }]) => job)].map(([job, rows]) => [job, rows.map(([number]) => number)]),
  );
  const extras = mapOf("extras.csv", ({ cells }, source) => [
    joinKey(cells.project_number, cells.sub_job),
    { extra: cells.extra, description: cells.description, source },
  ]);
  const prefixLengths = new Set<number>();
  const costCodes = mapOf("cost-codes.csv", ({ cells }, source) => {
    if (cells.cost_code.endsWith("*")) prefixLengths.add(cells.cost_code.length - 1);
    return [
      joinKey(cells.project_number, cells.cost_code, cells.cost_type),
      { code: cells.sage_cost_code, source },
    ];
  });
  const categories = mapOf("categories.csv", ({ cells }, source) => [
    joinKey(cells.project_number, cells.cost_type),
    { code: cells.category, source },
  ]);
  return {
    sha256: sha256OfSet(files),
    files,
    job: (projectNumber) => jobs.get(projectNumber) ?? null,
    projectsOn: (job) => projectsOn.get(job) ?? [],
    extra: (projectNumber, subJob) =>
      extras.get(joinKey(projectNumber, subJob)) ?? extras.get(joinKey("", subJob)) ?? null,
    costCode: costCodeLookup(costCodes, [...prefixLengths]),
    category: (projectNumber, costType) =>
      categories.get(joinKey(projectNumber, costType)) ?? categories.get(joinKey("", costType)) ?? null,
  };
}

/**
 * The most specific row wins (contract §4): the project's own before the common one, then exact before
 * prefix, a longer prefix before a shorter, with cost type before without.
 */
function costCodeLookup(
  rows: ReadonlyMap<string, CodeMapping>,
  prefixLengths: readonly number[],
): MappingSet["costCode"] {
  const longestFirst = prefixLengths.toSorted((a, b) => b - a);
  return (projectNumber, costCode, costType) => {
    const prefixes = longestFirst
      .filter((length) => length <= costCode.length)
      .map((length) => `${costCode.slice(0, length)}*`);
    // A code that itself ends in a star is no row's code: it would pass for the prefix of that name.
    const patterns = costCode.endsWith("*") ? prefixes : [costCode, ...prefixes];
    for (const project of [projectNumber, ""])
      for (const pattern of patterns)
        for (const type of [costType, ""]) {
          const row = rows.get(joinKey(project, pattern, type));
          if (row) return row;
        }
    return null;
  };
}

/** What `sha256sum categories.csv cost-codes.csv … | sha256sum` gives, the files being in the order of their names. */
function sha256OfSet(files: readonly MappingFile[]): string {
  const lines = files
    .toSorted((a, b) => compareText(a.name, b.name))
    .map(({ name, text }) => `${sha256(text)}  ${name}\n`);
  return sha256(lines.join(""));
}
