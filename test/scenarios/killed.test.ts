import { execFile, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { auditHash, EMPTY_CHAIN } from "../../src/audit/chain.ts";
import type { Db } from "../../src/db/db.ts";
import { STAGING_TABLES } from "../../src/db/names.ts";
import { cents, text, textOrNull } from "../../src/db/values.ts";
import { type DatabasePair, sqlitePair } from "../support/databases.ts";
import { anotherInstance, copyOf, exportOne, sha256, tree } from "../support/instances.ts";
import { COMPANY, makeWorld, stageBudget, stageModification, type World } from "../support/world.ts";

/** Kills a process a step: many of them, and nothing here may depend on how fast they are. */
const MANY_PROCESSES_MS = 600_000;
/** Each is on a copy of its own, and most of them wait for the disk. */
const AT_ONCE = 6;
const CHILD = fileURLToPath(new URL("../support/export-and-stop.mjs", import.meta.url));
const MOMENT = "2026-03-02T15:00:00Z";

let pair: DatabasePair;
let world: World;
let undisturbed: State;

beforeAll(async () => {
  pair = await sqlitePair();
  world = await makeWorld(pair);
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
  undisturbed = await onCopy(pair, async (copy) => {
    const context = await anotherInstance(world, { pair: copy });
    expect((await exportOne(context)).batches).toHaveLength(2);
    const state = await readState(context.db, copy);
    await context.db.close();
    return state;
  });
});
afterAll(async () => {
  await world.close();
  await pair.remove();
});

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

async function readState(db: Db, { folder }: DatabasePair): Promise<State> {
  const { build } = db.sql;
  const rows = (table: string, order: string) => db.query(build(table).orderBy(order).select());
  const events = await rows("tieout_audit_event", "sequence");
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
  for (const table of STAGING_TABLES) staging.set(table, await db.query(build(table).select()));
  return {
    batches: (await rows("tieout_batch", "number")).map((row) => ({
      id: text(row, "batch_id"),
      state: text(row, "state"),
      manifest: textOrNull(row, "manifest_sha256"),
      auditHead: text(row, "audit_head"),
    })),
    staging,
    movements: (await rows("tieout_movement", "movement_id")).map((row) =>
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
    importLines: (await rows("tieout_import_line", "batch_id")).map((row) => Object.values(row).join(" ")),
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

async function onCopy<T>(start: DatabasePair, work: (copy: DatabasePair) => Promise<T>): Promise<T> {
  const copy = copyOf(start);
  try {
    return await work(copy);
  } finally {
    await copy.remove();
  }
}

const childArguments = (copy: DatabasePair, at: number | string, how: "kill" | "stall"): string[] => {
  const company = {
    id: COMPANY,
    sage: copy.sage,
    mappings: "mappings",
    outbox: "outbox",
    rejects: "rejects",
  };
  const config = { timezone: "America/New_York", staging: copy.staging, companies: [company] };
  return [CHILD, JSON.stringify({ folder: copy.folder, config, moment: MOMENT, at, how })];
};

/** Runs the built export in a process that kills itself at a step; null if it came to its end before that. */
function killedAt(copy: DatabasePair, at: number | string): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, childArguments(copy, at, "kill"), (error, stdout, stderr) => {
      if (child.signalCode === "SIGKILL") resolve(stdout.trim());
      else if (error) reject(new Error(`the child failed by itself: ${stderr}`));
      else resolve(null);
    });
  });
}

/** What a killed run left behind must be good at any moment; what the next run makes of it must be the whole. */
async function expectRecovery(copy: DatabasePair, step: string): Promise<void> {
  const context = await anotherInstance(world, { pair: copy });
  const left = await readState(context.db, copy);
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
  await expectUndisturbed(context.db, copy, step);

  const again = await readState(context.db, copy);
  expect(await exportOne(context), step).toMatchObject({ batches: [], holds: [], error: null });
  expect(await readState(context.db, copy), step).toEqual(again);
  await context.db.close();
}

async function expectUndisturbed(db: Db, copy: DatabasePair, step: string): Promise<void> {
  const { batches, outbox, ...rest } = await readState(db, copy);
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

/** Kills a run at every step that a run on such a copy has, up to a last one, and has it finished each time. */
async function killEverywhere(start: DatabasePair, what: string, last?: string): Promise<string[]> {
  const kill = (at: number) =>
    onCopy(start, async (copy) => {
      const step = await killedAt(copy, at);
      if (step !== null) await expectRecovery(copy, `${what} at ${at}, ${step}`);
      return step;
    });
  const steps: string[] = [];
  for (let at = 1; ; at += AT_ONCE) {
    const killed = await Promise.all(Array.from({ length: AT_ONCE }, (_, next) => kill(at + next)));
    steps.push(...killed.filter((step) => step !== null));
    if (killed.some((step) => step === null || step === last)) return steps;
  }
}

it(
  "finishes what was claimed, with the same bytes and once, at whatever step a run is killed",
  async () => {
    const steps = await killEverywhere(pair, "killed");
    // The fault points that matter most are among them, for each of the two batches.
    for (const id of ["ACME-000001", "ACME-000002"])
      expect(steps).toEqual(
        expect.arrayContaining([
          `exists ${id}`,
          `write ${id}-1-original.jce`,
          `half of ${id}-1-original.jce`,
          `write ${id}-manifest.json`,
          `rename .${id}.1.tmp ${id}`,
          "syncFolder outbox",
        ]),
      );
    expect(steps.filter((step) => step.startsWith("after transaction")).length).toBeGreaterThan(4);
  },
  MANY_PROCESSES_MS,
);

it(
  "comes to the same end when the run that finishes what a killed one left is killed itself, at whatever step",
  async () => {
    await onCopy(pair, async (half) => {
      expect(await killedAt(half, "half of ACME-000001-2")).toBe(
        "half of ACME-000001-2-approved-changes.jce",
      );
      const steps = await killEverywhere(half, "killed again", "exists ACME-000002");
      expect(steps).toEqual(
        expect.arrayContaining([
          "rename .ACME-000001.1.tmp .discarded.ACME-000001.1.tmp.2",
          "removeFolder .discarded.ACME-000001.1.tmp.2",
          "rename .ACME-000001.2.tmp ACME-000001",
        ]),
      );
    });
  },
  MANY_PROCESSES_MS,
);

it("leaves a company to a process that works for it, and takes over at once when that is killed", async () => {
  await onCopy(pair, async (copy) => {
    const child = spawn(process.execPath, childArguments(copy, "rename", "stall"));
    const died = new Promise((resolve) => child.once("exit", (_code, signal) => resolve(signal)));
    await new Promise((resolve) => child.stdout.once("data", resolve));

    const context = await anotherInstance(world, { pair: copy });
    const busy = await exportOne(context);
    expect(busy).toMatchObject({ batches: [], error: { name: "company_busy" } });
    expect(busy.error?.message).toContain(`/${child.pid}/`);
    expect([...outboxOf(copy.folder).keys()].filter((name) => !name.startsWith("outbox/."))).toEqual([]);

    child.kill("SIGKILL");
    expect(await died).toBe("SIGKILL");
    expect((await exportOne(context)).batches).toMatchObject([
      { batch_id: "ACME-000001", recovered: true },
      { batch_id: "ACME-000002", recovered: false },
    ]);
    await expectUndisturbed(context.db, copy, "killed by another");
    await context.db.close();
  });
});
