import { afterEach, expect, it, vi } from "vitest";
import { cronScheduler, describeSchedule } from "../../src/daemon/schedule.ts";

const DEFAULT_EXPORT = "*/15 6-20 * * 1-5";
const DEFAULT_RECONCILE = "5,35 * * * *";
const HOUR = 3_600_000;

afterEach(() => {
  vi.useRealTimers();
});

/** The moments at which a schedule ticks, kept in New York, within some hours from a moment. */
async function ticksFrom(moment: string, expression: string, hours: number): Promise<string[]> {
  vi.useFakeTimers({ now: new Date(moment) });
  const ticks: string[] = [];
  const onTick = () => void ticks.push(new Date().toISOString().slice(0, 16));
  const task = cronScheduler(expression, onTick, { timezone: "America/New_York" });
  await vi.advanceTimersByTimeAsync(hours * HOUR);
  task.stop();
  return ticks;
}

it("ticks by the default schedules, in the time zone", async () => {
  // A Monday; New York is five hours behind.
  const exports = await ticksFrom("2026-03-02T00:00:01-05:00", DEFAULT_EXPORT, 24);
  expect([exports.length, exports[0], exports.at(-1)]).toEqual([60, "2026-03-02T11:00", "2026-03-03T01:45"]);
  expect(await ticksFrom("2026-03-07T00:00:01-05:00", DEFAULT_EXPORT, 48)).toEqual([]);
  expect(await ticksFrom("2026-03-02T15:00:01Z", DEFAULT_RECONCILE, 1)).toEqual([
    "2026-03-02T15:05",
    "2026-03-02T15:35",
  ]);
});

it("says when it ticks next", () => {
  vi.useFakeTimers({ now: new Date("2026-03-06T21:00:00-05:00") });
  const task = cronScheduler(DEFAULT_EXPORT, () => {}, { timezone: "America/New_York" });
  // Friday's last time has passed; on Monday the clocks have been put forward.
  expect(task.nextTick()).toEqual(new Date("2026-03-09T06:00:00-04:00"));
  task.stop();
});

it("ticks on through the nights in which the clocks are changed", async () => {
  const forward = await ticksFrom("2026-03-08T00:00:01-05:00", DEFAULT_RECONCILE, 23);
  expect(new Set(forward).size).toBe(46);
  expect(forward).toHaveLength(46);
  // The hour that comes twice is kept once.
  const back = await ticksFrom("2026-11-01T00:00:01-04:00", DEFAULT_RECONCILE, 25);
  expect(new Set(back).size).toBe(48);
  expect(back).toHaveLength(48);
});

it("ticks late rather than not at all when the process was busy or the machine slept", async () => {
  vi.useFakeTimers({ now: new Date("2026-03-02T15:00:01Z") });
  const ticks: string[] = [];
  const onTick = () => void ticks.push(new Date().toISOString().slice(0, 16));
  const task = cronScheduler("5 * * * *", onTick, { timezone: "UTC" });
  vi.setSystemTime("2026-03-02T15:20:00Z");
  await vi.advanceTimersByTimeAsync(HOUR / 2);
  expect(ticks).toEqual(["2026-03-02T15:24"]);
  task.stop();
});

it("ticks no more once it is stopped", async () => {
  vi.useFakeTimers({ now: new Date("2026-03-02T15:00:01Z") });
  const onTick = vi.fn();
  cronScheduler("* * * * *", onTick, { timezone: "UTC" }).stop();
  await vi.advanceTimersByTimeAsync(HOUR);
  expect(onTick).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});

it.each([
  [DEFAULT_EXPORT, "at minutes 0, 15, 30, 45 of hours 6 to 20, Monday to Friday"],
  [DEFAULT_RECONCILE, "at minutes 5, 35 of every hour"],
  ["* * * * *", "at every minute of every hour"],
  ["0 6 1 * *", "at minute 0 of hour 6, day 1 of the month"],
  ["0 6 * 1,2,12 0,6", "at minute 0 of hour 6, in January, February, December, Sunday, Saturday"],
  ["30 0 6 L * *", "at second 30 of minute 0 of hour 6, day L of the month"],
])("puts %s in words", (expression, words) => {
  expect(describeSchedule(expression)).toBe(words);
});
