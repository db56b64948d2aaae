import type { CompanyContext } from "../../context.ts";
import { groupBy } from "../../core/group-by.ts";
import { documentKey } from "../../core/plan/types.ts";
import { sha256 } from "../../core/sha256.ts";
import type { ErpStatus, StagedDocument, StagedProject } from "../../core/staged.ts";
import { type Day, dayIn } from "../../core/time.ts";
import { readJobs, type SettledJob } from "../../journal/jobs.ts";
import { readMadeFrom } from "../../journal/tie-out-parts.ts";
import { type Digests, digestText, NO_ROWS } from "../../sage/look.ts";
import { lineDigests } from "../../staging/line-digests.ts";
import type { StagingOutline } from "../../staging/read-staging.ts";

/** Statuses of documents whose lines a tie-out looks at: what may be sent, and what was sent and is not yet tied out. */
export const STATUSES_WITH_LINES: ReadonlySet<ErpStatus | null> = new Set(["accepted", "exported"]);

/** To be raised with every change of what is found from the same rows: then every job is settled anew. */
const RULES_VERSION = 1;

type OwnContext = Pick<CompanyContext, "db" | "names" | "company" | "clock" | "timeZone">;

/** What of a company has changed since it was looked at last. */
export interface Work {
  readonly jobs: readonly string[];
  readonly projectIds: readonly string[];
  /**
   * Whether something speaks for some jobs with their projects, beside that everything is looked at. Where nothing
   * does, what is found new was missed before.
   */
  readonly isSuspected: (some: {
    readonly jobs: readonly string[];
    readonly projectIds: readonly string[];
  }) => boolean;
  /** By what is told next time whether a project has changed in staging. */
  readonly hashOf: (projectId: string, documents: readonly StagedDocument[]) => string;
  readonly settledWith: string;
}

/** The rules and settings that findings depend on, in one text. */
const settingsOf = ({ company, timeZone }: OwnContext): string =>
  sha256(JSON.stringify([RULES_VERSION, company.overdue_after_days, timeZone]));

/**
 * Says what has to be looked at: jobs of which the copy says something else than when they were settled, that
 * something was written about, or of which a line becomes overdue; projects of which staging says something else.
 * @param full everything is looked at
 */
export async function findWork(
  context: OwnContext,
  own: Pick<StagingOutline, "projects" | "documents">,
  digests: Digests,
  full: boolean,
): Promise<Work> {
  const { db, names, company, clock, timeZone } = context;
  const settledWith = settingsOf(context);
  const today = dayIn(timeZone, clock.now());
  const known = await readJobs(db, names, company.id);
  const isDue = (one: SettledJob): boolean =>
    one.digest !== digestText(digests.get(one.job) ?? NO_ROWS) ||
    one.settledWith !== settledWith ||
    isPast(one.dueDay, today);
  const due = [...known.values()].filter(isDue).map(({ job }) => job);
  const jobs = full ? [...known.keys()] : due;

  const lines = await lineDigests(db, names, own.documents, STATUSES_WITH_LINES);
  const rows = groupBy<StagedProject>(own.projects, ({ projectId }) => projectId);
  const documents = groupBy<StagedDocument>(own.documents, ({ projectId }) => projectId);
  const hashOf: Work["hashOf"] = (projectId, some) =>
    sha256(
      JSON.stringify([
        (rows.get(projectId) ?? []).map((row) => [row.company, row.projectNumber, row.name]),
        some.map((document) => headerSays(document, lines.get(documentKey(document)))).sort(),
      ]),
    );
  const made = await readMadeFrom(db, names, company.id, "project");
  const all = new Set([...made.keys(), ...documents.keys()]);
  const changed = new Set(
    [...all].filter((projectId) => made.get(projectId) !== hashOf(projectId, documents.get(projectId) ?? [])),
  );
  const suspected = new Set(due);
  return {
    ...{ jobs: jobs.sort(), projectIds: full ? [...all] : [...changed], hashOf, settledWith },
    isSuspected: (some) =>
      some.jobs.some((job) => suspected.has(job)) || some.projectIds.some((id) => changed.has(id)),
  };
}

const isPast = (day: Day | null, today: Day): boolean => day !== null && day <= today;

/** What staging says of a document, but for flags of its lines. */
const headerSays = (document: StagedDocument, lines: string | undefined): string =>
  JSON.stringify([
    ...[document.document, document.rawId, document.flags, document.acceptedBy, document.acceptedAt],
    ...[document.number, document.title, document.spellings],
    STATUSES_WITH_LINES.has(document.status) ? (lines ?? "") : "",
  ]);
