import { joinKey } from "../core/key.ts";
import type { Cents } from "../core/money.ts";
import type { SageCategory, SageCostCode, SageExtra, SageJob, SageMasters } from "../core/sage.ts";
import type { Row } from "../db/db.ts";
import { bit, trimmed } from "../db/values.ts";
import { centsFromFloat } from "./float-cents.ts";
import type { SageTable } from "./needs.ts";
import type { Spool } from "./spool.ts";

const CLOSED = "closed";

/** Reads one master after another, and what they say in two ways. */
function readingMasters(spool: Spool, ofJobs: readonly string[] | null, own?: "own rows") {
  const lacking: string[] = [];
  /**
   * A master by its codes, trimmed on both sides. Of several rows with one key the first counts, but for what is
   * closed or a group in any of them: a copy may have older versions of a row beside the current one. It is said.
   */
  const master = async <T extends object>(
    table: SageTable,
    codes: readonly string[],
    shape: (row: Row, ...codes: string[]) => T,
  ): Promise<Map<string, T>> => {
    const found = new Map<string, T>();
    const spellings = new Map<string, string>();
    const repeated = new Set<string>();
    for (const row of await spool.rows(table, ofJobs, own)) {
      const values = codes.map((code) => trimmed(row, code));
      const key = joinKey(...values);
      const folded = key.toLowerCase();
      if (spellings.has(folded)) repeated.add(values.join(" / "));
      spellings.set(folded, key);
      const known = found.get(key);
      const shaped = shape(row, ...values);
      found.set(key, known ? stricter(known, shaped) : shaped);
    }
    if (repeated.size > 0)
      lacking.push(`${table} has more than one row for ${examples(repeated)}, case aside`);
    return found;
  };
  return {
    lacking,
    master,
    jobs: () =>
      master(
        "JCM_MASTER__JOB",
        ["Job"],
        (row, job): SageJob => ({
          job: job ?? "",
          description: trimmed(row, "Description"),
          closed: isClosed(row),
        }),
      ),
    categories: () =>
      master(
        "JCM_MASTER__CATEGORY",
        ["Job", "Extra", "Cost_Code", "Category"],
        (row): SageCategory => ({
          closed: isClosed(row),
          totals: {
            original: totalIn(row, "Original_Estimate"),
            approved_change: totalIn(row, "Approved_Estimate_Changes"),
          },
        }),
      ),
  };
}

/** Some jobs' own rows, and the totals that Sage has of their categories. */
export async function readTotals(
  spool: Spool,
  ofJobs: readonly string[],
): Promise<Pick<SageMasters, "jobs" | "categories" | "lacking">> {
  const { jobs, categories, lacking } = readingMasters(spool, ofJobs, "own rows");
  return { jobs: await jobs(), categories: await categories(), lacking };
}

/** Reads the masters of some jobs, or of all: every job's own row, and the lists that are for all of them. */
export async function readMasters(spool: Spool, ofJobs: readonly string[] | null): Promise<SageMasters> {
  const { master, jobs, categories, lacking } = readingMasters(spool, ofJobs);
  return {
    jobs: await jobs(),
    extras: await master(
      "JCM_MASTER__EXTRA",
      ["Job", "Extra"],
      (row): SageExtra => ({ description: trimmed(row, "Description"), closed: isClosed(row) }),
    ),
    costCodes: await master(
      "JCM_MASTER__COST_CODE",
      ["Job", "Extra", "Cost_Code"],
      (row): SageCostCode => ({
        description: trimmed(row, "Description"),
        closed: isClosed(row),
        group: bit(row, "Group_Cost_Code"),
      }),
    ),
    categories: await categories(),
    standardCostCodes: await master("JCM_MASTER__STANDARD_COST_CODE", ["Cost_Code"], (row) => ({
      description: trimmed(row, "Description"),
      group: bit(row, "Group_Cost_Code"),
    })),
    standardCategories: new Set(
      (await master("JCM_MASTER__STANDARD_CATEGORY", ["Category"], () => ({}))).keys(),
    ),
    lacking,
  };
}

/** The first of two, closed or a group if the other is. */
const stricter = <T extends object>(first: T, other: T): T => ({
  ...first,
  ...("closed" in other && other.closed === true ? { closed: true } : {}),
  ...("group" in other && other.group === true ? { group: true } : {}),
});

const isClosed = (row: Row): boolean => trimmed(row, "Status").toLowerCase() === CLOSED;

/** An amount of a copy, rounded to cents; nothing there counts as 0.00. Null if it is no amount. */
export function moneyIn(row: Row, column: string): Cents | null {
  const value = row[column];
  return value === null || value === undefined
    ? 0n
    : centsFromFloat(typeof value === "bigint" ? value.toString() : value);
}

/**
 * A total decides whether a job carries an estimate, so none is made up. Null where the copy does not tell.
 * @throws if it is no amount
 */
function totalIn(row: Row, column: string): Cents | null {
  if (row[column] === null || row[column] === undefined) return null;
  const cents = moneyIn(row, column);
  if (cents === null)
    throw new Error(`JCM_MASTER__CATEGORY holds ${String(row[column])} where ${column} belongs`);
  return cents;
}

/** Some of many names, for people. */
export function examples(names: ReadonlySet<string>): string {
  const some = [...names].slice(0, 5).join("; ");
  return names.size > 5 ? `${some}; and ${names.size - 5} more` : some;
}
