import type { CompanyContext } from "../../context.ts";
import { type Baseline, batchNumberOfBaseline } from "../../core/baseline.ts";
import { groupBy } from "../../core/group-by.ts";
import { lineIdOf } from "../../core/import-line.ts";
import { type LineFinding, matchLines } from "../../core/match/match-lines.ts";
import { isAsSentBy } from "../../core/match/settlement.ts";
import type { SageEntry } from "../../core/sage.ts";
import type { StagedDocument } from "../../core/staged.ts";
import type { UnitInput } from "../../core/tie-out/input.ts";
import { compareMasterTotals } from "../../core/tie-out/master-totals.ts";
import { fileLines, recogniseLines, spareEntries } from "../../core/tie-out/recognise.ts";
import { dayIn } from "../../core/time.ts";
import { readAcceptedDifferences } from "../../journal/accepted-differences.ts";
import { readBaselines } from "../../journal/baselines.ts";
import { readBatches } from "../../journal/batches.ts";
import { readTrackedLines } from "../../journal/import-lines.ts";
import { readKnownEntries } from "../../journal/known-entries.ts";
import { readAcceptedAmounts } from "../../journal/movements.ts";
import { readOpeningTotals } from "../../journal/opening-totals.ts";
import { readContentsOf } from "../../journal/sent-documents.ts";
import type { Closed } from "../../journal/units.ts";
import type { CopyAtRest } from "../../sage/read-copy.ts";
import { type StagingOutline, withLines } from "../../staging/read-staging.ts";
import { STATUSES_WITH_LINES } from "./work.ts";

export type OwnContext = Pick<CompanyContext, "db" | "names" | "company" | "clock" | "timeZone">;

/** Some projects and the jobs that they were sent to, with what the copy says of them; no other project shares a job. */
export interface Unit {
  /** By name; none where nothing was sent. */
  readonly jobs: readonly string[];
  readonly projectIds: readonly string[];
  readonly found: Omit<UnitInput, "previous">;
  /** What should be known of the jobs beside the differences. */
  readonly notices: readonly string[];
  /** What each document's lines said when it was last sent, by `documentKey`. */
  readonly sentContents: ReadonlyMap<string, string>;
}

/**
 * Reads what the journal, staging and the copy say of some jobs and projects, and matches it. Changes nothing.
 * @param copy null where there is no job among them
 */
