import { spawn } from "node:child_process";
import { beforeAll, expect, it } from "vitest";
import { cents, text } from "../../src/db/values.ts";
import { auditHash, EMPTY_CHAIN } from "../../src/journal/audit-chain.ts";
import { readBatches } from "../../src/journal/batches.ts";
import { type JournalTable, STAGING_TABLES } from "../../src/names.ts";
import type { RunContext } from "../../src/run/records.ts";
import { copyPair, type DatabasePair, eachDatabase } from "../support/databases.ts";
import { anotherInstance, exportOne, sha256, tree } from "../support/instances.ts";
import { readLineRows, readMovementRows } from "../support/journal-rows.ts";
import { childArguments, killEverywhere, killedAt, MANY_PROCESSES_MS, onPlace } from "../support/kill.ts";
import type { Site } from "../support/with-world.ts";
import { COMPANY, makeWorld, openWorld, stageBudget, stageModification } from "../support/world.ts";

/** All that two runs of the same work must leave alike, whatever became of the first. */
interface State {
  readonly batches: { id: string; state: string; manifest: string | null; auditHead: string }[];
  /** Staging, all of it. */
  readonly staging: unknown;
  readonly movements: string[];
  readonly importLines: string[];
  readonly audit: string[];
  readonly outbox: Map<string, Buffer>;
}

async function readState({ db, names }: RunContext, { folder }: DatabasePair): Promise<State> {
  const { build } = db.sql;
  const rows = (table: JournalTable, ...order: string[]) =>
    db.query(build(names.journal(table)).orderBy(order).select());
  const events = await rows("audit_event", "sequence");
  let head = EMPTY_CHAIN;
  for (const event of events) {
    expect(text(event, "previous_hash")).toBe(head);
    const { company, at, actor, run_id, details, subject } = event;
    head = auditHash({
      company: String(company),
      sequence: cents(event, "sequence"),
      at: String(at),
      actor: String(actor),
      runId: String(run_id),
      event: text(event, "event"),
      subject: String(subject),
      details: JSON.parse(String(details)),
      previousHash: head,
    });
    expect(text(event, "hash")).toBe(head);
  }
  const staging = new Map<string, unknown>();
  for (const table of STAGING_TABLES)
    staging.set(table, await db.query(build(names.staging(table)).select()));
  return {
    batches: (await readBatches(db, names, COMPANY)).map((batch) => ({
      id: batch.batchId,
      state: batch.state,
      manifest: batch.manifestSha256,
      auditHead: batch.auditHead,
    })),
    staging,
    movements: (await readMovementRows(db, names)).map((row) =>
      [
        "from_account",
        "to_account",
        "kind",
        "job",
        "extra",
        "cost_code",
        "category",
        "cents",
        "batch_id",
        "line_no",
      ]
        .map((column) => row[column])
        .join(" "),
    ),
    // The numbers that a server gives rows have gaps where a transaction was undone.
    importLines: (await readLineRows(db, names)).map(({ batch, project, row_hash, ...row }) =>
      Object.values(row).join(" "),
    ),
    audit: events.map((event) => `${text(event, "event")} ${text(event, "subject")}`),
    outbox: outboxOf(folder),
  };
}

function outboxOf(folder: string): Map<string, Buffer> {
  const files = tree(folder);
  return new Map([...files].filter(([name]) => name.startsWith("outbox/") && name !== "outbox/"));
}

/** A manifest carries the chain's head, which tells of the run by its id: two runs differ in that, and nothing else. */
function withoutChain(outbox: Map<string, Buffer>): Map<string, string> {
  return new Map(
    [...outbox].map(([name, bytes]) => {
      const shown = bytes.toString("latin1");
      return [name, shown.replace(/"(audit_head|previous_manifest_sha256)": ?"[0-9a-f]{64}"/g, '"$1":"…"')];
    }),
  );
}

