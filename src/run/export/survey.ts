import type { CompanyConfig } from "../../config/schema.ts";
import type { Context } from "../../context.ts";
import { groupBy } from "../../core/group-by.ts";
import { type Hold, hold } from "../../core/holds.ts";
import { splitKey } from "../../core/key.ts";
import { fail, type Outcome, ok } from "../../core/outcome.ts";
import { documentKey, NOTHING_SENT, type PlanInput, type ProjectLedger } from "../../core/plan/types.ts";
import type { SageEntry } from "../../core/sage.ts";
import type { StagedDocument, StagedProject } from "../../core/staged.ts";
import { readLedgers } from "../../journal/ledger.ts";
import { mappingInForce } from "../../mapping/in-force.ts";
import { estimatedJobs } from "../../sage/entries.ts";
import { pausing, readCopy } from "../../sage/read-copy.ts";
import type { SageSource } from "../../sage/tables.ts";
import type { Staging, StagingOutline } from "../../staging/read-staging.ts";
import { type CopyResult, copyNotices, copyResult, readHighestRun } from "../copy.ts";

/** Everything an export looks at before it decides, for one company. */
export interface Survey {
  readonly input: PlanInput;
  /** Posted estimate entries, by job. */
  readonly entries: ReadonlyMap<string, readonly SageEntry[]>;
  /** Each project's budget, by project id. */
  readonly budgets: ReadonlyMap<string, StagedDocument>;
  readonly copy: CopyResult;
  /** What should be known although it stops nothing. */
  readonly notices: readonly string[];
}

/** Reads all that a plan is made from. Changes nothing. */
export async function surveyCompany(
  context: Context,
  company: CompanyConfig,
  staging: Staging,
  sage: SageSource,
): Promise<Outcome<Survey>> {
  const copy = await readCopy(sage, pausing(context.signal));
  if (!copy.ok) return fail(copy.problem);
  const { masters, entries } = copy.value;
  const { mapping, refused } = await mappingInForce(context, company);

  const projects = staging.projects.filter((project) => project.company === company.id);
  const projectIds = new Set(projects.map((project) => project.projectId));
  const documents = staging.documents.filter((document) => projectIds.has(document.projectId));
  const ledgers = await readLedgers(context.db, context.names, company.id);
  const inUse = mapping ? ", the last good set stays in force" : "";
  return ok({
    input: {
      company: company.id,
      rules: company,
      projects,
      subJobs: staging.subJobs.filter((subJob) => projectIds.has(subJob.projectId)),
      documents,
      repeatedIds: staging.repeatedIds,
      mapping,
      mappingProblem: refused,
      masters,
      estimatedJobs: estimatedJobs(masters, entries),
      ledgers,
      leftOut: new Set(),
    },
    entries: groupBy(entries, ({ job }) => job),
    budgets: new Map(documents.filter((d) => d.document === "budget").map((d) => [d.projectId, d])),
    copy: copyResult(copy.value),
    notices: [
      ...(refused ? [`The mapping files are refused${inUse}: ${refused}`] : []),
      ...documentsGone(projects, documents, ledgers),
      ...copyNotices(copy.value, await readHighestRun(context, company.id)),
    ],
  });
}

/** What was sent and is not in staging any more, in words: the books carry it, and nobody else would tell. */
function documentsGone(
  projects: readonly StagedProject[],
  documents: readonly StagedDocument[],
  ledgers: ReadonlyMap<string, ProjectLedger>,
): string[] {
  const withBudget = new Set(documents.filter((d) => d.document === "budget").map((d) => d.projectId));
  const staged = new Set(documents.map(documentKey));
  return projects.flatMap(({ projectId, projectNumber }) => {
    const ledger = ledgers.get(projectId) ?? NOTHING_SENT;
    const modifications = [...ledger.sentContents.keys()].flatMap((key) => {
      const [type, id] = splitKey(key);
      return type === "modification" && !staged.has(key) ? [`Modification ${id}`] : [];
    });
    const gone = [
      ...(ledger.budgetSent && !withBudget.has(projectId) ? ["The budget"] : []),
      ...modifications,
    ];
    return gone.map(
      (what) => `${what} of project ${projectNumber} was sent, and has gone from staging; nothing is undone.`,
    );
  });
}

/** Holds of no company: documents of a company that is not configured, and rows that belong to nothing. */
export function unassignedHolds(staging: StagingOutline, companies: readonly CompanyConfig[]): Hold[] {
  const configured = new Set(companies.map((company) => company.id));
  const strangers = new Map(
    staging.projects.filter((p) => !configured.has(p.company)).map((p) => [p.projectId, p]),
  );
  const ofStrangers = staging.documents.flatMap((document) => {
    const project = strangers.get(document.projectId);
    if (!project || document.status !== "accepted") return [];
    const { projectId, projectNumber } = project;
    const place = { company: "", projectId, projectNumber, stagingLineId: null };
    const { document: type, documentId } = document;
    return [hold({ ...place, document: type, documentId }, "unknown_company", { value: project.company })];
  });
  const orphans = staging.orphans.map((orphan) =>
    hold(
      {
        company: "",
        projectId: "",
        projectNumber: "",
        document: orphan.document,
        documentId: orphan.documentId,
        stagingLineId: orphan.stagingLineId,
      },
      "orphan_line",
      { value: orphan.value },
      orphan.field,
    ),
  );
  return [...ofStrangers, ...orphans];
}
