import { join } from "node:path";
import { type Cents, parseMoney } from "../core/money.ts";
import { text } from "../db/values.ts";
import { readJce } from "../outbox/read-jce.ts";
import { centsFromFloat } from "../sage/float-cents.ts";
import type { DemoSite } from "./site.ts";

/** The same money, counted in three places that know nothing of each other. */
export interface CountedAgain {
  /** Lines of the documents that are synced, as staging has them. */
  readonly staging: Cents;
  /** All records of all import files in the outbox. */
  readonly files: Cents;
  /** Original estimates and approved changes of all categories, as Sage itself adds them up. */
  readonly sage: Cents;
}

/** Counts without journal and report: what they say must come out. */
export async function countAgain(site: DemoSite): Promise<CountedAgain> {
  return { staging: await countStaging(site), files: await countFiles(site), sage: await countSage(site) };
}

async function countStaging({ context: { db, names } }: DemoSite): Promise<Cents> {
  let total = 0n;
  for (const [header, lines, id, amount] of [
    ["budget", "budget_line_item", "budget_id", "original_amount"],
    ["budget_modification", "budget_modification_line", "modification_id", "amount"],
  ] as const) {
    const synced = db.sql.build(names.staging(header)).where({ erp_status: "synced" }).select(id);
    for (const row of await db.query(
      db.sql.build(names.staging(lines)).whereIn(id, synced).select(`${amount} as amount`),
    )) {
      const money = parseMoney(text(row, "amount"));
      if (!money.ok) throw new Error("staging has a line without an amount");
      total += money.cents;
    }
  }
  return total;
}

async function countFiles({ context: { files }, folder }: DemoSite): Promise<Cents> {
  let total = 0n;
  const outbox = join(folder, "outbox", "ACME");
  for (const batch of await files.list(outbox))
    for (const name of await files.list(join(outbox, batch))) {
      if (!name.endsWith(".jce")) continue;
      const bytes = await files.read(join(outbox, batch, name));
      const file = readJce(bytes, { encoding: "windows-1252", extraField: 13 });
      if (!file.ok) throw new Error(file.problem.message);
      for (const { cents } of file.value.lines) total += cents;
    }
  return total;
}

async function countSage({ sageDb }: DemoSite): Promise<Cents> {
  let total = 0n;
  for (const row of await sageDb.query(
    sageDb.sql.build("JCM_MASTER__CATEGORY").select("Original_Estimate", "Approved_Estimate_Changes"),
  ))
    for (const column of ["Original_Estimate", "Approved_Estimate_Changes"])
      total += centsFromFloat(row[column] ?? null) ?? 0n;
  return total;
}
