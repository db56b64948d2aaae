import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { EstimateKind, SageKey } from "../../src/core/key.ts";
import type { Office } from "../support/accountants.ts";
import type { Chances } from "../support/random.ts";

interface Owed extends SageKey {
  readonly kind: EstimateKind;
  readonly cents: bigint;
}
export type Accountants = ReturnType<typeof accountantsOf>;

/** One company's accountants: they import, post well or badly, and owe Sage what they did not do right. */
export function accountantsOf({ outbox, sage, sageDb, imported }: Office, chances: Chances) {
  const { pick, oneIn } = chances;
  let owed: Owed[] = [];
  const rejected: { fileName: string; bytes: Uint8Array; asApprovedChange: boolean }[] = [];
  /** Keys on which not every entry is simply one line's. */
  const oddKeys = new Set<string>();
  const { build } = sageDb.sql;

  const keyOf = ({ kind, job, extra, costCode, category }: Omit<Owed, "cents">) =>
    [kind, job, extra, costCode, category].join("|");
  const owe = (entry: Omit<Owed, "cents">, cents: bigint) => {
    const { kind, job, extra, costCode, category } = entry;
    owed.push({ kind, job, extra, costCode, category, cents });
    oddKeys.add(keyOf(entry));
  };

  async function importOne(file: (typeof rejected)[number]): Promise<void> {
    const report = await sage.importFile({ ...file, allowCostCodeCreation: false });
    if (report.stopped) throw new Error(report.stopped);
    if (report.rejectFile)
      rejected.push({ ...file, fileName: `again-${file.fileName}`, bytes: report.rejectFile });
  }

  async function importNew(twice: boolean): Promise<void> {
    for (const file of rejected.splice(0)) await importOne(file);
    const batches = existsSync(outbox) ? readdirSync(outbox).filter((name) => !name.startsWith(".")) : [];
    for (const batch of batches.filter((name) => !imported.has(name)).sort()) {
      imported.add(batch);
      for (const fileName of readdirSync(join(outbox, batch)).filter((name) => name.endsWith(".jce")))
        await importOne({
          fileName,
          bytes: readFileSync(join(outbox, batch, fileName)),
          asApprovedChange: fileName.endsWith("-2-approved-changes.jce"),
        });
      if (!twice || !oneIn(3)) continue;
      // Everything of the file is there once more: it will have to be taken back.
      const before = new Set((await sage.newEntries()).map(({ entry }) => entry));
      for (const fileName of readdirSync(join(outbox, batch)).filter((name) => name.endsWith(".jce")))
        await sage.importFile({
          fileName,
          bytes: readFileSync(join(outbox, batch, fileName)),
          asApprovedChange: fileName.endsWith("-2-approved-changes.jce"),
          allowCostCodeCreation: false,
        });
      for (const entry of await sage.newEntries()) if (!before.has(entry.entry)) owe(entry, -entry.cents);
    }
  }

  const setJob = (job: string, Status: string) =>
    sageDb.query(build("JCM_MASTER__JOB").where({ Job: job }).update({ Status }));

  return {
    oddKeys,
    /** Every posted entry, by kind and key. */
    async posted(): Promise<{ key: string; cents: bigint }[]> {
      const rows = await sageDb.query(build("SIM_ENTRY").whereNotNull("run").select("*"));
      return rows.map((row) => ({
        key: [row.kind, row.job, row.extra, row.cost_code, row.category].join("|"),
        cents: BigInt(String(row.cents)),
      }));
    },
    import: () => importNew(false),
    "import twice": () => importNew(true),
    post: async () => {
      await sage.post({ which: () => !oneIn(4) });
    },
    "post in pieces": async () => {
      const part = (cents: bigint) => cents / 3n;
      const chosen = new Map<number, bigint>();
      for (const entry of await sage.newEntries()) if (oneIn(3)) chosen.set(entry.entry, part(entry.cents));
      const posted = new Map((await sage.newEntries()).map((entry) => [entry.entry, entry]));
      await sage.post({
        which: ({ entry }) => chosen.has(entry),
        change: ({ entry, cents }) => chosen.get(entry) ?? cents,
      });
      for (const [entry, cents] of chosen) {
        const whole = posted.get(entry);
        if (whole) owe(whole, whole.cents - cents);
      }
    },
    /**
     * Takes back what a file brought. Not what stood there before: that is known at the claim, its re-entry is not,
     * and by value the re-entry undoes a line of the opposite amount.
     */
    reverse: async () => {
      const rows = await sageDb.query(
        build("SIM_ENTRY").whereNotNull("run").whereNot({ description: "" }).select("*"),
      );
      if (rows.length === 0) return;
      const row = pick(rows);
      const entry = {
        kind: String(row.kind) as EstimateKind,
        ...{ job: String(row.job), extra: String(row.extra), costCode: String(row.cost_code) },
        category: String(row.category),
      };
      const cents = BigInt(String(row.cents));
      if (cents === 0n) return;
      await sage.enter({ ...entry, cents: -cents });
      owe(entry, cents);
    },
    "put right": async (all = false) => {
      const [now, later] = [owed.filter(() => all || oneIn(2)), [] as Owed[]];
      owed = all ? later : owed.filter((one) => !now.includes(one));
      for (const one of now) if (one.cents !== 0n) await sage.enter(one);
    },
    archive: () => sage.moveToHistory((entry) => entry.entry % 3 === 0),
    "close a job": async (jobs: readonly string[]) => {
      await setJob(pick(jobs), "Closed");
    },
    "reopen the jobs": async () => {
      await sageDb.query(build("JCM_MASTER__JOB").update({ Status: "In progress" }));
    },
    "take a code out": async () => {
      await sageDb.query(build("JCM_MASTER__STANDARD_COST_CODE").where({ Cost_Code: "16-700" }).delete());
    },
    "put the code back": async () => {
      const there = await sageDb.query(
        build("JCM_MASTER__STANDARD_COST_CODE").where({ Cost_Code: "16-700" }).select(),
      );
      if (there.length === 0) await sage.addStandardCostCode("16-700", "Communications");
    },
    /** Everything is imported, posted and put right. */
    async tidyUp(): Promise<void> {
      await this["reopen the jobs"]();
      await this["put the code back"]();
      for (let n = 0; n < 2; n++) await importNew(false);
      await sage.post({ which: "all" });
      await this["put right"](true);
    },
  };
}
