import type { CompanyContext } from "../../context.ts";
import type { Hold, HoldRuleName } from "../../core/holds.ts";
import { fail, type Outcome, ok } from "../../core/outcome.ts";
import { documentContent } from "../../core/plan/content.ts";
import { planProjects } from "../../core/plan/plan.ts";
import type { DocumentType, StagedDocument } from "../../core/staged.ts";
import { toTimestamp } from "../../core/time.ts";
import { acceptanceOf, tellAudit } from "../../journal/audit-chain.ts";
import { withinLease } from "../../journal/lease.ts";
import { insertRelease } from "../../journal/releases.ts";
import type { SageSource } from "../../sage/tables.ts";
import { readOutline, readStaging } from "../../staging/read-staging.ts";
import { companiesToRun } from "../company-run.ts";
import { surveyCompany } from "../export/survey.ts";
import { runProblems } from "../problems.ts";
import type { RunContext, Tell } from "../records.ts";
import { decide } from "./decide.ts";

export interface ReleaseResult {
  readonly company: string;
  readonly project_number: string;
  readonly document: DocumentType;
  readonly document_id: string;
  readonly rule: HoldRuleName;
  /** What it was held for. */
  readonly message: string;
  readonly reason: string;
  readonly released_at: string;
  readonly actor: string;
  readonly notices: readonly string[];
}

/** Rules whose holds a person may end by a decision, with nothing mended. */
const RELEASABLE: ReadonlySet<HoldRuleName> = new Set(["lines_gone"]);

/** Lets a document go that is held for a release, as it is accepted now: what is accepted later is looked at anew. */
export async function releaseDocument(
  context: RunContext,
  documentId: string,
  options: { readonly company?: string | undefined; readonly reason: string },
): Promise<Outcome<ReleaseResult>> {
  const staging = await readOutline(context.db, context.names);
  const companyOf = new Map(staging.projects.map((project) => [project.projectId, project.company]));
  const documents = staging.documents.filter((document) => document.documentId === documentId);
  const company = companiesToRun(context, options.company).find(({ id }) =>
    documents.some((document) => companyOf.get(document.projectId) === id),
  );
  if (!company) return fail(runProblems.document_unknown(documentId));

  return decide(context, company, "release", (own, sage, tell) =>
    release(own, sage, tell, documentId, options.reason),
  );
}

async function release(
  context: CompanyContext,
  sage: SageSource,
  tell: Tell,
  documentId: string,
  reason: string,
): Promise<Outcome<Omit<ReleaseResult, "notices">>> {
  const { company, clock, actor } = context;
  const found = await heldForRelease(context, sage, tell, documentId);
  if (!found.ok) return found;
  if (!found.value) return fail(runProblems.nothing_to_release(documentId));
  const { held, document } = found.value;
  const at = toTimestamp(clock.now());
  await withinLease(context, async (tx) => {
    const { projectId, acceptedAt } = document;
    await insertRelease(context, tx, {
      ...{ projectId, document: document.document, documentId, acceptedAt, rule: held.rule, reason },
      content: documentContent(document),
      releasedAt: at,
    });
    await tellAudit(context, tx, at, {
      event: "released",
      subject: documentId,
      details: { ...acceptanceOf(document), rule: held.rule, held_because: held.message, reason },
    });
  });
  return ok({
    company: company.id,
    project_number: held.projectNumber,
    document: document.document,
    document_id: document.documentId,
    rule: held.rule,
    message: held.message,
    reason,
    released_at: at,
    actor,
  });
}

/** The hold of a document that waits for a release, and the document as it is accepted now; null if there is none. */
async function heldForRelease(
  context: CompanyContext,
  sage: SageSource,
  tell: Tell,
  documentId: string,
): Promise<Outcome<{ readonly held: Hold; readonly document: StagedDocument } | null>> {
  const { db, names, company } = context;
  const staging = await readStaging(db, names);
  const projects = staging.documents
    .filter((one) => one.documentId === documentId)
    .map((one) => one.projectId);
  const surveyed = await surveyCompany(context, company, staging, sage, new Set(projects));
  if (!surveyed.ok) return surveyed;
  const survey = surveyed.value;
  tell({ copy: survey.copy });
  try {
    for await (const { input } of survey.groups()) {
      const held = planProjects(input).holds.find(
        (one) => one.documentId === documentId && RELEASABLE.has(one.rule),
      );
      const document = held && input.documents.find((one) => isOf(one, held));
      if (held && document) return ok({ held, document });
    }
    return ok(null);
  } finally {
    await survey.close();
  }
}

const isOf = (document: StagedDocument, held: Hold): boolean =>
  document.document === held.document && document.documentId === held.documentId;
