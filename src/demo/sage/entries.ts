import { type EstimateKind, keyFields, keyId, type SageKey } from "../../core/key.ts";
import { type Cents, formatMoney, sumCents } from "../../core/money.ts";
import type { Day } from "../../core/time.ts";
import type { Queries, Row } from "../../db/db.ts";
import { cents, integer, text } from "../../db/values.ts";
import { insertCells, type Layout } from "./copy.ts";
import type { Masters } from "./masters.ts";

/** An estimate entry that is imported but not posted: no copy shows it. */
export interface NewEntry extends SageKey {
  /** Counts up over all entries. */
  readonly entry: number;
  readonly kind: EstimateKind;
  readonly cents: Cents;
  /** The transaction date. */
  readonly day: Day;
  readonly description: string;
  readonly quantity: string;
}
export interface PostedEntry extends NewEntry {
  readonly run: bigint;
  readonly sequence: bigint;
}

const TRANSACTION_TYPE: Readonly<Record<EstimateKind, string>> = {
  original: "Original estimate",
  approved_change: "Approved est changes",
};

export async function readNewEntries(tx: Queries): Promise<NewEntry[]> {
  const rows = await tx.query(tx.sql.build("SIM_ENTRY").whereNull("run").orderBy("entry").select("*"));
  return rows.map(toEntry);
}

export async function readPostedEntries(tx: Queries): Promise<PostedEntry[]> {
  const rows = await tx.query(tx.sql.build("SIM_ENTRY").whereNotNull("run").orderBy("entry").select("*"));
  return rows.map((row) => ({ ...toEntry(row), run: cents(row, "run"), sequence: cents(row, "sequence") }));
}

/** Puts entries into the new file and gives them their numbers. */
export async function addNewEntries(
  tx: Queries,
  entries: readonly Omit<NewEntry, "entry">[],
): Promise<NewEntry[]> {
  const [top] = await tx.query(
    tx.sql.build("SIM_ENTRY").select(tx.sql.build.raw("coalesce(max(entry), 0) as n")),
  );
  const first = (top ? integer(top, "n") : 0) + 1;
  const numbered = entries.map((entry, index) => ({ ...entry, entry: first + index }));
  await insertCells(
    tx,
    "SIM_ENTRY",
    numbered.map((entry) => ({
      entry: entry.entry,
      ...keyFields(entry),
      kind: entry.kind,
      cents: entry.cents,
      day: entry.day,
      description: entry.description,
      quantity: entry.quantity,
    })),
  );
  return numbered;
}

export interface Posting {
  /** The day stamped on the entries, and their accounting date. */
  readonly today: Day;
  /** Default: one more than any run before. */
  readonly run?: bigint | undefined;
  readonly batch: string;
}

/** Moves entries from the new file to CURRENT under one run, and brings the masters' totals up to date. */
export async function postEntries(
  tx: Queries,
  masters: Masters,
  layout: Layout,
  entries: readonly NewEntry[],
  { today, run: givenRun, batch }: Posting,
): Promise<PostedEntry[]> {
  const run = givenRun ?? (await highest(tx, "run")) + 1n;
  const before = await highest(tx, "sequence", run);
  const posted = entries.map((entry, index) => ({ ...entry, run, sequence: before + BigInt(index + 1) }));
  for (const { entry, cents, sequence } of posted)
    await tx.query(tx.sql.build("SIM_ENTRY").where({ entry }).update({ cents, run, sequence }));
  await insertCells(
    tx,
    "JCT_CURRENT__TRANSACTION",
    posted.map((entry) =>
      layout({
        Job: entry.job,
        Extra: entry.extra,
        Cost_Code: entry.costCode,
        Category: entry.category,
        Transaction_Type: TRANSACTION_TYPE[entry.kind],
        Transaction_Date: entry.day,
        Accounting_Date: today,
        Description: entry.description,
        Units: entry.quantity,
        Amount: formatMoney(entry.cents),
        Run: run,
        Sequence: entry.sequence,
        Batch: batch,
        Application_of_Origin: "JC",
        Operator_Stamp: "ACCOUNTANT",
        Date_Stamp: today,
      }),
    ),
  );
  await refreshTotals(tx, masters, posted);
  return posted;
}

/** Moves a posted entry from CURRENT to HISTORY; one that is there already stays. */
export async function moveEntryToHistory(tx: Queries, { run, sequence }: PostedEntry): Promise<void> {
  const entry = () => tx.sql.build("JCT_CURRENT__TRANSACTION").where({ Run: run, Sequence: sequence });
  await tx.query(tx.sql.build("JCT_HISTORY__TRANSACTION").insert(entry().select("*")));
  await tx.query(entry().delete());
}

async function highest(tx: Queries, column: "run" | "sequence", run?: bigint): Promise<bigint> {
  const query = tx.sql.build("SIM_ENTRY").select(tx.sql.build.raw("coalesce(max(??), 0) as n", [column]));
  const [row] = await tx.query(run === undefined ? query : query.where({ run }));
  return row ? cents(row, "n") : 0n;
}

async function refreshTotals(tx: Queries, masters: Masters, touched: readonly SageKey[]): Promise<void> {
  const all = await readPostedEntries(tx);
  const totals = (level: (key: SageKey) => string, kind: EstimateKind) => {
    const byKey = new Map<string, Cents>();
    for (const entry of all)
      if (entry.kind === kind) byKey.set(level(entry), (byKey.get(level(entry)) ?? 0n) + entry.cents);
    return (key: SageKey) => byKey.get(level(key)) ?? 0n;
  };
  const costCodeId = (key: SageKey) => keyId({ ...key, category: "" });
  const original = totals(keyId, "original");
  const changes = totals(keyId, "approved_change");
  const costCodeChanges = totals(costCodeId, "approved_change");

  for (const key of new Map(touched.map((key) => [keyId(key), key])).values())
    await masters.change("JCM_MASTER__CATEGORY", [key.job, key.extra, key.costCode, key.category], {
      Original_Estimate: formatMoney(original(key)),
      Approved_Estimate_Changes: formatMoney(changes(key)),
      Total_Estimate: formatMoney(sumCents([original(key), changes(key)])),
    });
  for (const key of new Map(touched.map((key) => [costCodeId(key), key])).values())
    await masters.change("JCM_MASTER__COST_CODE", [key.job, key.extra, key.costCode], {
      JTD_Aprvd_Estimate_Chgs: formatMoney(costCodeChanges(key)),
    });
}

const toEntry = (row: Row): NewEntry => ({
  entry: integer(row, "entry"),
  job: text(row, "job"),
  extra: text(row, "extra"),
  costCode: text(row, "cost_code"),
  category: text(row, "category"),
  kind: text(row, "kind") === "original" ? "original" : "approved_change",
  cents: cents(row, "cents"),
  day: text(row, "day"),
  description: text(row, "description"),
  quantity: text(row, "quantity"),
});
