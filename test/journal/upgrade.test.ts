import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { verifyAudit } from "../../src/audit/audit.ts";
import { sumCents } from "../../src/core/money.ts";
import type { Db } from "../../src/db/db.ts";
import { openDatabase } from "../../src/db/open.ts";
import { readBatches } from "../../src/journal/batches.ts";
import { readTrackedLines } from "../../src/journal/import-lines.ts";
import { readLedgers } from "../../src/journal/ledger.ts";
import { checkJournal, JOURNAL_VERSION, migrateJournal } from "../../src/journal/migrate.ts";
import { readTieOutRoot } from "../../src/journal/tie-outs.ts";
import { type DatabasePair, sqlitePair } from "../support/databases.ts";
import { dumpOf, restore } from "../support/journal-fixture.ts";
import { liveALittle } from "../support/small-life.ts";
import { COMPANY, makeWorld, openWorld, testClock, type World } from "../support/world.ts";

const FOLDER = fileURLToPath(new URL("fixtures/", import.meta.url));
const fileOf = (version: number): string => join(FOLDER, `journal-v${version}.sqlite.sql`);

// A version that was released is kept as it was. One that is being worked on: remove its file, and run this.
it.skipIf(existsSync(fileOf(JOURNAL_VERSION)))(
  "a journal of this version is kept for later ones",
  async () => {
    const pair = await sqlitePair();
    const world = await makeWorld(pair);
    await liveALittle(world);
    // It says on which machine the life was.
    await world.statement("delete from tieout_lease");
    await world.close();
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(fileOf(JOURNAL_VERSION), dumpOf(join(pair.folder, "staging.db")));
    await pair.remove();
  },
);

describe.each(readdirSync(FOLDER).filter((name) => name.endsWith(".sql")))("the journal of %s", (name) => {
  let pair: DatabasePair;
  let world: World;
  let db: Db;
  beforeEach(async () => {
    pair = await sqlitePair();
    restore(join(pair.folder, "staging.db"), readFileSync(join(FOLDER, name), "utf8"));
    db = await openDatabase(pair.owner.sage, { create: true });
    await db.close();
    world = await openWorld(pair, {}, testClock("2026-03-05T16:00:00Z"));
    ({ db } = world.context);
    expect(await migrateJournal(db, world.context.names, world.clock)).toMatchObject({ ok: true });
  });
  afterEach(async () => {
    await world.close();
    await pair.remove();
  });

  it("is worked with once it is brought up, and its audit chain and all that it stands for are good", async () => {
    expect(await checkJournal(db, world.context.names)).toEqual({ ok: true, value: undefined });
    expect(await verifyAudit(world.context, {})).toMatchObject({
      value: { companies: [{ company: COMPANY, result: "good", findings: [], events: 26 }] },
    });
  });

  it("says of each line what became of it, and of each project what was sent", async () => {
    const { names } = world.context;
    const batches = await readBatches(db, names, COMPANY);
    expect(batches.map(({ batchId, state }) => [batchId, state])).toEqual([
      ["ACME-000001", "written"],
      ["ACME-000002", "written"],
      ["ACME-000003", "written"],
    ]);
    const lines = await readTrackedLines(db, names, COMPANY, batches);
    expect(lines.map(({ line, status, entries }) => [line.cents, status.state, entries])).toEqual([
      [700n, "posted", "2/1"],
      [10_000n, "no_longer_posted", ""],
      [2_000n, "accepted_difference", "2/3"],
      [1_000n, "amount_differs", "2/4"],
      [-300n, "posted", "2/5"],
      [-700n, "awaiting_posting", ""],
    ]);
    const ledgers = await readLedgers(db, names, COMPANY);
    const sent = [...ledgers].map(([projectId, { sentOriginals, budgetSent, releases }]) => [
      projectId,
      ...[sumCents(sentOriginals.map(({ cents }) => cents)), budgetSent, releases.size],
    ]);
    expect(sent).toEqual([
      ["P-25-1001", 12_000n, true, 1],
      ["P-25-1002", 6_000n, true, 0],
    ]);
    expect(await readTieOutRoot(world.context, COMPANY)).toMatchObject({
      ok: true,
      value: { day: "2026-03-05" },
    });
  });
});
