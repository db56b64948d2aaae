import { execFile, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, expect, it } from "vitest";
import { cents, text } from "../../src/db/values.ts";
import { auditHash, EMPTY_CHAIN } from "../../src/journal/audit-chain.ts";
import { readBatches } from "../../src/journal/batches.ts";
import { type JournalTable, STAGING_TABLES } from "../../src/names.ts";
import type { RunContext } from "../../src/run/records.ts";
import { copyPair, type DatabasePair, eachDatabase } from "../support/databases.ts";
import { extentOf, testSeed } from "../support/extent.ts";
import { anotherInstance, exportOne, sha256, tree } from "../support/instances.ts";
import { readLineRows, readMovementRows } from "../support/journal-rows.ts";
import { chancesOf } from "../support/random.ts";
import type { Site } from "../support/with-world.ts";
import { COMPANY, makeWorld, openWorld, stageBudget, stageModification } from "../support/world.ts";

/** Kills a process a step: many of them, and nothing here may depend on how fast they are. */
const MANY_PROCESSES_MS = 600_000;
/** Each is on a copy of its own, and most of them wait for the disk. */
const AT_ONCE = { sqlite: 6, sqlserver: 3 } as const;
const CHILD = fileURLToPath(new URL("../support/export-and-stop.mjs", import.meta.url));
const MOMENT = "2026-03-02T15:00:00Z";

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

async function onPlace<T>(begin: () => Promise<Site>, work: (place: Site) => Promise<T>): Promise<T> {
  const place = await begin();
  try {
    return await work(place);
  } finally {
    await place.world.close();
    await place.pair.remove();
  }
}

const childArguments = ({ pair }: Site, at?: number | string, how?: "kill" | "stall"): string[] => {
  const company = {
    id: COMPANY,
    sage: pair.sage,
    mappings: "mappings",
    outbox: "outbox",
    rejects: "rejects",
  };
  const config = { timezone: "America/New_York", staging: pair.staging, companies: [company] };
  return [CHILD, JSON.stringify({ folder: pair.folder, config, moment: MOMENT, at, how })];
};

/** Runs the built export in a process that kills itself at a step; null if it came to its end before that. */
function killedAt(place: Site, at: number | string): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, childArguments(place, at, "kill"), (error, stdout, stderr) => {
      if (child.signalCode === "SIGKILL") resolve(stdout.trim());
      else if (error) reject(new Error(`the child failed by itself: ${stderr}`));
      else resolve(null);
    });
  });
}

/** The steps of a run that comes to its end, in their order. */
async function stepsOf(place: Site): Promise<string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, childArguments(place));
  return stdout.trim().split("\n");
}

/** What is done at a step, whatever it is done to. */
const kindOf = (step: string): string => /^(before|after|half|\w+)/.exec(step)?.[0] ?? step;

/** The numbers of the steps at which this run kills: every so many from a random one, one of each kind, and some. */
function chosenOf(steps: readonly string[], always: readonly string[]): number[] {
  const every = extentOf("stepsBetweenKills");
  const seed = testSeed();
  const first = chancesOf(seed).below(every);
  const kinds = new Set<string>();
  const chosen = steps.flatMap((step, index) => {
    const isNew = !kinds.has(kindOf(step));
    kinds.add(kindOf(step));
    return isNew || index % every === first || always.includes(step) ? [index + 1] : [];
  });
  console.log(`killed at ${chosen.length} of ${steps.length} steps: TIEOUT_TEST_SEED=${seed}`);
  return chosen;
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

  /** Kills a run on such a copy at its steps, up to a last one, and has it finished each time. */
  async function killEverywhere(
    begin: () => Promise<Site>,
    what: string,
    always: readonly string[],
    last?: string,
  ): Promise<string[]> {
    const all = await onPlace(begin, stepsOf);
    const steps = last === undefined ? all : all.slice(0, all.indexOf(last) + 1);
    expect(steps).toEqual(expect.arrayContaining([...always]));
    const chosen = chosenOf(steps, always);
    const kill = (at: number) =>
      onPlace(begin, async (place) => {
        const step = await killedAt(place, at);
        expect(step, `${what} at ${at}`).toBe(steps[at - 1]);
        await expectRecovery(place, `${what} at ${at}, ${step}`);
      });
    while (chosen.length > 0) await Promise.all(chosen.splice(0, AT_ONCE[engine]).map(kill));
    return steps;
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
      const steps = await killEverywhere(begin, "killed", always);
      expect(steps.filter((step) => step.startsWith("after transaction")).length).toBeGreaterThan(4);
    },
    MANY_PROCESSES_MS,
  );

  it(
    "comes to the same end when the run that finishes what a killed one left is killed itself, at whatever step",
    async () => {
      const half = async (): Promise<Site> => {
        const place = await begin();
        expect(await killedAt(place, "half of ACME-000001-2")).toBe(
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
        await killEverywhere(left, "killed again", always, "exists ACME-000002");
      });
    },
    MANY_PROCESSES_MS,
  );

  it("leaves a company to a process that works for it, and takes over at once when that is killed", async () => {
    await onPlace(begin, async (place) => {
      const child = spawn(process.execPath, childArguments(place, "rename", "stall"));
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
