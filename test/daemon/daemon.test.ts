import { expect, it } from "vitest";
import { type Job, startDaemon } from "../../src/daemon/daemon.ts";
import type { Scheduler } from "../../src/daemon/schedule.ts";
import type { RunContext } from "../../src/run/records.ts";
import { testClock } from "../support/world.ts";
import { recordedLog } from "./support.ts";

/** A job whose runs end when the test says so. */
function controlledJob(name: string, schedule = "5,35 * * * *") {
  const runs: { end: () => void; fail: (error: Error) => void; signal: AbortSignal }[] = [];
  const job: Job = {
    name,
    schedule: () => schedule,
    run: ({ signal }) => new Promise((resolve, reject) => runs.push({ end: resolve, fail: reject, signal })),
  };
  return { job, runs };
}

function start(...jobs: readonly Job[]) {
  const tasks: { asked: string; tick: () => void; isStopped: boolean }[] = [];
  const schedule: Scheduler = (expression, onTick, { timezone }) => {
    const task = { asked: `${expression} in ${timezone}`, tick: onTick, isStopped: false };
    tasks.push(task);
    return {
      stop: () => {
        task.isStopped = true;
      },
      nextTick: () => new Date("2026-03-02T15:05:00Z"),
    };
  };
  const stopping = new AbortController();
  const clock = testClock("2026-03-02T15:00:00Z");
  const { log, lines } = recordedLog();
  const context = {
    config: { timezone: "America/New_York" },
    log,
    clock,
    signal: stopping.signal,
  } as unknown as RunContext;
  const daemon = startDaemon(context, jobs, stopping, schedule);
  const tick = (job: Job) => tasks[jobs.indexOf(job)]?.tick();
  return { daemon, tick, tasks, clock, lines };
}

/** Lets everything happen that waits for nothing but its turn. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

it("runs every job once at the start, one after the other, to catch up what was missed", async () => {
  const [first, second] = [controlledJob("export"), controlledJob("reconcile")];
  start(first.job, second.job);
  await settled();
  expect([first.runs.length, second.runs.length]).toEqual([1, 0]);
  first.runs[0]?.end();
  await settled();
  expect([first.runs.length, second.runs.length]).toEqual([1, 1]);
});

it("schedules each job by its expression in the configured time zone", () => {
  const { tasks } = start(
    controlledJob("export", "*/15 6-20 * * 1-5").job,
    controlledJob("reconcile", "5,35 * * * *").job,
  );
  expect(tasks.map((task) => task.asked)).toEqual([
    "*/15 6-20 * * 1-5 in America/New_York",
    "5,35 * * * * in America/New_York",
  ]);
});

it("runs a job once more however many ticks came while it was running", async () => {
  const { job, runs } = controlledJob("export");
  const { tick } = start(job);
  await settled();
  for (let ticks = 0; ticks < 3; ticks++) tick(job);
  runs[0]?.end();
  await settled();
  expect(runs.length).toBe(2);
  runs[1]?.end();
  await settled();
  expect(runs.length).toBe(2);
  tick(job);
  await settled();
  expect(runs.length).toBe(3);
});

it("lets the other job have its turn before one that was wanted again meanwhile", async () => {
  const [slow, other] = [controlledJob("export"), controlledJob("reconcile")];
  const { tick } = start(slow.job, other.job);
  await settled();
  tick(slow.job);
  slow.runs[0]?.end();
  await settled();
  expect([slow.runs.length, other.runs.length]).toEqual([1, 1]);
  other.runs[0]?.end();
  await settled();
  expect([slow.runs.length, other.runs.length]).toEqual([2, 1]);
});

it("logs what broke a job with its stack, and lives on to the next tick", async () => {
  const { job, runs } = controlledJob("export");
  const { tick, lines } = start(job);
  await settled();
  runs[0]?.fail(new Error("the database is away"));
  await settled();
  const failures = lines.filter((line) => line.level === "error");
  expect(failures).toMatchObject([{ job: "export" }]);
  expect(failures[0]?.detail).toMatch(/the database is away\n\s+at /);
  tick(job);
  await settled();
  expect(runs.length).toBe(2);
});

it("stops by telling the running job, waiting for it, and starting nothing more", async () => {
  const [running, waiting] = [controlledJob("export"), controlledJob("reconcile")];
  const { daemon, tick, tasks } = start(running.job, waiting.job);
  await settled();
  tick(running.job);
  let isStopped = false;
  const stopping = daemon.stop().then(() => {
    isStopped = true;
  });
  await settled();
  expect(running.runs[0]?.signal.aborted).toBe(true);
  expect(tasks.map((task) => task.isStopped)).toEqual([true, true]);
  expect(isStopped).toBe(false);
  running.runs[0]?.end();
  await stopping;
  tick(waiting.job);
  await settled();
  expect([running.runs.length, waiting.runs.length]).toEqual([1, 0]);
});

it("stops although the running job fails", async () => {
  const { job, runs } = controlledJob("export");
  const { daemon } = start(job);
  await settled();
  const stopping = daemon.stop();
  runs[0]?.fail(new Error("the database is away"));
  await stopping;
});

it("logs each job's schedule in words with its next time, and how long a run took", async () => {
  const { job, runs } = controlledJob("export", "*/15 6-20 * * 1-5");
  const { clock, lines } = start(job);
  await settled();
  clock.set("2026-03-02T15:00:04Z");
  runs[0]?.end();
  await settled();
  expect(lines).toMatchObject([
    {
      level: "info",
      message: "job scheduled at minutes 0, 15, 30, 45 of hours 6 to 20, Monday to Friday (America/New_York)",
      job: "export",
      next: "2026-03-02T15:05:00Z",
    },
    { level: "info", message: "job started", job: "export" },
    { level: "info", message: "job ended", job: "export", milliseconds: 4_000 },
  ]);
});
