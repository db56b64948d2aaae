import { groupBy } from "../../core/group-by.ts";
import { joinKey } from "../../core/key.ts";
import type { CompanyPart, HoldResult } from "../../run/results.ts";
import { count, wrap } from "./layout.ts";

/** What stopped a company, and what should be known of it, if anything. */
export const troubleText = ({ error, notices }: CompanyPart): string =>
  [
    ...(error
      ? [
          wrap(error.message, "  Stopped: ", "    "),
          ...(error.hint ? [wrap(error.hint, "    → ", "      ")] : []),
          `    [${error.name}]`,
        ]
      : []),
    ...notices.map((notice) => wrap(notice, "  Note: ", "    ")),
  ].join("\n");

/** Holds by document; the same cause on many lines is one entry. */
export function holdsList(holds: readonly HoldResult[]): string {
  const byDocument = groupBy(holds, (hold) => joinKey(hold.project_number, hold.document, hold.document_id));
  return [...byDocument.values()]
    .map((ofDocument) => {
      const first = ofDocument[0];
      if (!first) return "";
      const byCause = groupBy(ofDocument, (hold) => joinKey(hold.rule, hold.field, hold.value));
      const entries = [...byCause.values()].flatMap((causes) => {
        const [cause] = causes;
        if (!cause) return [];
        const lines = causes.filter((one) => one.staging_line_id !== null).length;
        const where =
          lines === 0 ? "" : lines === 1 ? ` (line ${cause.staging_line_id})` : ` (${count(lines, "line")})`;
        return [
          wrap(`${cause.message}${where}`, "    ", "    "),
          wrap(cause.remedy, "      → ", "        "),
          `        [${cause.rule}, ${cause.field}]`,
        ];
      });
      const title = `${first.project_number || "(no project)"}, ${first.document} ${first.document_id}`;
      return [wrap(title, "  Held: ", "    "), ...entries].join("\n");
    })
    .join("\n");
}

export const unassignedText = (unassigned: readonly HoldResult[]): string | null =>
  unassigned.length === 0 ? null : `Belonging to no configured company:\n${holdsList(unassigned)}`;
