import { randomUUID } from "node:crypto";
import { type CompanyConfig, companyTimezone } from "../config/schema.ts";
import type { CompanyContext, Context } from "../context.ts";
import type { Problem } from "../core/outcome.ts";
import { toTimestamp } from "../core/time.ts";
import { CommitUnknown, DatabaseUnavailable } from "../db/failures.ts";
import {
  keepRenewed,
  LeaseLost,
  releaseLease,
  type Taken,
  takeLease,
  withinLease,
} from "../journal/lease.ts";
import { checkJournal } from "../journal/migrate.ts";
import { endRun, insertRun } from "../journal/runs.ts";
import { openSageCopy } from "../sage/open-copy.ts";
import type { SageSource } from "../sage/tables.ts";
import type { CompanyResult, ErrorResult } from "./company-result.ts";
import { runProblems } from "./problems.ts";
import type { RunContext, Sight, Tell } from "./records.ts";

/** Ids sort by when a run began. */
export const newRunId = (context: Context): string =>
  `${toTimestamp(context.clock.now()).replace(/[-:]/g, "")}-${randomUUID().slice(0, 8)}`;

/** A run's context: after its time it begins nothing new, as when the process is asked to stop. */
export const withTimeLimit = <C extends Context>(context: C, minutes: number): C => ({
  ...context,
  signal: AbortSignal.any([context.signal, AbortSignal.timeout(minutes * 60_000)]),
});

/** A company's name is given or not; an unknown one is the caller's mistake. */
export const companiesToRun = (context: Context, only: string | undefined): readonly CompanyConfig[] =>
  context.config.companies.filter((company) => only === undefined || company.id === only);

/** What a command does for one company, and its part of the command's result. */
type Work<T> = (context: CompanyContext, sage: SageSource, tell: Tell) => Promise<T>;

interface Ended<T> {
  readonly result: T;
  readonly endedAt: string;
  readonly sight: Sight;
}

/**
 * Does one company's part of a run under its lease, and notes it in the journal and in the run's record. Whatever goes wrong stays with the company: it is its `error`, beside what `empty` holds by then, and the
 * others go on. One that is left to another instance, or that was stopped before it began, is no run.
 */
export async function runCompany<T extends CompanyResult>(
  context: RunContext,
  company: CompanyConfig,
  { runId, command }: { readonly runId: string; readonly command: string },
  empty: Omit<T, "company" | "error">,
  work: Work<T>,
): Promise<T> {
  const { db, names, clock } = context;
  const failed = (error: ErrorResult): T => ({ ...empty, company: company.id, error }) as T;
  if (context.signal.aborted) return failed(runProblems.run_stopped(company.id));
  const own = {
    ...context,
    company,
    timeZone: companyTimezone(context.config, company),
    runId,
  };
  const startedAt = toTimestamp(clock.now());
  const recorded = async ({ result, endedAt, sight }: Ended<T>): Promise<T> => {
    const ended = { run: own, command, startedAt, endedAt, result, sight };
    const unwritten = await context.records.run(ended);
    if (!unwritten) return result;
    return { ...result, notices: [...result.notices, `${unwritten.message} ${unwritten.hint}`] };
  };
  let taken: Taken;
  try {
    taken = await takeLease(db, names, company.id);
  } catch (error) {
    const result = failed(tellFailure(context, company, error));
    return recorded({ result, endedAt: toTimestamp(clock.now()), sight: {} });
  }
  if ("heldBy" in taken) return failed(runProblems.company_busy(company.id, taken.heldBy));
  const { lease } = taken;
  try {
    return await recorded(await runUnderLease({ ...own, lease }, { command, startedAt }, failed, work));
  } finally {
    await releaseLease(db, names, lease).catch(() => undefined);
  }
}

async function runUnderLease<T extends CompanyResult>(
  context: CompanyContext,
  run: { readonly command: string; readonly startedAt: string },
  failed: (error: ErrorResult) => T,
  work: Work<T>,
): Promise<Ended<T>> {
  const { db, names, clock, company } = context;
  const now = () => toTimestamp(clock.now());
  const noteEnd = (at: string, outcome: string) =>
    withinLease(context, (tx) => endRun(context, tx, at, outcome));
  let sage: SageSource | null = null;
  let result: T | null = null;
  let endedAt: string | null = null;
  let sight: Sight = {};
  const tell: Tell = (more) => {
    sight = { ...sight, ...more };
  };
  // Whatever is waited for meanwhile: a copy that is large, a share that does not answer.
  const renewal = keepRenewed(context);
  try {
    // While the lease is held nobody upgrades the journal; before, since this process began, somebody may have.
    const journal = await checkJournal(db, names);
    if (!journal.ok) return { result: failed(journal.problem), endedAt: now(), sight };
    await withinLease(context, (tx) => insertRun(context, tx, run));
    const opened = await openSageCopy(company.sage, context);
    if (opened.ok) {
      sage = opened.value;
      result = await work(context, sage, tell);
    } else result = failed(opened.problem);
    endedAt = now();
    await noteEnd(endedAt, result.error?.name ?? "done");
    return { result, endedAt, sight };
  } catch (error) {
    endedAt ??= now();
    const problem = tellFailure(context, company, error);
    // A database that is away takes no note, and to try would only put off saying so.
    if (problem.name === "company_failed") await noteEnd(endedAt, problem.name).catch(() => undefined);
    // What was done is told all the same.
    const told = result ? { ...result, error: result.error ?? problem } : failed(problem);
    return { result: told, endedAt, sight };
  } finally {
    await renewal.stop();
    await sage?.db.close();
  }
}

/**
 * What a company's run, or a plan, failed of. Sage's copy being away is a value, so what is thrown of a database that
 * is away is staging's.
 */
export function companyProblem(company: CompanyConfig, error: unknown): Problem {
  if (error instanceof LeaseLost) return runProblems.company_busy(company.id, "another instance");
  const reason = error instanceof Error ? error.message : String(error);
  if (error instanceof DatabaseUnavailable || error instanceof CommitUnknown)
    return runProblems.database_lost(reason);
  return runProblems.company_failed(company.id, reason);
}

function tellFailure({ log }: Context, company: CompanyConfig, error: unknown): Problem {
  const problem = companyProblem(company, error);
  log.error(problem.message, {
    company: company.id,
    stack: error instanceof Error ? error.stack : undefined,
  });
  return problem;
}
