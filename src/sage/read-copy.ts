import { type EstimateKind, joinKey } from "../core/key.ts";
import type { Cents } from "../core/money.ts";
import { fail, type Outcome, ok } from "../core/outcome.ts";
import type { Db, Row } from "../db/db.ts";
import { columnsOf } from "../db/inspect.ts";
import { bit, cents, textOrNull, trimmed } from "../db/values.ts";
import { centsFromFloat } from "./float-cents.ts";
import { sageProblems } from "./problems.ts";
import type { SageCategory, SageCostCode, SageEntry, SageExtra, SageJob, SageMasters } from "./sage.ts";

/** Where a company's Sage tables are: a schema on SQL Server, and the column that tells companies apart, if any. */
export interface SageSource {
  readonly db: Db;
  readonly schema: string | null;
  readonly company: { readonly column: string; readonly value: string } | null;
}

const CLOSED = "closed";
/** `Transaction_Type` of budgets, in lower case; all other entries are not ours. */
const ENTRY_KINDS: Readonly<Record<string, EstimateKind>> = {
  "original estimate": "original",
  "approved est changes": "approved_change",
};

/**
 * Reads the masters. Nothing is ever written to Sage's copy.
 * @returns `sage_table_empty` if there are no jobs or no standard categories: then nothing can be checked
 */
export async function readMasters(source: SageSource): Promise<Outcome<SageMasters>> {
  const lacking: string[] = [];
  const table = (name: string, columns: readonly string[], loss: string) =>
    readTable(source, name, columns, loss, lacking);

  const jobs = new Map<string, SageJob>();
  for await (const row of await table(
    "JCM_MASTER__JOB",
    ["Job", "Description", "Status"],
    "no job can be checked",
  ))
    jobs.set(trimmed(row, "Job"), {
      job: trimmed(row, "Job"),
      description: trimmed(row, "Description"),
      closed: isClosed(row),
    });
  const standardCategories = new Set<string>();
  const noStandard = "no category can be checked";
  for await (const row of await table("JCM_MASTER__STANDARD_CATEGORY", ["Category"], noStandard))
    standardCategories.add(trimmed(row, "Category"));
  if (jobs.size === 0) return fail(sageProblems.sage_table_empty("JCM_MASTER__JOB"));
  if (standardCategories.size === 0)
    return fail(sageProblems.sage_table_empty("JCM_MASTER__STANDARD_CATEGORY"));

  const extras = new Map<string, SageExtra>();
  const extraColumns = ["Job", "Extra", "Description", "Status"];
  const noExtras = "every extra counts as new, and a closed one is not noticed";
  for await (const row of await table("JCM_MASTER__EXTRA", extraColumns, noExtras))
    extras.set(joinKey(trimmed(row, "Job"), trimmed(row, "Extra")), {
      description: trimmed(row, "Description"),
      closed: isClosed(row),
    });

  const standardCostCodes = new Map<string, { description: string; group: boolean }>();
  const standardColumns = ["Cost_Code", "Description", "Group_Cost_Code"];
  const noStandardCodes = "only cost codes already on the job are known";
  for await (const row of await table("JCM_MASTER__STANDARD_COST_CODE", standardColumns, noStandardCodes))
    standardCostCodes.set(trimmed(row, "Cost_Code"), {
      description: trimmed(row, "Description"),
      group: bit(row, "Group_Cost_Code"),
    });

  const costCodes = new Map<string, SageCostCode>();
  const codeColumns = ["Job", "Extra", "Cost_Code", "Description", "Status", "Group_Cost_Code"];
  const noCodes = "only standard cost codes are known, and a closed one is not noticed";
  for await (const row of await table("JCM_MASTER__COST_CODE", codeColumns, noCodes))
    costCodes.set(joinKey(trimmed(row, "Job"), trimmed(row, "Extra"), trimmed(row, "Cost_Code")), {
      description: trimmed(row, "Description"),
      closed: isClosed(row),
      group: bit(row, "Group_Cost_Code"),
    });

  const categories = new Map<string, SageCategory>();
  const categoryColumns = ["Job", "Extra", "Cost_Code", "Category", "Status"];
  const totals = ["Original_Estimate", "Approved_Estimate_Changes"];
  const noCategories = "closed categories and estimates from before this system are not noticed";
  for await (const row of await table(
    "JCM_MASTER__CATEGORY",
    [...categoryColumns, ...totals],
    noCategories,
  )) {
    const [job, extra, costCode, category] = categoryColumns.map((column) => trimmed(row, column)) as [
      string,
      string,
      string,
      string,
    ];
    categories.set(joinKey(job, extra, costCode, category), {
      closed: isClosed(row),
      originalEstimate: money(row, "Original_Estimate"),
      approvedChanges: money(row, "Approved_Estimate_Changes"),
    });
  }
  return ok({ jobs, extras, costCodes, categories, standardCostCodes, standardCategories, lacking });
}

