import type { StatusResult } from "../../run/results.ts";
import { paragraphs, shorten, wrap } from "./layout.ts";

const ACTIONS = [
  ["can_send", "send"],
  ["can_retrieve", "retrieve"],
  ["can_unlock", "unlock"],
  ["can_add_line_item", "add line items"],
  ["can_create_modification", "create modifications"],
  ["can_import_estimate", "import the estimate"],
] as const;

export function statusText({ projects }: StatusResult): string {
  if (projects.length === 0) return "No project in staging has a budget.\n";
  return paragraphs(
    projects.flatMap((project) => {
      const may = ACTIONS.filter(([action]) => project[action]).map(([, words]) => words);
      return [
        `${project.project_number}  ${shorten(project.name, 50)}  (${project.company})`,
        ...project.documents.map((document) => {
          const name = document.document === "budget" ? "budget" : `modification ${document.number}`;
          const flags = [
            document.erp_synced ? "synced flag set" : null,
            document.erp_locked ? "locked" : null,
          ];
          return `    ${name}: ${[document.erp_status, ...flags].filter(Boolean).join(", ")}`;
        }),
        project.reason === "" ? null : wrap(project.reason, "    why: ", "      "),
        wrap(may.length === 0 ? "nothing until then" : may.join(", "), "    may: ", "      "),
      ];
    }),
  );
}
