import type { BaselineResult } from "../../run/decide/baseline.ts";
import { keyColumns, moment, money } from "./parts.ts";
import { page, table, wrap } from "./table.ts";

/** `tieout baseline`: what Sage carries beside what staging says, and what each choice would mean. */
export const baselineText = (result: BaselineResult): string =>
  page([
    wrap(`Project ${result.project_number}, job ${result.job} (company ${result.company})`),
    result.lines.length === 0
      ? wrap("Neither staging's budget nor Sage has an amount on this job.", 2)
      : table(
          [
            ...keyColumns(result.lines),
            { title: "Staging", value: ({ staging }) => money(staging), align: "right" },
            { title: "Sage", value: ({ sage }) => money(sage), align: "right" },
            { title: "Difference", value: ({ difference }) => money(difference), align: "right" },
          ],
          [...result.lines, { ...result.totals, extra: "", cost_code: "Together", category: "" }],
          2,
        ),
    result.unresolved.length === 0
      ? []
      : [
          ...wrap("Budget lines that have no place in Sage yet, and are not in the table:"),
          ...result.unresolved.flatMap((message) => wrap(message, 2, 4)),
        ],
    result.recorded ? recordedBlock(result.recorded) : choices(result),
    result.notices.flatMap((notice) => wrap(`Note: ${notice}`, 2)),
  ]);

const MEANINGS = {
  sage: "what Sage carries counts as sent; the next export sends the difference",
  staging: "what staging says counts as sent, whatever Sage has; the next export sends nothing",
  zero: "nothing counts as sent; the next export adds the whole budget to what Sage has",
} as const;

const choices = ({ project_number, next_export }: BaselineResult): string[] => [
  "The opening position may come from:",
  ...(["sage", "staging", "zero"] as const).flatMap((source) =>
    wrap(`${source}: ${MEANINGS[source]} (${money(next_export[source])}).`, 2, 4),
  ),
  ...wrap(
    `Nothing is recorded yet. Decide with: tieout baseline ${project_number} --from SOURCE --reason "why"`,
  ),
];

const recordedBlock = ({
  source,
  reason,
  recorded_at,
  actor,
}: NonNullable<BaselineResult["recorded"]>): string[] => [
  ...wrap(`Recorded from ${source} at ${moment(recorded_at)} by ${actor}: ${MEANINGS[source]}.`),
  ...wrap(`Reason: ${reason}`, 2, 4),
];