/** The posted estimate entries, and what of them cannot be seen. */
export interface SageEntries {
  readonly entries: readonly SageEntry[];
  readonly lacking: readonly string[];
}

/**
 * Reads the posted estimate entries. CURRENT comes before HISTORY: an entry moved in between is then seen twice
 * and counted once, never missed.
 */
export async function readEntries(source: SageSource): Promise<SageEntries> {
  const lacking: string[] = [];
  const entries = new Map<string, SageEntry>();
  let unnumbered = 0;
  const columns = [
    "Job",
    "Extra",
    "Cost_Code",
    "Category",
    "Transaction_Type",
    "Amount",
    "Run",
    "Sequence",
    "Date_Stamp",
  ];
  for (const [name, loss] of [
    ["JCT_CURRENT__TRANSACTION", "posted entries are not seen, so nothing is unlocked"],
    ["JCT_HISTORY__TRANSACTION", "entries moved to history are not seen"],
  ] as const)
    for await (const row of await readTable(source, name, columns, loss, lacking)) {
      const kind = ENTRY_KINDS[trimmed(row, "Transaction_Type").toLowerCase()];
      if (!kind) continue;
      if (row.Run === null || row.Sequence === null) {
        unnumbered++;
        continue;
      }
      const job = trimmed(row, "Job");
      const run = cents(row, "Run");
      const sequence = cents(row, "Sequence");
      const identity = joinKey(job, run.toString(), sequence.toString());
      if (entries.has(identity)) continue;
      entries.set(identity, {
        job,
        extra: trimmed(row, "Extra"),
        costCode: trimmed(row, "Cost_Code"),
        category: trimmed(row, "Category"),
        kind,
        cents: money(row, "Amount"),
        run,
        sequence,
        stampDay: dayOf(textOrNull(row, "Date_Stamp")),
      });
    }
  if (unnumbered > 0)
    lacking.push(
      `${unnumbered} estimate entries have no Run or Sequence: they cannot be told apart, and count for nothing`,
    );
  return { entries: [...entries.values()], lacking };
}

/** The jobs on which Sage carries an estimate, in its totals or in posted entries. */
export function estimatedJobs(masters: SageMasters, entries: readonly SageEntry[]): Set<string> {
  const jobs = new Set(entries.filter((entry) => entry.cents !== 0n).map((entry) => entry.job));
  for (const [key, category] of masters.categories)
    if (category.originalEstimate !== 0n || category.approvedChanges !== 0n)
      jobs.add(key.split("\u001f")[0] ?? "");
  return jobs;
}

const FLOATS = new Set(["Original_Estimate", "Approved_Estimate_Changes", "Amount"]);
const ENTRY_NUMBERS = new Set(["Run", "Sequence"]);
const DATES = new Set(["Date_Stamp"]);

/** A table's rows with the columns asked for; a column the copy lacks reads as null, and its loss is noted. */
async function readTable(
  source: SageSource,
  name: string,
  columns: readonly string[],
  loss: string,
  lacking: string[],
): Promise<AsyncIterable<Row>> {
  const { db } = source;
  const present = await columnsOf(db, qualified(source, name));
  if (present.size === 0) {
    lacking.push(`${name} is not there: ${loss}`);
    return none();
  }
  const missing = columns.filter((column) => !present.has(column.toLowerCase()));
  const needed = missing.filter((column) => column !== "Date_Stamp");
  if (needed.length > 0) lacking.push(`${name} has no ${needed.join(", ")}: ${loss}`);
  const statement = db.sql.build(qualified(source, name)).select(
    columns.map((column) => {
      if (missing.includes(column)) return db.sql.build.raw("null as ??", [column]);
      if (FLOATS.has(column)) return db.sql.float(column);
      if (DATES.has(column)) return db.sql.text(column);
      return column;
    }),
  );
  // Without its number an entry cannot be told from another, nor be known again.
  if (missing.some((column) => ENTRY_NUMBERS.has(column))) return none();
  if (source.company) statement.where(source.company.column, source.company.value);
  return db.rows(statement);
}

async function* none(): AsyncGenerator<Row> {}

const qualified = ({ db, schema }: SageSource, name: string): string =>
  db.engine === "sqlite" ? name : `${schema ?? "dbo"}.${name}`;

const isClosed = (row: Row): boolean => trimmed(row, "Status").toLowerCase() === CLOSED;

function money(row: Row, column: string): Cents {
  const value = row[column];
  return value === null || value === undefined
    ? 0n
    : centsFromFloat(typeof value === "bigint" ? value.toString() : value);
}

/** The calendar day at the start of a date or a date and time, as text; null if there is none. */
const dayOf = (value: string | null): string | null =>
  /^\d{4}-\d{2}-\d{2}/.exec(value?.trim() ?? "")?.[0] ?? null;
