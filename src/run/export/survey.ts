import type { CompanyConfig } from "../../config/schema.ts";
import type { Context } from "../../context.ts";
import { groupBy } from "../../core/group-by.ts";
import { inGroups } from "../../core/in-groups.ts";
import { fail, type Outcome, ok } from "../../core/outcome.ts";
import { inOrder } from "../../core/plan/plan.ts";
import { documentKey, type PlanInput } from "../../core/plan/types.ts";
import type { SageEntry } from "../../core/sage.ts";
import type { ErpStatus, StagedDocument, StagedProject } from "../../core/staged.ts";
import { readJobs } from "../../journal/jobs.ts";
import { readLedgers } from "../../journal/ledger.ts";
import { mappingInForce } from "../../mapping/in-force.ts";
import { estimatedJobs } from "../../sage/entries.ts";
import type { SageTable } from "../../sage/needs.ts";
import { type CopyAtRest, copyAtRest, lookAtCopy, pausing } from "../../sage/read-copy.ts";
import type { SageSource } from "../../sage/tables.ts";
import { type Staging, withLines } from "../../staging/read-staging.ts";
import { type CopyResult, copyNotices, copyResult, readHighestRun } from "../copy.ts";
import { documentsGone } from "./documents-gone.ts";

/** Everything an export looks at before it decides, for one company: what is of one project is read when it is planned. */
export interface Survey {
  readonly shared: SharedInput;
  /** Each project's budget, by project id, without lines. */
  readonly budgets: ReadonlyMap<string, StagedDocument>;
  /** Accepted documents, without lines. */
  readonly accepted: readonly StagedDocument[];
  readonly copy: CopyResult;
  /** What should be known although it stops nothing. */
  readonly notices: readonly string[];
  /** What there is to plan, some projects at a time, in the order in which they are sent. */
  groups(): AsyncGenerator<ProjectGroup>;
  close(): Promise<void>;
}

/** What planning needs that is of no single project. */
export type SharedInput = Omit<PlanInput, "documents" | "masters" | "estimatedJobs" | "ledgers" | "leftOut">;

/** Some projects with all that a plan of them is made from. */
export interface ProjectGroup {
  readonly input: PlanInput;
  /** Posted estimate entries, by job. */
  readonly entries: ReadonlyMap<string, readonly SageEntry[]>;
  /** What Sage's copy says of their jobs in two ways, each with what follows. */
  readonly lacking: readonly string[];
}

/** Lines in memory at a time, unless one project has more. */
const LINES_AT_A_TIME = 5_000;
/** What is looked at even if nothing is to be planned: without it nothing could be. */
const INDISPENSABLE_TABLES: readonly SageTable[] = ["JCM_MASTER__JOB", "JCM_MASTER__STANDARD_CATEGORY"];
const ACCEPTED: ReadonlySet<ErpStatus | null> = new Set(["accepted"]);

/**
 * Looks at all that a plan is made from, and sets aside what Sage's copy says of the projects' jobs. Changes nothing.
 * @param of the projects to plan; without it those with a document that is accepted, or whose status nobody knows
 */
export async function surveyCompany(
  context: Context,
  company: CompanyConfig,
  staging: Staging,
  sage: SageSource,
  of?: ReadonlySet<string>,
): Promise<Outcome<Survey>> {
  const { db, names, signal } = context;
  const own = ownStaging(staging, company.id);
  const accepted = own.documents.filter(({ status }) => status === "accepted");
  const wanted =
    of ??
    new Set(
      own.documents
        .filter(({ status }) => status === null)
        .concat(accepted)
        .map((d) => d.projectId),
    );
  const toPlan = inOrder(own.projects.filter(({ projectId }) => wanted.has(projectId)));

  const look = await lookAtCopy(sage, toPlan.length > 0 ? null : INDISPENSABLE_TABLES);
  if (!look.ok) return fail(look.problem);
  const { mapping, refused } = await mappingInForce(context, company);
  const jobOf = ({ projectNumber }: StagedProject) => mapping?.job(projectNumber)?.job ?? projectNumber;
  let rest: CopyAtRest | null = null;
  if (toPlan.length > 0) {
    const jobs = [...new Set(toPlan.map(jobOf))];
    const setAside = await copyAtRest(sage, look.value, jobs, pausing(signal));
    if (!setAside.ok) return fail(setAside.problem);
    rest = setAside.value;
  }

  const documents = groupBy(own.documents, ({ projectId }) => projectId);
  const shared: SharedInput = {
    company: company.id,
    rules: company,
    projects: own.projects,
    subJobs: staging.subJobs.filter(({ projectId }) => wanted.has(projectId)),
    repeatedIds: staging.repeatedIds,
    mapping,
    mappingProblem: refused,
    sentJobs: new Set((await readJobs(db, names, company.id)).keys()),
  };
  const lines = ({ projectId }: StagedProject) =>
    (documents.get(projectId) ?? [])
      .filter(({ status }) => status === "accepted")
      .reduce((sum, document) => sum + (staging.lineCounts.get(documentKey(document)) ?? 0), 0);
  const inUse = mapping ? ", the last good set stays in force" : "";
  return ok({
    shared,
    budgets: new Map(own.documents.filter((d) => d.document === "budget").map((d) => [d.projectId, d])),
    accepted,
    copy: copyResult(look.value),
    notices: [
      ...(refused ? [`The mapping files are refused${inUse}: ${refused}`] : []),
      ...(await documentsGone(context, company.id, own)),
      ...copyNotices(look.value, await readHighestRun(context, company.id)),
    ],
    async *groups() {
      for (const projects of rest ? inGroups(toPlan, LINES_AT_A_TIME, lines) : []) {
        const { masters, entries, lacking } = await (rest as CopyAtRest).read(projects.map(jobOf));
        const projectIds = projects.map(({ projectId }) => projectId);
        yield {
          input: {
            ...shared,
            documents: await withLines(
              db,
              names,
              projectIds.flatMap((projectId) => documents.get(projectId) ?? []),
              ACCEPTED,
            ),
            masters,
            estimatedJobs: estimatedJobs(masters, entries),
            ledgers: await readLedgers(db, names, company.id, { projectIds }),
            leftOut: new Set(),
          },
          entries: groupBy(entries, ({ job }) => job),
          lacking,
        };
      }
    },
    close: async () => rest?.close(),
  });
}

/** A company's projects and their documents. */
export function ownStaging(
  { projects, documents }: Pick<Staging, "projects" | "documents">,
  company: string,
): Pick<Staging, "projects" | "documents"> {
  const own = projects.filter((project) => project.company === company);
  const ids = new Set(own.map(({ projectId }) => projectId));
  return { projects: own, documents: documents.filter(({ projectId }) => ids.has(projectId)) };
}
