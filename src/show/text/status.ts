import { groupBy } from "../../core/group-by.ts";
import type { ErpStatus } from "../../core/staged.ts";
import type { StatusResult } from "../../run/look/status.ts";
import { companyTitle, documentName } from "./parts.ts";
import { type Block, type Column, page, table, wrap } from "./table.ts";

type Project = StatusResult["projects"][number];
type ProjectDocument = Project["documents"][number];

const STATUS_WORDS: Readonly<Record<ErpStatus, string>> = {
  not_sent: "not sent",
  sent: "sent",
  accepted: "accepted",
  rejected: "rejected",
  retrieved: "taken back",
  exported: "exported",
  synced: "synced",
};

/** `tieout status`: where each project's budget stands, and what may be done with it now. */
export function statusText({ projects }: StatusResult): string {
  if (projects.length === 0) return page([["No project has a budget or a modification."]]);
  return page(
    [...groupBy(projects, (project) => project.company)].flatMap(([company, ofCompany]) => [
      companyTitle(company),
      ...ofCompany.map(projectBlock),
    ]),
  );
}

const projectBlock = (project: Project): Block => [
  ...wrap(`${project.project_number} ${project.name}`, 2),
  ...(project.documents.length === 0
    ? wrap("It has no budget and no modification.", 4)
    : table(DOCUMENT_COLUMNS, project.documents, 4)),
  ...wrap(`may: ${actions(project).join(", ") || "nothing now"}`, 4, 9),
  ...(project.reason === "" ? [] : wrap(`locked: ${project.reason}`, 4, 12)),
];

const DOCUMENT_COLUMNS: readonly Column<ProjectDocument>[] = [
  { title: "", value: ({ document, number }) => documentName(document, number) },
  { title: "", value: ({ title }) => title, mayBeCut: true },
  { title: "", value: statusWords },
  { title: "", value: ({ accepted_by }) => (accepted_by === "" ? "" : `by ${accepted_by}`), mayBeCut: true },
  { title: "", value: ({ accepted_at }) => /^\d{4}-\d{2}-\d{2}(?!\d)/.exec(accepted_at)?.[0] ?? accepted_at },
];

const isKnown = (status: string): status is ErpStatus => Object.hasOwn(STATUS_WORDS, status);

function statusWords({ erp_status, erp_locked }: ProjectDocument): string {
  const status = erp_status.trim().toLowerCase();
  const words = isKnown(status) ? STATUS_WORDS[status] : `unknown status "${erp_status}"`;
  return erp_locked ? `${words}, locked` : words;
}

function actions(project: Project): string[] {
  const all: readonly [boolean, string][] = [
    [project.can_send, "send"],
    [project.can_retrieve, "take back"],
    [project.can_unlock, "unlock"],
    [project.can_add_line_item, "add budget lines"],
    [project.can_create_modification, "create modifications"],
    [project.can_import_estimate, "import the job's estimate"],
  ];
  return all.flatMap(([may, action]) => (may ? [action] : []));
}