eachDatabase("an export that is killed", (makePair, engine) => {
  let undisturbed: State;

  const begin = async (): Promise<Site> => {
    const pair = await makePair();
    const world = await makeWorld(pair);
    await stageBudget(world, "25-1001", [
      ["L1", null, "03-100", "M", "9600.00"],
      ["L2", "PH1", "01-510", "C", "230750.37"],
      ["L3", null, "16-700", "L", "0.00"],
    ]);
    await stageModification(world, "25-1001", "1", [
      ["A1", null, "03-100", "M", "-600.00"],
      ["A2", null, "16-700", "L", "600.00"],
    ]);
    await stageBudget(world, "25-1002", [["L4", null, "16-700", "L", "1.01"]]);
    return { pair, world };
  };

  beforeAll(async () => {
    undisturbed = await onPlace(begin, async (place) => {
      const context = await anotherInstance(place.world);
      expect((await exportOne(context)).batches).toHaveLength(2);
      const state = await readState(context, place.pair);
      await context.db.close();
      return state;
    });
  });

  /** What a killed run left behind must be good at any moment; what the next run makes of it must be the whole. */
  async function expectRecovery(place: Site, step: string): Promise<void> {
    const context = await anotherInstance(place.world);
    const left = await readState(context, place.pair);
    const visible = [...left.outbox.keys()].filter((name) => !name.startsWith("outbox/."));
    for (const name of visible) {
      const batch = left.batches.find(({ id }) => name.startsWith(`outbox/${id}/`));
      expect(batch, `${step}: ${name} is there before the journal says so`).toBeDefined();
    }
    for (const { id } of left.batches) {
      const folder = [...undisturbed.outbox.keys()].filter((name) => name.startsWith(`outbox/${id}/`));
      const shown = visible.filter((name) => name.startsWith(`outbox/${id}/`));
      expect([[], folder], `${step}: a part of ${id} is there`).toContainEqual(shown);
    }

    const next = await exportOne(context);
    expect(next, step).toMatchObject({ holds: [], error: null });
    expect(
      next.batches.map((batch) => [batch.batch_id, batch.recovered]),
      step,
    ).toEqual([
      ...left.batches.filter(({ state }) => state === "claimed").map(({ id }) => [id, true]),
      ...undisturbed.batches.slice(left.batches.length).map(({ id }) => [id, false]),
    ]);
    await expectUndisturbed(context, place, step);

    const again = await readState(context, place.pair);
    expect(await exportOne(context), step).toMatchObject({ batches: [], holds: [], error: null });
    expect(await readState(context, place.pair), step).toEqual(again);
    await context.db.close();
  }

  async function expectUndisturbed(context: RunContext, place: Site, step: string): Promise<void> {
    const { batches, outbox, ...rest } = await readState(context, place.pair);
    const { batches: _batches, outbox: expectedOutbox, ...expected } = undisturbed;
    expect(rest, step).toEqual(expected);
    expect(withoutChain(outbox), step).toEqual(withoutChain(expectedOutbox));
    for (const [index, { id, state, manifest, auditHead }] of batches.entries()) {
      const bytes = outbox.get(`outbox/${id}/${id}-manifest.json`);
      expect([state, manifest], step).toEqual(["written", sha256(bytes ?? Buffer.alloc(0))]);
      expect(JSON.parse(bytes?.toString() ?? ""), step).toMatchObject({
        audit_head: auditHead,
        previous_manifest_sha256: batches[index - 1]?.manifest ?? null,
      });
    }
  }

  it(
    "finishes what was claimed, with the same bytes and once, at whatever step a run is killed",
    async () => {
      // The fault points that matter most are among them, for each of the two batches.
      const always = ["ACME-000001", "ACME-000002"].flatMap((id) => [
        `exists ${id}`,
        `write ${id}-1-original.jce`,
        `half of ${id}-1-original.jce`,
        `write ${id}-manifest.json`,
        `rename .${id}.1.tmp ${id}`,
        "syncFolder outbox",
      ]);
      const steps = await killEverywhere(engine, "export", begin, { always }, expectRecovery);
      expect(steps.filter((step) => step.startsWith("after transaction")).length).toBeGreaterThan(4);
    },
    MANY_PROCESSES_MS,
  );

  it(
    "comes to the same end when the run that finishes what a killed one left is killed itself, at whatever step",
    async () => {
      const half = async (): Promise<Site> => {
        const place = await begin();
        expect(await killedAt(place, "export", "half of ACME-000001-2")).toBe(
          "half of ACME-000001-2-approved-changes.jce",
        );
        return place;
      };
      const always = [
        "rename .ACME-000001.1.tmp .discarded.ACME-000001.1.tmp.2",
        "remove .discarded.ACME-000001.1.tmp.2",
        "rename .ACME-000001.2.tmp ACME-000001",
      ];
      await onPlace(half, async ({ pair }) => {
        const copy = async (): Promise<Site> => {
          const own = await copyPair(pair);
          return { pair: own, world: await openWorld(own) };
        };
        const left = engine === "sqlite" ? copy : half;
        await killEverywhere(engine, "export", left, { always, last: "exists ACME-000002" }, expectRecovery);
      });
    },
    MANY_PROCESSES_MS,
  );

  it("leaves a company to a process that works for it, and takes over at once when that is killed", async () => {
    await onPlace(begin, async (place) => {
      const child = spawn(process.execPath, childArguments(place, "export", "rename", "stall"));
      const died = new Promise((resolve) => child.once("exit", (_code, signal) => resolve(signal)));
      await new Promise((resolve) => child.stdout.once("data", resolve));

      const context = await anotherInstance(place.world);
      const busy = await exportOne(context);
      expect(busy).toMatchObject({ batches: [], error: { name: "company_busy" } });
      expect(busy.error?.message).toContain(`/${child.pid}/`);
      expect([...outboxOf(place.pair.folder).keys()].filter((name) => !name.startsWith("outbox/."))).toEqual(
        [],
      );

      child.kill("SIGKILL");
      expect(await died).toBe("SIGKILL");
      expect((await exportOne(context)).batches).toMatchObject([
        { batch_id: "ACME-000001", recovered: true },
        { batch_id: "ACME-000002", recovered: false },
      ]);
      await expectUndisturbed(context, place, "killed by another");
      await context.db.close();
    });
  });
});
