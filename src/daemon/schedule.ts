import cron from "node-cron";

/** Calls `onTick` by a cron expression in a time zone, until stopped. */
export type Scheduler = (
  expression: string,
  onTick: () => void,
  options: { readonly timezone: string },
) => {
  stop(): void;
  /** Null if the expression names no moment to come. */
  nextTick(): Date | null;
};

/**
 * By node-cron. A tick that it finds more than a second late (the machine slept, the process was busy) it reports
 * as missed instead of running it; since a tick is only a wake-up, a late one serves as well.
 */
export const cronScheduler: Scheduler = (expression, onTick, { timezone }) => {
  const task = cron.schedule(expression, onTick, { timezone });
  task.on("execution:missed", onTick);
  return { stop: () => void task.destroy(), nextTick: () => task.getNextRun() };
};

const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const monthName = (month: number): string =>
  new Intl.DateTimeFormat("en-US", { month: "long", timeZone: "UTC" }).format(Date.UTC(2000, month - 1));

/** A cron expression in words: `at minutes 0, 15, 30, 45 of hours 6 to 20, Monday to Friday`. */
export function describeSchedule(expression: string): string {
  const { second, minute, hour, dayOfMonth, month, dayOfWeek } = cron.parse(expression);
  const days = [
    ...(dayOfMonth.length < 31 ? [`${counted("day", dayOfMonth)} of the month`] : []),
    ...(month.length < 12 ? [`in ${listed(month, monthName)}`] : []),
    ...(dayOfWeek.length < 7 ? [listed(dayOfWeek, (day) => WEEKDAYS[day] ?? String(day))] : []),
  ];
  const seconds = second.length === 1 && second[0] === 0 ? "" : `${counted("second", second, 60)} of `;
  const time = `at ${seconds}${counted("minute", minute, 60)} of ${counted("hour", hour, 24)}`;
  return [time, ...days].join(", ");
}

const counted = (unit: string, values: readonly (number | string)[], all?: number): string => {
  if (values.length === all) return `every ${unit}`;
  return `${unit}${values.length === 1 ? "" : "s"} ${listed(values, String)}`;
};

/** `0, 15, 30`; three or more in a row as `6 to 20`. What is no number (`L`, `1#2`) stays as cron writes it. */
function listed(values: readonly (number | string)[], name: (value: number) => string): string {
  const numbers = values.filter((value) => typeof value === "number").sort((a, b) => a - b);
  const runs: number[][] = [];
  for (const value of numbers) {
    const run = runs.at(-1);
    if (run?.at(-1) === value - 1) run.push(value);
    else runs.push([value]);
  }
  return [
    ...runs.flatMap((run) => {
      const names = run.map(name);
      return names.length < 3 ? names : [`${names[0]} to ${names.at(-1)}`];
    }),
    ...values.filter((value) => typeof value === "string"),
  ].join(", ");
}
