import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "vitest";
import { extentOf, testSeed } from "./extent.ts";
import { chancesOf } from "./random.ts";
import type { Site } from "./with-world.ts";
import { COMPANY } from "./world.ts";

/** Kills a process a step: many of them, and nothing here may depend on how fast they are. */
export const MANY_PROCESSES_MS = 600_000;
/** Each is on a copy of its own, and most of them wait for the disk. */
const AT_ONCE = { sqlite: 6, sqlserver: 3 } as const;
const CHILD = fileURLToPath(new URL("./run-and-stop.mjs", import.meta.url));
const MOMENT = "2026-03-02T15:00:00Z";

/** A site of its own, which goes when the work is done. */
export async function onPlace<T>(begin: () => Promise<Site>, work: (place: Site) => Promise<T>): Promise<T> {
  const place = await begin();
  try {
    return await work(place);
  } finally {
    await place.world.close();
    await place.pair.remove();
  }
}

/** A command that a process of its own runs until it is killed. */
export type Command = "export" | "reconcile";

/** What Node.js is to be started with, so that it stops at a step of a command. */
export const childArguments = (
  { pair }: Site,
  command: Command,
  at?: number | string,
  how?: "kill" | "stall",
): string[] => {
  const company = {
    id: COMPANY,
    sage: pair.sage,
    mappings: "mappings",
    outbox: "outbox",
    rejects: "rejects",
  };
  const config = { timezone: "America/New_York", staging: pair.staging, companies: [company] };
  return [CHILD, JSON.stringify({ command, folder: pair.folder, config, moment: MOMENT, at, how })];
};

/** Runs the built command in a process that kills itself at a step; null if it came to its end before that. */
export function killedAt(place: Site, command: Command, at: number | string): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      childArguments(place, command, at, "kill"),
      (error, stdout, stderr) => {
        if (child.signalCode === "SIGKILL") resolve(stdout.trim());
        else if (error) reject(new Error(`the child failed by itself: ${stderr}`));
        else resolve(null);
      },
    );
  });
}

/** The steps of a run that comes to its end, in their order. */
async function stepsOf(place: Site, command: Command): Promise<string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, childArguments(place, command));
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

/** Kills a command at its steps, up to a last one, each time on such a site, and has it looked at what was left. */
export async function killEverywhere(
  engine: keyof typeof AT_ONCE,
  command: Command,
  begin: () => Promise<Site>,
  { always = [], last }: { readonly always?: readonly string[]; readonly last?: string },
  lookAt: (place: Site, step: string) => Promise<void>,
): Promise<string[]> {
  const all = await onPlace(begin, (place) => stepsOf(place, command));
  const steps = last === undefined ? all : all.slice(0, all.indexOf(last) + 1);
  expect(steps).toEqual(expect.arrayContaining([...always]));
  const chosen = chosenOf(steps, always);
  const kill = (at: number) =>
    onPlace(begin, async (place) => {
      const step = await killedAt(place, command, at);
      expect(step, `${command} at ${at}`).toBe(steps[at - 1]);
      await lookAt(place, `${command} at ${at}, ${step}`);
    });
  while (chosen.length > 0) await Promise.all(chosen.splice(0, AT_ONCE[engine]).map(kill));
  return steps;
}
