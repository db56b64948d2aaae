import type { Context } from "../../context.ts";
import { groupBy } from "../../core/group-by.ts";
import { fail, type Outcome, ok } from "../../core/outcome.ts";
import type { DocumentType } from "../../core/staged.ts";
import { readBudgetActions } from "../../journal/budget-action-view.ts";
import { readOutline } from "../../staging/read-staging.ts";
import { runProblems } from "../problems.ts";
import type { LookOptions } from "./options.ts";

export interface StatusResult {
  readonly projects: readonly {
    readonly company: string;
    readonly project_id: string;
    readonly project_number: string;
    readonly name: string;
    readonly can_send: boolean;
    readonly can_retrieve: boolean;
    readonly can_unlock: boolean;
    readonly can_add_line_item: boolean;
    readonly can_create_modification: boolean;
    readonly can_import_estimate: boolean;
    readonly reason: string;
    readonly documents: readonly {
      readonly document: DocumentType;
      readonly document_id: string;
      readonly number: string;
      readonly title: string;
      readonly erp_status: string;
      readonly erp_synced: boolean;
      readonly erp_locked: boolean;
      readonly accepted_by: string;
      readonly accepted_at: string;
    }[];
  }[];
}

/** Where each budget stands and what may be done with it. */
export async function lookAtStatus(
  { db, names, config }: Context,
  options: LookOptions & { readonly projectNumber?: string | undefined } = {},
): Promise<Outcome<StatusResult>> {
  const staging = await readOutline(db, names);
  const actions = await readBudgetActions(db, names);
  const documents = groupBy(staging.documents, (document) => document.projectId);
  const companies = new Set(config.companies.map((company) => company.id));
  const projects = staging.projects
    .filter((project) =>
      options.company ? project.company === options.company : companies.has(project.company),
    )
    .filter(
      (project) => options.projectNumber === undefined || project.projectNumber === options.projectNumber,
    )
    .sort((a, b) => (a.projectNumber < b.projectNumber ? -1 : 1));
  if (options.projectNumber !== undefined && projects.length === 0)
    return fail(runProblems.project_unknown(options.projectNumber));
  return ok({
    projects: projects.flatMap((project) => {
      const action = actions.get(project.projectId);
      if (!action) return [];
      return [
        {
          company: project.company,
          project_id: project.projectId,
          project_number: project.projectNumber,
          name: project.name,
          can_send: action.canSend,
          can_retrieve: action.canRetrieve,
          can_unlock: action.canUnlock,
          can_add_line_item: action.canAddLineItem,
          can_create_modification: action.canCreateModification,
          can_import_estimate: action.canImportEstimate,
          reason: action.reason,
          documents: (documents.get(project.projectId) ?? []).map((document) => ({
            document: document.document,
            document_id: document.documentId,
            number: document.number,
            title: document.title,
            erp_status: document.status ?? document.flags.erpStatus.trim(),
            erp_synced: document.flags.erpSynced,
            erp_locked: document.flags.erpLocked,
            accepted_by: document.acceptedBy,
            accepted_at: document.acceptedAt,
          })),
        },
      ];
    }),
  });
}
