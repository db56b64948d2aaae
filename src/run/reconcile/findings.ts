import type { CompanyConfig } from "../../config/schema.ts";
import type { Context } from "../../context.ts";
import { type Baseline, batchNumberOfBaseline } from "../../core/baseline.ts";
import { type BatchHeader, lineIdOf, type TrackedLine } from "../../core/import-line.ts";
import { type Findings, matchLines } from "../../core/match/match-lines.ts";
import { compareMasterTotals, type MasterTotals } from "../../core/tie-out/master-totals.ts";
import { type Recognition, recognise } from "../../core/tie-out/recognise.ts";
import { readAcceptedDifferences } from "../../journal/accepted-differences.ts";
import { readBaselines } from "../../journal/baselines.ts";
import { readBatches } from "../../journal/batches.ts";
import { readTrackedLines } from "../../journal/import-lines.ts";
import { readKnownEntries } from "../../journal/known-entries.ts";
import { readOpeningTotals } from "../../journal/opening-totals.ts";
import type { SageCopy } from "../../sage/read-copy.ts";

/** What a copy of Sage says of everything that was ever exported for a company. */
export interface CompanyFindings extends Findings {
  readonly batches: readonly BatchHeader[];
  readonly totals: MasterTotals;
  readonly recognitions: readonly Recognition[];
  readonly baselines: readonly Baseline[];
}

interface OwnContext extends Context {
  readonly company: CompanyConfig;
  readonly timeZone: string;
}

/** Every batch and import line of a company. */
export async function readExported({ db, names, company }: OwnContext): Promise<{
  readonly batches: readonly BatchHeader[];
  readonly lines: readonly TrackedLine[];
}> {
  const batches = await readBatches(db, names, company.id);
  return { batches, lines: await readTrackedLines(db, names, company.id, batches) };
}

/** Matches what was exported with what Sage's copy shows. Changes nothing. */
export async function findCompany(
  context: OwnContext,
  { masters, entries }: Pick<SageCopy, "masters" | "entries">,
  { batches, lines }: Awaited<ReturnType<typeof readExported>>,
  rejectedAt: ReadonlyMap<string, string>,
): Promise<CompanyFindings> {
  const { db, names, company, clock, timeZone } = context;
  const accepted = await readAcceptedDifferences(db, names, company.id);
  const baselines = await readBaselines(db, names, company.id);
  const findings = matchLines(lines, entries, await readKnownEntries(db, names, company.id), {
    jobs: masters.jobs,
    now: clock.now(),
    timeZone,
    overdueAfterDays: company.overdue_after_days,
    baselines: baselines.map(({ job, beforeBatch, recordedDay }) => ({
      job,
      batchNumber: batchNumberOfBaseline(beforeBatch),
      day: recordedDay,
    })),
    rejectedAt,
    acceptedDifferenceAt: new Map(
      accepted.map(({ batchId, lineNo, acceptedAt }) => [lineIdOf(batchId, lineNo), acceptedAt]),
    ),
  });
  const openings = await readOpeningTotals(db, names, company.id);
  return {
    ...findings,
    batches,
    totals: compareMasterTotals(
      findings.lines.filter(({ tracked }) => !findings.jobsNotInCopy.has(tracked.line.key.job)),
      entries,
      masters,
      openings,
    ),
    recognitions: recognise(findings),
    baselines,
  };
}

const STALE_TOTALS =
  "The totals in JCM_MASTER__CATEGORY have not moved with a single posted entry, so the copy does not keep them up: Sage's own totals are not compared.";

/** What should be known of what was found, beside the differences. */
export const findingNotices = ({ totals, jobsNotInCopy }: CompanyFindings): string[] => [
  ...[...jobsNotInCopy]
    .sort()
    .map(
      (job) =>
        `Job ${job} is not in Sage's copy any more, nor any entry of it: it was archived or removed there. Its lines stay as they were last seen.`,
    ),
  ...(totals.areStale ? [STALE_TOTALS] : []),
];
