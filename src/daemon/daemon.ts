import type { Config } from "../config/schema.ts";
import { toTimestamp } from "../core/time.ts";
import type { RunContext } from "../run/records.ts";
import { cronScheduler, describeSchedule, type Scheduler } from "./schedule.ts";

/** A scheduled job: one file each in `jobs/`. */
export interface Job {
  readonly name: string;
  /** Its cron expression by the configuration. */
  schedule(config: Config): string;
  /** Whether it is to run when the daemon starts, to catch up what was missed; it is unless this says no. */
  readonly atStart?: boolean;
  /** One run. A company's trouble is logged, not thrown: what is thrown is broken infrastructure. */
  run(context: RunContext): Promise<void>;
}

export interface Daemon {
  /** Takes no new work, lets the running job finish what it has begun, and resolves when it has. */
  stop(): Promise<void>;
}

/**
 * Runs jobs by their schedules, one at a time. A tick is only a wake-up: it marks its job as wanted, and a job
 * that is wanted already is not wanted twice. At the start jobs are wanted to catch up what was missed.
 * `stopping` is the controller of the context's signal.
 */
export function startDaemon(
  context: RunContext,
  jobs: readonly Job[],
  stopping: AbortController,
  schedule: Scheduler = cronScheduler,
): Daemon {
  const { config, log, clock } = context;
  const wanted = new Set<Job>(jobs.filter(({ atStart = true }) => atStart));
  let working: Promise<void> | null = null;

  const work = async (): Promise<void> => {
    // In the order in which they came to be wanted, so that a slow job with many ticks lets the others have a turn.
    for (let job = next(); job; job = next()) {
      wanted.delete(job);
      const started = clock.now().getTime();
      log.info("job started", { job: job.name });
      try {
        await job.run(context);
        log.info("job ended", { job: job.name, milliseconds: clock.now().getTime() - started });
      } catch (error) {
        const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
        log.error("job failed; it is tried again at its next time", { job: job.name, detail });
      }
    }
  };
  const next = (): Job | undefined => {
    const [longestWanted] = wanted;
    return stopping.signal.aborted ? undefined : longestWanted;
  };
  const wake = () => {
    working ??= work().finally(() => {
      working = null;
      // A tick may have come between the last look and the end.
      if (next()) wake();
    });
  };

  const tasks = jobs.map((job) => {
    const expression = job.schedule(config);
    const onTick = () => {
      wanted.add(job);
      wake();
    };
    const task = schedule(expression, onTick, { timezone: config.timezone });
    const nextTick = task.nextTick();
    log.info(`job scheduled ${describeSchedule(expression)} (${config.timezone})`, {
      job: job.name,
      schedule: expression,
      next: nextTick && toTimestamp(nextTick),
    });
    return task;
  });
  wake();

  return {
    async stop() {
      stopping.abort();
      for (const task of tasks) task.stop();
      await working;
    },
  };
}