export async function readUnits(
  context: OwnContext,
  closed: Closed,
  own: Pick<StagingOutline, "projects" | "documents">,
  copy: CopyAtRest | null,
  rejectedAt: ReadonlyMap<string, string>,
): Promise<Unit[]> {
  const { db, names, company, clock, timeZone } = context;
  const [jobs, projectIds] = [[...closed.jobs].sort(), [...closed.projectIds]];
  const now = clock.now();
  const hasJobs = jobs.length > 0;
  const batches = hasJobs ? await readBatches(db, names, company.id) : [];
  const lines = hasJobs ? await readTrackedLines(db, names, company.id, batches, { jobs }) : [];
  const baselines = hasJobs ? await readBaselines(db, names, company.id, { jobs }) : [];
  const known = hasJobs ? await readKnownEntries(db, names, company.id, { jobs }) : new Map<string, number>();
  const openings = hasJobs ? await readOpeningTotals(db, names, company.id, { jobs }) : [];
  const closings = hasJobs ? await readAcceptedDifferences(db, names, company.id, { jobs }) : [];
  const accepted = hasJobs ? await readAcceptedAmounts(db, names, company.id, { projectIds }) : [];
  const contents = hasJobs
    ? await readContentsOf(db, names, company.id, projectIds)
    : new Map<string, string>();
  const acceptedDifferenceAt = new Map(
    closings.map(({ batchId, lineNo, acceptedAt }) => [lineIdOf(batchId, lineNo), acceptedAt]),
  );
  const documents = await withLines(
    db,
    names,
    own.documents.filter(({ projectId }) => closed.projectIds.has(projectId)),
    STATUSES_WITH_LINES,
  );
  const isAsSent = isAsSentBy(contents);
  const unitOf = unitsOf(closed, [
    ...lines.map(({ line }) => [line.key.job, line.projectId] as const),
    ...baselines.map(({ job, projectId }) => [job, projectId] as const),
  ]);
  const of = <T>(items: readonly T[], place: (item: T) => string): Map<string, T[]> =>
    groupBy(items, (item) => unitOf(place(item)));
  const byJob = ({ job }: { readonly job: string }) => jobPlace(job);
  const byProject = ({ projectId }: { readonly projectId: string }) => projectPlace(projectId);
  const linesOf = of(lines, ({ line }) => jobPlace(line.key.job));
  const baselinesOf = of<Baseline>(baselines, byJob);
  const openingsOf = of(openings, byJob);
  const acceptedOf = of(accepted, byProject);
  const documentsOf = of<StagedDocument>(documents, byProject);
  const projectsOf = of(
    own.projects.filter(({ projectId }) => closed.projectIds.has(projectId)),
    byProject,
  );
  const jobsOf = of(jobs, jobPlace);
  const idsOf = of(projectIds, projectPlace);

  const units: Unit[] = [];
  for (const id of new Set([...jobsOf.keys(), ...idsOf.keys()])) {
    const ownJobs = jobsOf.get(id) ?? [];
    const inCopy = ownJobs.length > 0 && copy ? await copy.readTotals(ownJobs) : NOTHING_IN_COPY;
    const ownBaselines = baselinesOf.get(id) ?? [];
    const findings = matchLines(linesOf.get(id) ?? [], inCopy.entries, known, {
      jobs: inCopy.jobs,
      now,
      timeZone,
      overdueAfterDays: company.overdue_after_days,
      baselines: ownBaselines.map(({ job, beforeBatch, recordedDay }) => ({
        job,
        batchNumber: batchNumberOfBaseline(beforeBatch),
        day: recordedDay,
      })),
      rejectedAt,
      acceptedDifferenceAt,
    });
    const ownDocuments = documentsOf.get(id) ?? [];
    units.push({
      jobs: ownJobs,
      projectIds: idsOf.get(id) ?? [],
      found: {
        lines: findings.lines,
        unexpected: findings.unexpected,
        totals: compareMasterTotals(
          findings.lines.filter(({ tracked }) => !findings.jobsNotInCopy.has(tracked.line.key.job)),
          inCopy.entries,
          inCopy,
          openingsOf.get(id) ?? [],
        ),
        recognitions: recogniseLines(fileLines(findings.lines), spareEntries(findings)),
        changedSinceExport:
          (linesOf.get(id) ?? []).length > 0
            ? ownDocuments.filter((one) => one.status === "exported" && !isAsSent(one))
            : [],
        accepted: acceptedOf.get(id) ?? [],
        baselines: ownBaselines,
        projects: projectsOf.get(id) ?? [],
        documents: ownDocuments,
        today: dayIn(timeZone, now),
        timeZone,
      },
      notices: [...[...findings.jobsNotInCopy].sort().map(jobGone), ...inCopy.lacking],
      sentContents: contents,
    });
  }
  return units;
}

const NOTHING_IN_COPY = {
  jobs: new Set<string>(),
  entries: [] as SageEntry[],
  categories: new Map(),
  lacking: [] as string[],
};

const jobGone = (job: string): string =>
  `Job ${job} is not in Sage's copy any more, nor any entry of it: it was archived or removed there. Its lines stay as they were last seen.`;

const jobPlace = (job: string): string => `job ${job}`;
const projectPlace = (projectId: string): string => `project ${projectId}`;

/** Which unit each job and project is of: those that lines or opening positions bring together are of one. */
function unitsOf(
  { jobs, projectIds }: Closed,
  pairs: readonly (readonly [job: string, projectId: string])[],
): (place: string) => string {
  const above = new Map<string, string>();
  for (const job of jobs) above.set(jobPlace(job), jobPlace(job));
  for (const projectId of projectIds) above.set(projectPlace(projectId), projectPlace(projectId));
  const top = (place: string): string => {
    let at = place;
    for (let next = above.get(at) ?? at; next !== at; next = above.get(at) ?? at) at = next;
    above.set(place, at);
    return at;
  };
  for (const [job, projectId] of pairs) above.set(top(projectPlace(projectId)), top(jobPlace(job)));
  return top;
}

/** The first day on which a line that waits in time does so no more; null if none waits. */
export function dueDayOf(
  lines: readonly LineFinding[],
  { timeZone, company }: Pick<OwnContext, "timeZone" | "company">,
): string | null {
  let first: string | null = null;
  for (const { tracked, state } of lines) {
    if (state !== "awaiting_posting" || tracked.batch.writtenAt === null) continue;
    const written = dayIn(timeZone, new Date(tracked.batch.writtenAt));
    if (first === null || written < first) first = written;
  }
  if (first === null) return null;
  const due = new Date(Date.parse(`${first}T00:00:00Z`) + (company.overdue_after_days + 1) * 86_400_000);
  return due.toISOString().slice(0, 10);
}
