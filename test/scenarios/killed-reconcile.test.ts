import { beforeAll, expect, it } from "vitest";
import type { Row } from "../../src/db/db.ts";
import { text } from "../../src/db/values.ts";
import { NO_PARTS_SUM, sumOfParts } from "../../src/journal/tie-out-parts.ts";
import { type JournalTable, STAGING_TABLES } from "../../src/names.ts";
import { type CompanyReconcile, reconcileAll } from "../../src/run/reconcile/reconcile.ts";
import type { RunContext } from "../../src/run/records.ts";
import { copyPair, eachDatabase } from "../support/databases.ts";
import { anotherInstance, exportOne } from "../support/instances.ts";
import { readLineRows, readMovementRows } from "../support/journal-rows.ts";
import { killEverywhere, MANY_PROCESSES_MS, onPlace } from "../support/kill.ts";
import type { Site } from "../support/with-world.ts";
import { COMPANY, makeWorld, openWorld, stageBudget, stageModification } from "../support/world.ts";

/** More projects than are settled in one transaction, so that some are settled when others are not. */
const DRAFTS = 210;

/** Numbers that a server gives have gaps where a transaction was undone, and hashes are over them. */
const withoutNumbers = ({ batch, project, row_hash, ...row }: Row): Row => row;

/** The sum when there was no part. */
const NOTHING = { last: 0n, sum: NO_PARTS_SUM };

/**
 * All that two reconciliations of the same must leave alike, whatever became of the first. What is kept of a batch
 * tells of the run that wrote it, so that two sites differ there.
 */
async function readState({ db, names }: RunContext) {
  const { build } = db.sql;
  const rows = (table: JournalTable, columns: readonly string[], order: readonly string[]) =>
    db.query(
      build(names.journal(table))
        .where({ company: COMPANY })
        .orderBy([...order])
        .select(...columns),
    );
  const staging: Row[][] = [];
  for (const table of STAGING_TABLES) staging.push(await db.query(build(names.staging(table)).select()));
  const parts = build(names.journal("tie_out_part")).where({ company: COMPANY }).whereNull("replaced_by");
  const roots = await rows("tie_out", ["parts_sum"], ["tie_out_id"]);
  return {
    staging,
    lines: (await readLineRows(db, names)).map(withoutNumbers),
    movements: (await readMovementRows(db, names)).map(withoutNumbers),
    jobs: await rows("job", ["job", "digest", "settled_with", "due_day"], ["job"]),
    parts: (
      await db.query(parts.orderBy(["kind", "name"]).select("kind", "name", "sha256", "made_from"))
    ).map(({ sha256, ...part }) => (part.kind === "batch" ? part : { ...part, sha256 })),
    isRootOverAll: roots.at(-1)?.parts_sum === (await sumOfParts(db, names, COMPANY, NOTHING)),
    audit: (await rows("audit_event", ["event", "subject"], ["sequence"])).map(
      (event) => `${text(event, "event")} ${text(event, "subject")}`,
    ),
  };
}

async function reconcileOne(context: RunContext, full = false): Promise<CompanyReconcile> {
  const { companies } = await reconcileAll(context, { full });
  if (!companies[0]) throw new Error("the configuration has a company");
  return companies[0];
}

eachDatabase("a reconciliation that is killed", (makePair, engine) => {
  let posted: Site;
  let undisturbed: Awaited<ReturnType<typeof readState>>;
  let found: CompanyReconcile;

  /** Two projects in Sage, one as sent and one to the cent but for one line; and many that nothing was sent of. */
  const begin = async (): Promise<Site> => {
    const pair = await makePair();
    const world = await makeWorld(pair);
    await stageBudget(world, "25-1001", [
      ["L1", null, "03-100", "M", "9600.00"],
      ["L2", "PH1", "01-510", "C", "230750.37"],
    ]);
    await stageModification(world, "25-1001", "1", [
      ["A1", null, "03-100", "M", "-600.00"],
      ["A2", null, "16-700", "L", "600.00"],
    ]);
    await stageBudget(world, "25-1002", [
      ["L3", null, "16-700", "L", "1.01"],
      ["L4", null, "03-100", "L", "2.02"],
    ]);
    for (const { batch_id } of (await exportOne(world.context)).batches) await world.importBatch(batch_id);
    for (let n = 0; n < DRAFTS; n++) await stageBudget(world, `26-${1000 + n}`, [], "not_sent");
    await world.sage.post({ which: ({ costCode, job }) => job === "25-1001" || costCode !== "03-100" });
    return { pair, world };
  };
  const copy = async (): Promise<Site> => {
    const pair = await copyPair(posted.pair);
    return { pair, world: await openWorld(pair) };
  };
  const again = engine === "sqlite" ? copy : begin;

  beforeAll(async () => {
    posted = await begin();
    await onPlace(again, async ({ world }) => {
      const context = await anotherInstance(world);
      found = await reconcileOne(context);
      undisturbed = await readState(context);
      await context.db.close();
    });
    return async () => {
      await posted.world.close();
      await posted.pair.remove();
    };
  }, MANY_PROCESSES_MS);

  it(
    "is finished by the next one, each flag, part and root as if nothing had happened, at whatever step it was",
    async () => {
      expect(found).toMatchObject({ synced: ["B-25-1001", "M-25-1001-1"], error: null });
      expect(undisturbed.isRootOverAll).toBe(true);
      const steps = await killEverywhere(engine, "reconcile", again, {}, async ({ world }, step) => {
        const context = await anotherInstance(world);
        const next = await reconcileOne(context);
        expect(next, step).toMatchObject({ digests_lied: [], differences: found.differences, error: null });
        expect(await readState(context), step).toEqual(undisturbed);
        const all = await reconcileOne(context, true);
        expect(all, step).toMatchObject({ synced: [], digests_lied: [], differences: found.differences });
        expect(await readState(context), step).toEqual(undisturbed);
        await context.db.close();
      });
      expect(steps.filter((step) => step.startsWith("after transaction")).length).toBeGreaterThan(5);
    },
    MANY_PROCESSES_MS,
  );
});
