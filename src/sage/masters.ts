import { joinKey } from "../core/key.ts";
import type { Cents } from "../core/money.ts";
import { fail, type Outcome, ok } from "../core/outcome.ts";
import type { SageCategory, SageCostCode, SageExtra, SageJob, SageMasters } from "../core/sage.ts";
import type { Row } from "../db/db.ts";
import { bit, trimmed } from "../db/values.ts";
import { centsFromFloat } from "./float-cents.ts";
import { sageProblems } from "./problems.ts";
import { type RowCounts, readTable, type SageSource, type SageTable, type TableNeeds } from "./tables.ts";

/** What is read of each master, and what is lost without it. */
const NEEDS = {
  JCM_MASTER__JOB: { columns: ["Job", "Description", "Status"], loss: "no job can be checked" },
  JCM_MASTER__STANDARD_CATEGORY: { columns: ["Category"], loss: "no category can be checked" },
  JCM_MASTER__EXTRA: {
    columns: ["Job", "Extra", "Description", "Status"],
    loss: "every extra counts as new, and a closed one is not noticed",
  },
  JCM_MASTER__STANDARD_COST_CODE: {
    columns: ["Cost_Code", "Description", "Group_Cost_Code"],
    loss: "only cost codes already on the job are known",
  },
  JCM_MASTER__COST_CODE: {
    columns: ["Job", "Extra", "Cost_Code", "Description", "Status", "Group_Cost_Code"],
    loss: "only standard cost codes are known, and a closed one is not noticed",
  },
  JCM_MASTER__CATEGORY: {
    columns: [
      "Job",
      "Extra",
      "Cost_Code",
      "Category",
      "Status",
      "Original_Estimate",
      "Approved_Estimate_Changes",
    ],
    loss: "closed categories and estimates from before this system are not noticed",
  },
} as const satisfies Partial<Record<SageTable, TableNeeds>>;
type MasterTable = keyof typeof NEEDS;

const CLOSED = "closed";

/**
 * Reads the masters. Nothing is ever written to Sage's copy. The rows read of each table go to `counts`.
 * @returns `sage_table_empty` if there are no jobs or no standard categories: then nothing can be checked
 */
export async function readMasters(source: SageSource, counts: RowCounts): Promise<Outcome<SageMasters>> {
  const lacking: string[] = [];

  /**
   * A master by its codes, trimmed on both sides. Of several rows with one key the first counts, but for what is
   * closed or a group in any of them: a copy may have older versions of a row beside the current one. It is said.
   */
  async function master<T extends object>(
    table: MasterTable,
    codes: readonly string[],
    shape: (row: Row, ...codes: string[]) => T,
  ): Promise<Map<string, T>> {
    const found = new Map<string, T>();
    const spellings = new Map<string, string>();
    const repeated = new Set<string>();
    for await (const row of await readTable(
      source,
      table,
      { ...NEEDS[table], indispensable: codes },
      lacking,
      counts,
    )) {
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
  }

  const jobs = await master(
    "JCM_MASTER__JOB",
    ["Job"],
    (row, job): SageJob => ({
      job: job ?? "",
      description: trimmed(row, "Description"),
      closed: isClosed(row),
    }),
  );
  const standardCategories = await master("JCM_MASTER__STANDARD_CATEGORY", ["Category"], () => ({}));
  if (jobs.size === 0) return fail(sageProblems.sage_table_empty("JCM_MASTER__JOB"));
  if (standardCategories.size === 0)
    return fail(sageProblems.sage_table_empty("JCM_MASTER__STANDARD_CATEGORY"));

  const extras = await master(
    "JCM_MASTER__EXTRA",
    ["Job", "Extra"],
    (row): SageExtra => ({
      description: trimmed(row, "Description"),
      closed: isClosed(row),
    }),
  );
  const standardCostCodes = await master("JCM_MASTER__STANDARD_COST_CODE", ["Cost_Code"], (row) => ({
    description: trimmed(row, "Description"),
    group: bit(row, "Group_Cost_Code"),
  }));
  const costCodes = await master(
    "JCM_MASTER__COST_CODE",
    ["Job", "Extra", "Cost_Code"],
    (row): SageCostCode => ({
      description: trimmed(row, "Description"),
      closed: isClosed(row),
      group: bit(row, "Group_Cost_Code"),
    }),
  );
  const categories = await master(
    "JCM_MASTER__CATEGORY",
    ["Job", "Extra", "Cost_Code", "Category"],
    (row): SageCategory => ({
      closed: isClosed(row),
      totals: {
        original: totalIn(row, "Original_Estimate"),
        approved_change: totalIn(row, "Approved_Estimate_Changes"),
      },
    }),
  );
  return ok({
    jobs,
    extras,
    costCodes,
    categories,
    standardCostCodes,
    standardCategories: new Set(standardCategories.keys()),
    lacking,
  });
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
