import type { ImportLineState } from "../../core/states.ts";
import type { DifferenceResult, ReconcileResult } from "../../run/results.ts";
import { count, money, paragraphs, table, wrap } from "./layout.ts";
import { troubleText } from "./parts.ts";

/** What a state means to the person who has to deal with it. */
const MEANINGS: Readonly<Record<DifferenceResult["state"], string>> = {
  awaiting_posting: "not posted in Sage yet",
  overdue: "not posted in Sage for longer than it should take: import the batch and post its entries",
  posted: "posted in Sage to the cent",
  amount_differs: "Sage carries another amount: post the difference, or correct the entry",
  posted_twice: "Sage carries it more than once: take the surplus back by an opposite entry",
  rejected_in_sage: "Sage rejected the record: correct it and import the corrected file",
  no_longer_posted: "it was posted, and has since gone or been reversed",
  accepted_difference: "closed by a person, with a reason",
  unexpected: "an estimate entry in Sage that no import line explains",
  changed_since_export:
    "staging was changed after the export: the document stays locked until it is put back",
};

export function reconcileText({ companies }: ReconcileResult): string {
  return paragraphs(
    companies.flatMap((company) => {
      const states = Object.entries(company.lines).filter(([, lines]) => lines > 0) as [
        ImportLineState,
        number,
      ][];
      const found = new Set(company.differences.map((difference) => difference.state));
      return [
        company.company,
        ...(states.length === 0
          ? ["  Nothing was exported yet."]
          : states.map(([state, lines]) => `  ${count(lines, "line")}: ${MEANINGS[state].split(":")[0]}`)),
        company.synced.length > 0
          ? wrap(company.synced.join(", "), `  Now synced (${company.synced.length}): `, "    ")
          : null,
        company.differences.length > 0
          ? table(
              ["batch", "job", "extra", "cost code", "cat", "exported>", "posted>", "state"],
              company.differences.map((one) => [
                one.batch_id ?? "-",
                one.job,
                one.extra,
                one.cost_code,
                one.category,
                money(one.exported),
                money(one.posted),
                one.state + (one.ambiguous ? " (?)" : ""),
              ]),
            )
          : null,
        ...[...found].map((state) => wrap(MEANINGS[state], `  ${state}: `, "    ")),
        troubleText(company),
      ];
    }),
  );
}
