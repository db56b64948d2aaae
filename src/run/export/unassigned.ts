import type { CompanyConfig } from "../../config/schema.ts";
import { type Hold, hold } from "../../core/holds.ts";
import type { StagingOutline } from "../../staging/read-staging.ts";

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
