import { groupBy } from "../group-by.ts";
import { keyId, type SageKey, showKey } from "../key.ts";
import { absCents, formatMoney } from "../money.ts";
import type { StagedLine } from "../staged.ts";
import type { HoldReason } from "./hold-reason.ts";
import type { ResolvedLine, UnplacedLine } from "./resolve.ts";
import { KEY_FIELDS, type Objection } from "./sage-lookup.ts";
import type { PlanContext, PlannedLine } from "./types.ts";

/**
 * What Sage's masters have against the lines that would be written, told of each staging line behind them; of
 * the key itself where its staging lines have gone. The job is looked at once a document, elsewhere.
 */
export function objectionsTo(
  context: PlanContext,
  lines: readonly PlannedLine[],
  resolved: readonly ResolvedLine[],
): HoldReason[] {
  const found: HoldReason[] = [];
  const linesOfKey = groupBy(resolved, (line) => keyId(line.key));

  for (const line of lines) {
    if (!line.inFile) continue;
    const staged = linesOfKey.get(keyId(line.key)) ?? [];
    for (const objection of context.sage.objections(line.key, context.rules)) {
      if (objection.part === "job") continue;
      for (const { line: stagedLine } of staged)
        found.push(ofStagedLine(context, objection, line.key, stagedLine));
      if (staged.length === 0)
        found.push({
          rule: objection.rule,
          facts: { ...factsOf(context, objection, line.key), value: line.key[objection.part] },
          field: KEY_FIELDS[objection.part],
          lineId: null,
        });
    }
    if (absCents(line.cents) > context.rules.jce.max_amount)
      found.push({
        rule: "amount_too_large",
        facts: {
          value: formatMoney(line.cents),
          target: showKey(line.key),
          limit: formatMoney(context.rules.jce.max_amount),
        },
        lineId: null,
      });
  }
  return found;
}

/** What Sage's masters have against the parts that are known of lines without a place, so that all is told at once. */
export const objectionsToUnplaced = (context: PlanContext, lines: readonly UnplacedLine[]): HoldReason[] =>
  lines
    .filter(({ cents }) => cents !== 0n || context.rules.jce.zero_lines === "when_new")
    .flatMap(({ line, key, known }) =>
      context.sage
        .objections(key, context.rules, known)
        .filter(({ part }) => part !== "job")
        .map((objection) => ofStagedLine(context, objection, key, line)),
    );

const STAGED_VALUE = { extra: "subJob", costCode: "costCode", category: "costType" } as const;

const ofStagedLine = (
  context: PlanContext,
  objection: Objection,
  key: SageKey,
  line: StagedLine,
): HoldReason => ({
  rule: objection.rule,
  facts: {
    ...factsOf(context, objection, key),
    value: objection.part === "job" ? "" : line[STAGED_VALUE[objection.part]],
  },
  field: KEY_FIELDS[objection.part],
  lineId: line.lineId,
});

const factsOf = (context: PlanContext, { part, rule }: Objection, key: SageKey) => ({
  target: rule === "case_differs" ? (context.sage.inOtherCase(part, key) ?? key[part]) : key[part],
  job: key.job,
  costCode: key.costCode,
});
