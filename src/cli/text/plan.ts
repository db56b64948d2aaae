import type { CompanyPlan, PlanProjectResult, PlanResult } from "../../run/results.ts";
import { count, money, paragraphs, shorten, table, wrap } from "./layout.ts";
import { holdsList, troubleText, unassignedText } from "./parts.ts";

/** Lines of a project that are shown; `--json` has them all. */
const MAX_LINES = 40;

export function planText({ companies, unassigned }: PlanResult): string {
  return paragraphs([...companies.flatMap(companyText), unassignedText(unassigned)]);
}

const companyText = (company: CompanyPlan): (string | null)[] => [
  `${company.company}: an export now would write ${count(company.batches.length, "batch", "batches")}.`,
  ...company.batches.flatMap((batch, index) => [
    `  Batch ${index + 1} of ${company.batches.length}`,
    ...batch.projects.map(projectText),
  ]),
  company.nothing_to_send.length > 0
    ? `  ${count(company.nothing_to_send.length, "document")} would be synced without a batch: no difference to send.`
    : null,
  ...company.waiting.map((one) =>
    wrap(`${one.document} ${one.document_id} ${one.reason}.`, "  Waiting: ", "    "),
  ),
  holdsList(company.holds),
  troubleText(company),
];

const projectText = (project: PlanProjectResult): string => {
  const shown = project.lines.slice(0, MAX_LINES);
  const more = project.lines.length - shown.length;
  const documents = project.documents.map((one) =>
    one.number ? `modification ${one.number}` : one.document,
  );
  return [
    `    ${project.project_number} ${shorten(project.name, 40)}, job ${project.job}: ${documents.join(", ")}`,
    `    original ${money(project.original)}, approved changes ${money(project.approved_changes)}`,
    table(
      ["extra", "cost code", "cat", "before>", "now>", "difference>"],
      shown.map((line) => [
        line.extra,
        line.cost_code,
        line.category,
        ...(line.kind === "original" ? [money(line.before), money(line.now)] : ["", "change"]),
        money(line.difference),
      ]),
      "      ",
    ),
    ...(more > 0 ? [`      … and ${more} more (--json has them all)`] : []),
  ].join("\n");
};
