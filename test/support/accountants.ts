import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Db } from "../../src/db/db.ts";
import type { NewEntry, PostedEntry, SageSimulator } from "../../src/demo/sage/simulator.ts";

export interface Accounting {
  readonly imports: string;
  /** What becomes of waiting entries, over and over. */
  readonly postings: readonly string[];
  /** Whether the accountant takes back what was posted wrong, and enters it right. */
  readonly corrects: boolean;
  readonly archives: boolean;
}

/** One company's accountants, with what they remember. */
export interface Office {
  readonly outbox: string;
  readonly sageDb: Db;
  readonly sage: SageSimulator;
  readonly imported: Set<string>;
  /** Entries of a file that was imported before. */
  readonly doubles: Set<number>;
  /** What was posted wrong and is not taken back, with the right amount. */
  mistakes: { readonly entry: PostedEntry; readonly right: bigint }[];
}

export const openOffice = (outbox: string, sageDb: Db, sage: SageSimulator): Office => ({
  outbox,
  sageDb,
  sage,
  imported: new Set(),
  doubles: new Set(),
  mistakes: [],
});

export async function account(
  office: Office,
  { imports, postings, corrects, archives }: Accounting,
): Promise<void> {
  if (imports !== "not yet") await importNew(office, imports === "twice");
  await post(office, postings);
  if (corrects) await correct(office);
  if (archives) await office.sage.moveToHistory((entry) => entry.entry % 2 === 0);
}

function amountPosted(cents: bigint, fate: string | undefined): bigint {
  switch (fate) {
    case "less":
      return cents - 40n;
    case "more":
      return cents + 10_000n;
    case "nothing":
      return 0n;
    case "opposite":
      return -cents;
    default:
      return cents;
  }
}

async function importNew({ outbox, sage, imported, doubles }: Office, twice: boolean): Promise<void> {
  const batches = existsSync(outbox) ? readdirSync(outbox).sort() : [];
  for (const batch of batches.filter((name) => !imported.has(name))) {
    imported.add(batch);
    const files = readdirSync(join(outbox, batch)).filter((name) => name.endsWith(".jce"));
    for (const fileName of files.sort()) {
      const importIt = async () => {
        const report = await sage.importFile({
          fileName,
          bytes: readFileSync(join(outbox, batch, fileName)),
          asApprovedChange: fileName.endsWith("-2-approved-changes.jce"),
          allowCostCodeCreation: false,
        });
        if (report.stopped || report.rejected.length > 0) throw new Error(JSON.stringify(report));
      };
      await importIt();
      if (!twice) continue;
      const before = new Set((await sage.newEntries()).map(({ entry }) => entry));
      await importIt();
      for (const { entry } of await sage.newEntries()) if (!before.has(entry)) doubles.add(entry);
    }
  }
}

async function post({ sage, doubles, mistakes }: Office, postings: readonly string[]): Promise<void> {
  const fate = ({ entry }: NewEntry) => postings[entry % postings.length];
  const imported = new Map((await sage.newEntries()).map(({ entry, cents }) => [entry, cents]));
  const posted = await sage.post({
    which: (entry) => fate(entry) !== "not yet",
    change: (entry) => amountPosted(entry.cents, fate(entry)),
  });
  for (const entry of posted) {
    const right = doubles.has(entry.entry) ? 0n : (imported.get(entry.entry) ?? 0n);
    if (entry.cents !== right) mistakes.push({ entry, right });
  }
}

async function correct(office: Office): Promise<void> {
  for (const { entry, right } of office.mistakes) {
    const { kind, job, extra, costCode, category } = entry;
    for (const cents of [-entry.cents, right])
      if (cents !== 0n) await office.sage.enter({ kind, job, extra, costCode, category, cents });
  }
  office.mistakes = [];
}
