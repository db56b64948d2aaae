import { compareText, type EstimateKind, joinKey, splitKey } from "../core/key.ts";
import type { SageEntry, SageMasters } from "../core/sage.ts";
import type { Row } from "../db/db.ts";
import { textOrNull, trimmed } from "../db/values.ts";
import { examples, moneyIn } from "./masters.ts";
import { type RowCounts, readTable, type SageSource } from "./tables.ts";

/** The posted estimate entries, and what of them cannot be seen. */
export interface SageEntries {
  readonly entries: readonly SageEntry[];
  readonly lacking: readonly string[];
}

/** `Transaction_Type` of budgets, in lower case; all other entries are not ours. */
const ENTRY_KINDS: Readonly<Record<string, EstimateKind>> = {
  "original estimate": "original",
  "approved est changes": "approved_change",
};
const COLUMNS = [
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
/** Without its number an entry cannot be told from another, nor be known again. */
const INDISPENSABLE = ["Job", "Transaction_Type", "Amount", "Run", "Sequence"];

/**
 * Reads the posted estimate entries. CURRENT comes before HISTORY: an entry moved in between is then seen twice
 * and counted once, never missed. The rows read of each table go to `counts`.
 */
export async function readEntries(source: SageSource, counts: RowCounts): Promise<SageEntries> {
  const lacking: string[] = [];
  const entries = new Map<string, SageEntry>();
  const repeated = new Set<string>();
  let unnumbered = 0;
  let unpriced = 0;
  for (const [table, loss] of [
    ["JCT_CURRENT__TRANSACTION", "posted entries are not seen, so nothing is unlocked"],
    ["JCT_HISTORY__TRANSACTION", "entries moved to history are not seen"],
  ] as const) {
    const needs = { columns: COLUMNS, loss, indispensable: INDISPENSABLE };
    const seenHere = new Set<string>();
    for await (const row of await readTable(source, table, needs, lacking, counts)) {
      const kind = ENTRY_KINDS[trimmed(row, "Transaction_Type").toLowerCase()];
      if (!kind) continue;
      const entry = entryOf(row, kind);
      if (entry === "unnumbered") unnumbered++;
      else if (entry === "unpriced") unpriced++;
      if (typeof entry === "string") continue;
      const identity = joinKey(entry.job, entry.run.toString(), entry.sequence.toString());
      const known = entries.get(identity);
      if (!known) entries.set(identity, entry);
      else if (seenHere.has(identity)) {
        repeated.add(`${entry.job} run ${entry.run} sequence ${entry.sequence}`);
        // Whichever the copy gives first, the same one counts.
        if (compareText(contentOf(entry), contentOf(known)) < 0) entries.set(identity, entry);
      }
      seenHere.add(identity);
    }
  }
  if (unnumbered > 0)
    lacking.push(
      `${unnumbered} estimate entries have no Run or Sequence: they cannot be told apart, and count for nothing`,
    );
  if (unpriced > 0)
    lacking.push(`${unpriced} estimate entries have an Amount that is no number, and count for nothing`);
  if (repeated.size > 0)
    lacking.push(`entries stand more than once in one table and count once: ${examples(repeated)}`);
  return { entries: [...entries.values()], lacking };
}

function entryOf(row: Row, kind: EstimateKind): SageEntry | "unnumbered" | "unpriced" {
  const run = wholeNumber(row, "Run");
  const sequence = wholeNumber(row, "Sequence");
  if (run === null || sequence === null) return "unnumbered";
  const cents = moneyIn(row, "Amount");
  if (cents === null) return "unpriced";
  return {
    job: trimmed(row, "Job"),
    extra: trimmed(row, "Extra"),
    costCode: trimmed(row, "Cost_Code"),
    category: trimmed(row, "Category"),
    kind,
    cents,
    run,
    sequence,
    stampDay: dayOf(textOrNull(row, "Date_Stamp")),
  };
}

const contentOf = (entry: SageEntry): string =>
  joinKey(entry.kind, entry.extra, entry.costCode, entry.category, entry.cents.toString());

/** A number that copies hold as any type: whole, floating point, or text. Null if it is none. */
function wholeNumber(row: Row, column: string): bigint | null {
  const written = /^(-?\d+)(?:\.0*)?$/.exec(trimmed(row, column));
  return written?.[1] === undefined ? null : BigInt(written[1]);
}

/** The calendar day at the start of a date or a date and time, as text; null if there is none. */
const dayOf = (value: string | null): string | null =>
  /^\d{4}-\d{2}-\d{2}/.exec(value?.trim() ?? "")?.[0] ?? null;

/** The jobs on which Sage carries an estimate, in its totals or in posted entries. */
export function estimatedJobs(masters: SageMasters, entries: readonly SageEntry[]): Set<string> {
  const jobs = new Set(entries.filter((entry) => entry.cents !== 0n).map((entry) => entry.job));
  for (const [key, category] of masters.categories)
    if (Object.values(category.totals).some((total) => total !== null && total !== 0n))
      jobs.add(splitKey(key)[0] ?? "");
  return jobs;
}
