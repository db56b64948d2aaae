import { beforeEach, expect, it } from "vitest";
import { lineId } from "../../src/core/import-line.ts";
import type { Db, Statement } from "../../src/db/db.ts";
import { text } from "../../src/db/values.ts";
import { readAcceptedDifferences } from "../../src/journal/accepted-differences.ts";
import type { AmongJobs, AmongProjects } from "../../src/journal/among.ts";
import { readBaselines } from "../../src/journal/baselines.ts";
import { readBatches } from "../../src/journal/batches.ts";
import { readTrackedLines } from "../../src/journal/import-lines.ts";
import { readJobs } from "../../src/journal/jobs.ts";
import { readKnownEntries } from "../../src/journal/known-entries.ts";
import { readLedgers } from "../../src/journal/ledger.ts";
import { readAcceptedAmounts, readSources } from "../../src/journal/movements.ts";
import { readOpeningTotals } from "../../src/journal/opening-totals.ts";
import { readEntriesBehind } from "../../src/journal/postings.ts";
import type { Names } from "../../src/names.ts";
import { eachDatabase } from "../support/databases.ts";
import { liveALittle } from "../support/small-life.ts";
import { withWorld } from "../support/with-world.ts";
import { COMPANY, type World } from "../support/world.ts";

const JOBS: AmongJobs = { jobs: ["25-1001", "none"] };
const PROJECTS: AmongProjects = { projectIds: ["P-25-1001", "none"] };

eachDatabase("a part of the journal", (makePair, engine) => {
  let world: World;
  let db: Db;
  let names: Names;
  withWorld(makePair, async (site) => {
    world = site.world;
    await liveALittle(world);
  });
  beforeEach(() => {
    ({ db, names } = world.context);
  });

  it("asked for by job or by project is what the whole has of it, in the same order", async () => {
    const batches = await readBatches(db, names, COMPANY);
    const lines = await readTrackedLines(db, names, COMPANY, batches);
    const own = lines.filter(({ line }) => line.key.job === "25-1001");
    expect([own.length > 3, lines.length > own.length]).toEqual([true, true]);
    for (const among of [JOBS, PROJECTS]) {
      expect(await readTrackedLines(db, names, COMPANY, batches, among)).toEqual(own);
      const ids = own.map(lineId);
      const sources = await readSources(db, names, { company: COMPANY }, among);
      expect([...sources.keys()].toSorted()).toEqual(ids.toSorted());
      const entries = await readEntriesBehind(db, names, COMPANY);
      expect(await readEntriesBehind(db, names, COMPANY, among)).toEqual(
        new Map([...entries].filter(([id]) => ids.includes(id))),
      );
      const accepted = await readAcceptedAmounts(db, names, COMPANY);
      expect((await readAcceptedAmounts(db, names, COMPANY, among)).toSorted(byKey)).toEqual(
        accepted.filter(({ projectId }) => projectId === "P-25-1001").toSorted(byKey),
      );
      expect(await readBaselines(db, names, COMPANY, among)).toEqual([]);
      expect(await readAcceptedDifferences(db, names, COMPANY, among)).toEqual(
        (await readAcceptedDifferences(db, names, COMPANY)).filter(({ line }) => line.key.job === "25-1001"),
      );
    }
    const ledgers = await readLedgers(db, names, COMPANY);
    expect([...ledgers.keys()]).toEqual(["P-25-1001", "P-25-1002"]);
    const ledger = ledgers.get("P-25-1001");
    expect(ledger?.sentOriginals.length).toBeGreaterThan(2);
    expect(ledger?.releases.size).toBe(1);
    const part = (await readLedgers(db, names, COMPANY, PROJECTS)).get("P-25-1001");
    expect(part?.sentOriginals.toSorted(byKey)).toEqual(ledger?.sentOriginals.toSorted(byKey));
    expect({ ...part, sentOriginals: [] }).toEqual({ ...ledger, sentOriginals: [] });
  });

  it("has the opening position of a job with the entries and totals that it began from", async () => {
    for (const among of [{ jobs: ["25-1002"] }, { projectIds: ["P-25-1002"] }]) {
      expect(await readBaselines(db, names, COMPANY, among)).toEqual(await readBaselines(db, names, COMPANY));
      const [opening] = (await readAcceptedAmounts(db, names, COMPANY, among)).filter(
        ({ baseline }) => baseline !== 0n,
      );
      expect(opening).toMatchObject({ projectId: "P-25-1002", baseline: 5_000n });
    }
    const jobs = { jobs: ["25-1002"] };
    expect(await readOpeningTotals(db, names, COMPANY, jobs)).toMatchObject([{ entriesCents: 5_000n }]);
    expect(await readOpeningTotals(db, names, COMPANY, JOBS)).toEqual([]);
    const known = await readKnownEntries(db, names, COMPANY, jobs);
    expect([...known.values()]).toEqual([0.5]);
    const all = await readKnownEntries(db, names, COMPANY);
    expect((await readKnownEntries(db, names, COMPANY, JOBS)).size).toBe(all.size - 1);
  });

  it("is nothing where nothing is asked for, or where ids differ in capital letters only", async () => {
    const batches = await readBatches(db, names, COMPANY);
    for (const projectIds of [[], ["p-25-1001"]]) {
      expect(await readTrackedLines(db, names, COMPANY, batches, { projectIds })).toEqual([]);
      expect(await readLedgers(db, names, COMPANY, { projectIds })).toEqual(new Map());
      expect(await readAcceptedAmounts(db, names, COMPANY, { projectIds })).toEqual([]);
    }
  });

  it("names every job that anything was sent to, or that has an opening position", async () => {
    expect([...(await readJobs(db, names, COMPANY)).keys()].sort()).toEqual(["25-1001", "25-1002"]);
    expect((await readJobs(db, names, "OTHER")).size).toBe(0);
  });

  it.runIf(engine === "sqlite")(
    "is found by index: no table that grows with lines is read through",
    async () => {
      const asked: Statement[] = [];
      const heard: Db = {
        ...db,
        query: (statement) => {
          asked.push(statement);
          return db.query(statement);
        },
        rows: (statement) => {
          asked.push(statement);
          return db.rows(statement);
        },
      };
      for (const among of [JOBS, PROJECTS]) {
        await readTrackedLines(heard, names, COMPANY, [], among);
        await readAcceptedAmounts(heard, names, COMPANY, among);
        await readAcceptedDifferences(heard, names, COMPANY, among);
        await readBaselines(heard, names, COMPANY, among);
      }
      await readLedgers(heard, names, COMPANY, PROJECTS);
      await readKnownEntries(heard, names, COMPANY, JOBS);
      await readOpeningTotals(heard, names, COMPANY, JOBS);
      expect(asked.length).toBeGreaterThan(15);
      const large = /^SCAN (l|m|t|x|tieout_known_entry)\b/;
      for (const statement of asked) {
        const { sql, bindings } = statement.toSQL().toNative();
        const plan = await db.query(db.sql.build.raw(`explain query plan ${sql}`, bindings as never));
        expect(
          plan.map((row) => text(row, "detail")).filter((step) => large.test(step)),
          sql,
        ).toEqual([]);
      }
    },
  );
});

const byKey = (a: { key: object; kind: string }, b: { key: object; kind: string }): number =>
  JSON.stringify([a.key, a.kind]) < JSON.stringify([b.key, b.kind]) ? -1 : 1;
