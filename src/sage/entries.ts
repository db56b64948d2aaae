import { compareText, ESTIMATE_KINDS, type EstimateKind, joinKey, splitKey } from "../core/key.ts";
import { entryNumber, type SageEntry, type SageMasters } from "../core/sage.ts";
import type { Row } from "../db/db.ts";
import { textOrNull, trimmed } from "../db/values.ts";
import { examples, moneyIn } from "./masters.ts";
import type { Spool } from "./spool.ts";
import { ESTIMATE_TYPES, TRANSACTION_TABLES } from "./tables.ts";

/** The posted estimate entries, and what of them cannot be seen. */
export interface SageEntries {
  readonly entries: readonly SageEntry[];
  readonly lacking: readonly string[];
}

const ENTRY_KINDS: ReadonlyMap<string, EstimateKind> = new Map(
  ESTIMATE_KINDS.map((kind) => [ESTIMATE_TYPES[kind], kind]),
);
/** An entry with its number within the record that it was distributed from; empty where the copy does not tell. */
interface Numbered {
  readonly entry: SageEntry;
  readonly distribution: string;
}

/**
 * Reads the posted estimate entries of some jobs or of all, each once (contract §7): CURRENT comes before HISTORY, so that an entry moved in
 * between is seen twice, never missed, and counts as CURRENT has it. Two of one table that differ under one number
 * both count, and it is said.
 */
export async function readEntries(spool: Spool, jobs: readonly string[] | null): Promise<SageEntries> {
  const lacking: string[] = [];
  const entries = new Map<string, Numbered[]>();
  const differing = new Set<string>();
  let unnumbered = 0;
  let unpriced = 0;
  for (const table of TRANSACTION_TABLES) {
    const here = new Map<string, Numbered[]>();
    for (const row of await spool.rows(table, jobs)) {
      const kind = ENTRY_KINDS.get(trimmed(row, "Transaction_Type").toLowerCase());
      if (!kind) continue;
      const entry = entryOf(row, kind);
      if (entry === "unnumbered") unnumbered++;
      else if (entry === "unpriced") unpriced++;
      if (typeof entry === "string") continue;
      const found = { entry, distribution: trimmed(row, "Dist_Sequence") };
      const number = entryNumber(entry);
      const alike = (here.get(number) ?? []).filter((one) => isOne(one, found));
      if (alike.some((one) => contentOf(one.entry) === contentOf(entry))) continue;
      if (alike.length > 0) differing.add(`${entry.job} run ${entry.run} sequence ${entry.sequence}`);
      here.set(number, [...(here.get(number) ?? []), found]);
    }
    for (const [number, found] of here) {
      const known = entries.get(number) ?? [];
      entries.set(number, [...known, ...found.filter((one) => !known.some((other) => isOne(one, other)))]);
    }
  }
  if (unnumbered > 0)
    lacking.push(
      `${unnumbered} estimate entries have no Run or Sequence: they cannot be told apart, and count for nothing`,
    );
  if (unpriced > 0)
    lacking.push(`${unpriced} estimate entries have an Amount that is no number, and count for nothing`);
  if (differing.size > 0)
    lacking.push(
      `entries stand in one table under one number with different contents, and each counts: ${examples(differing)}`,
    );
  return { entries: [...entries.values()].flatMap(toldApart), lacking };
}

/** Without the number of a distribution an entry is any of its record's. */
const isOne = (a: Numbered, b: Numbered): boolean =>
  a.distribution === b.distribution || a.distribution === "" || b.distribution === "";

/** Entries of one run and sequence get a number each, the same in whatever order the copy gives them. */
function toldApart(found: readonly Numbered[]): SageEntry[] {
  const [first] = found;
  if (first && found.length === 1) return [first.entry];
  return found
    .toSorted(
      (a, b) =>
        compareText(a.distribution, b.distribution) || compareText(contentOf(a.entry), contentOf(b.entry)),
    )
    .map(({ entry }, index) => (index === 0 ? entry : { ...entry, twin: index }));
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
