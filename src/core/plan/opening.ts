import { HOLD_RULES } from "../holds.ts";
import { compareKeys, keyId, type SageKey, splitKey } from "../key.ts";
import { type Cents, sumCents } from "../money.ts";
import type { StagedDocument, StagedProject } from "../staged.ts";
import { type ResolvedLine, resolveJob, resolveLines } from "./resolve.ts";
import type { PlanContext } from "./types.ts";

/** One key of a job as staging's budget and Sage have it now. */
export interface OpeningLine {
  readonly key: SageKey;
  readonly staging: Cents;
  readonly sage: Cents;
}

/** What there is to decide from when a job carries an estimate before anything was sent to it. */
export interface Opening {
  readonly job: string;
  /** By key: every key that either side has something on. */
  readonly lines: readonly OpeningLine[];
  /** The budget's lines that have found their place in Sage. */
  readonly resolved: readonly ResolvedLine[];
  /** Messages of the lines that have not, one a line. */
  readonly unresolved: readonly string[];
}

/** Puts a budget beside what Sage carries as the job's original estimate; or says why the project has no job. */
export function openingOf(
  context: PlanContext,
  project: StagedProject,
  budget: StagedDocument | null,
): Opening | { readonly noJob: string } {
  const found = resolveJob(context, project);
  if ("rule" in found) return { noJob: HOLD_RULES[found.rule].message(found.facts) };
  const { job } = found;
  if (!context.sage.hasJob(job.job)) return { noJob: `Job ${job.job} is not in Sage.` };
  const { lines: resolved, holds } = budget
    ? resolveLines(context, project, budget, job)
    : { lines: [], holds: [] };

  const lines = new Map<string, OpeningLine>();
  const add = (key: SageKey, staging: Cents, sage: Cents) => {
    const before = lines.get(keyId(key));
    lines.set(keyId(key), {
      key,
      staging: (before?.staging ?? 0n) + staging,
      sage: (before?.sage ?? 0n) + sage,
    });
  };
  for (const line of resolved) add(line.key, line.cents, 0n);
  for (const [joined, category] of context.masters.categories) {
    const [jobCode = "", extra = "", costCode = "", code = ""] = splitKey(joined);
    const estimate = category.totals.original ?? 0n;
    if (jobCode === job.job && estimate !== 0n)
      add({ job: jobCode, extra, costCode, category: code }, 0n, estimate);
  }
  const byLine = new Map(holds.map((hold) => [hold.stagingLineId, hold.message]));
  return {
    job: job.job,
    lines: [...lines.values()].sort((a, b) => compareKeys(a.key, b.key)),
    resolved,
    unresolved: [...byLine.values()],
  };
}

/** What the next export would send of the originals if the opening position were taken from each source. */
export function nextExport(lines: readonly OpeningLine[]): { sage: Cents; staging: Cents; zero: Cents } {
  const staging = sumCents(lines.map((line) => line.staging));
  const sage = sumCents(lines.map((line) => line.sage));
  return { sage: staging - sage, staging: 0n, zero: staging };
}
