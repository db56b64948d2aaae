import type { HoldsResult } from "../../run/results.ts";
import { paragraphs } from "./layout.ts";
import { holdsList, unassignedText } from "./parts.ts";

export function holdsText({ companies, unassigned }: HoldsResult): string {
  return paragraphs([
    ...companies.flatMap((company) => [
      company.as_of === null
        ? `${company.company}: no export has run yet; \`tieout plan\` shows what it would hold.`
        : `${company.company}, as of the export at ${company.as_of} (\`tieout plan\` looks now)`,
      company.holds.length > 0
        ? holdsList(company.holds)
        : company.as_of === null
          ? null
          : "  Nothing is held.",
    ]),
    unassignedText(unassigned),
  ]);
}
