import { randomUUID } from "node:crypto";
import { type CompanyConfig, companyTimezone } from "../config/schema.ts";
import type { CompanyContext, Context } from "../context.ts";
import type { Problem } from "../core/outcome.ts";
import { toTimestamp } from "../core/time.ts";
import { CommitUnknown, DatabaseUnavailable } from "../db/failures.ts";
import { LeaseLost, releaseLease, type Taken, takeLease, withinLease } from "../journal/lease.ts";
import { checkJournal } from "../journal/migrate.ts";
import { openSageCopy } from "../sage/open-copy.ts";
import type { SageSource } from "../sage/tables.ts";
import { runProblems } from "./problems.ts";
import type { CompanyPart, ErrorResult } from "./results.ts";

/** Ids sort by when a run began. */
export const newRunId = (context: Context): string =>
  `${toTimestamp(context.clock.now()).replace(/[-:]/g, "")}-${randomUUID().slice(0, 8)}`;

/** A run's context: after its time it begins nothing new, as when the process is asked to stop. */
export const withTimeLimit = (context: Context, minutes: number): Context => ({
  ...context,
  signal: AbortSignal.any([context.signal, AbortSignal.timeout(minutes * 60_000)]),
});

/** A company's name is given or not; an unknown one is the caller's mistake. */
export const companiesToRun = (context: Context, only: string | undefined): readonly CompanyConfig[] =>
  context.config.companies.filter((company) => only === undefined || company.id === only);

/**
 * Does one company's part of a run under its lease, and notes it in the journal. Whatever goes wrong stays with
 * the company: it is its `error`, beside what `empty` holds by then, and the others go on.
 */
export async function runCompany<T extends CompanyPart>(
  context: Context,
  company: CompanyConfig,
  run: { readonly runId: string; readonly command: string },
  empty: Omit<T, "company" | "error">,
  work: (context: CompanyContext, sage: SageSource) => Promise<T>,
): Promise<T> {
  const { db, names } = context;
  const failed = (error: ErrorResult): T => ({ ...empty, company: company.id, error }) as T;
  if (context.signal.aborted) return failed(runProblems.run_stopped(company.id));
  let taken: Taken;
  try {
    taken = await takeLease(db, names, company.id);
  } catch (error) {
    return failed(tellFailure(context, company, error));
  }
  if ("heldBy" in taken) return failed(runProblems.company_busy(company.id, taken.heldBy));

  let sage: SageSource | null = null;
  let result: T | null = null;
  const companyContext: CompanyContext = {
    ...context,
    company,
    timeZone: companyTimezone(context.config, company),
    runId: run.runId,
    lease: taken.lease,
  };
  try {
    // While the lease is held nobody upgrades the journal; before, since this process began, somebody may have.
    const journal = await checkJournal(db, names);
    if (!journal.ok) return failed(journal.problem);
    await noteStart(companyContext, run.command);
    const opened = await openSageCopy(company.sage, context);
    if (opened.ok) {
      sage = opened.value;
      result = await work(companyContext, sage);
    } else result = failed(opened.problem);
    await noteEnd(companyContext, result.error?.name ?? "done");
    return result;
  } catch (error) {
    const problem = tellFailure(context, company, error);
    // A database that is away takes no note, and to try would only put off saying so.
    if (problem.name === "company_failed") await noteEnd(companyContext, problem.name).catch(() => undefined);
    // What was done is told all the same.
    return result ? { ...result, error: result.error ?? problem } : failed(problem);
  } finally {
    await sage?.db.close();
    await releaseLease(db, names, taken.lease).catch(() => undefined);
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

const noteStart = (context: CompanyContext, command: string): Promise<void> =>
  withinLease(context, async (tx) => {
    const { names, runId, company, clock, actor, toolVersion } = context;
    await tx.query(
      tx.sql.build(names.journal("run")).insert({
        run_id: runId,
        company: company.id,
        command,
        started_at: toTimestamp(clock.now()),
        actor,
        tool_version: toolVersion,
      }),
    );
  });

const noteEnd = (context: CompanyContext, outcome: string): Promise<void> =>
  withinLease(context, async (tx) => {
    const { names, runId, company, clock } = context;
    await tx.query(
      tx.sql
        .build(names.journal("run"))
        .where({ run_id: runId, company: company.id })
        .update({ ended_at: toTimestamp(clock.now()), outcome }),
    );
  });
