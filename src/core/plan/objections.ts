import { groupBy } from "../group-by.ts";
import type { HoldFacts, HoldRuleName } from "../holds.ts";
import { keyId, showKey } from "../key.ts";
import { absCents, formatMoney } from "../money.ts";
import type { PlanContext } from "./project.ts";
import type { ResolvedLine } from "./resolve.ts";
import { KEY_FIELDS } from "./sage-lookup.ts";
import type { PlannedLine } from "./types.ts";

interface LineObjection {
  readonly rule: HoldRuleName;
  readonly facts: HoldFacts;
  /** Where the rule has several columns. */
  readonly field?: string;
  readonly stagingLineId: string | null;
}

/**
 * What Sage's masters have against the lines that would be written, told of each staging line behind them; of
 * the key itself where its staging lines have gone. The job is looked at once a document, elsewhere.
 */
export function objectionsTo(
  context: PlanContext,
  lines: readonly PlannedLine[],
  resolved: readonly ResolvedLine[],
): LineObjection[] {
  const found: LineObjection[] = [];
  const linesOfKey = groupBy(resolved, (line) => keyId(line.key));

  for (const line of lines) {
    if (!line.inFile) continue;
    const staged = linesOfKey.get(keyId(line.key)) ?? [];
    for (const { part, rule } of context.sage.objections(line.key, context.rules)) {
      if (part === "job") continue;
      const facts = {
        target:
          rule === "case_differs"
            ? (context.sage.inOtherCase(part, line.key) ?? line.key[part])
            : line.key[part],
        job: line.key.job,
        costCode: line.key.costCode,
      };
      const stagedValue = { extra: "subJob", costCode: "costCode", category: "costType" } as const;
      for (const { line: stagedLine } of staged)
        found.push({
          rule,
          facts: { ...facts, value: stagedLine[stagedValue[part]] },
          field: KEY_FIELDS[part],
          stagingLineId: stagedLine.lineId,
        });
      if (staged.length === 0)
        found.push({
          rule,
          facts: { ...facts, value: line.key[part] },
          field: KEY_FIELDS[part],
          stagingLineId: null,
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
        stagingLineId: null,
      });
  }
  return found;
}
