import { count } from "../../core/count.ts";
import type { HoldResult } from "../../run/hold-result.ts";
import type { HoldsResult } from "../../run/look/holds.ts";
import { type HeldDocument, type HoldCause, heldByProject, type ShownHold } from "./hold-causes.ts";
import { companyTitle, documentName, moment, NO_COMPANY } from "./parts.ts";
import { type Block, page, wrap } from "./table.ts";

/** Lines of one cause that are named; the others are counted. */
const LINES_NAMED = 5;

/** `tieout holds`: per company, project and document what is held, why, and what ends it. */
export function holdsText({ companies, unassigned }: HoldsResult): string {
  if (companies.length === 0 && unassigned.length === 0) return page([NO_COMPANY]);
  return page([
    ...companies.flatMap(({ company, as_of, holds }) => [
      [
        ...companyTitle(company),
        ...(as_of === null
          ? ["  No export has run yet; tieout plan shows what one would hold."]
          : wrap(`${holds.length === 0 ? "Nothing is held" : "Held"}, as of ${moment(as_of)}.`, 2)),
      ],
      ...holdBlocks(holds),
    ]),
    ...unassignedBlocks(unassigned),
  ]);
}

/** Holds that belong to no company, under a heading of their own. */
export const unassignedBlocks = (holds: readonly HoldResult[]): Block[] =>
  holds.length === 0 ? [] : [["Belongs to no company"], ...holdBlocks(holds)];

/** A block a project: its documents, and what holds each of them, one entry for all lines of one cause. */
export const holdBlocks = (holds: readonly ShownHold[]): Block[] =>
  heldByProject(holds).map((documents) => [
    ...wrap(projectTitle(documents[0]?.first.project_number ?? ""), 2),
    ...documents.flatMap(documentLines),
  ]);

const projectTitle = (number: string): string => (number === "" ? "No project" : `Project ${number}`);

function documentLines({ first, since, causes }: HeldDocument): string[] {
  const held = since === null ? "" : `, held since ${moment(since)}`;
  return [
    ...wrap(`${documentName(first.document, first.document_id)}${held}`, 4),
    ...causes.flatMap(causeLines),
  ];
}

function causeLines({ first: cause, lines }: HoldCause): string[] {
  const many = lines.length > 1 ? ` (${count(lines.length, "line")})` : "";
  const where = `[${cause.rule}] ${cause.field}${cause.value === "" ? " is empty" : ` = ${cause.value}`}`;
  const more = lines.length - LINES_NAMED;
  const named = lines.slice(0, LINES_NAMED).join(", ") + (more > 0 ? ` … and ${more} more` : "");
  return [
    ...wrap(`${cause.message}${many}`, 6, 8),
    ...wrap(`→ ${cause.remedy}`, 8, 10),
    ...wrap(
      lines.length === 0 ? where : `${where}; ${lines.length === 1 ? "line" : "lines"} ${named}`,
      8,
      10,
    ),
  ];
}
