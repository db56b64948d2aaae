import { type Hold, type HoldFacts, type HoldPlace, type HoldRuleName, hold } from "../holds.ts";
import { joinKey, type SageKey } from "../key.ts";
import { absCents, type Cents, formatMoney, parseMoney } from "../money.ts";
import { fitsFormat, SAGE_WIDTHS, withinWidth } from "../sage-codes.ts";
import type { StagedDocument, StagedLine, StagedProject } from "../staged.ts";
import { isWritableCode } from "../writable-text.ts";
import { KEY_FIELDS, type KeyPart } from "./sage-lookup.ts";
import type { PlanContext } from "./types.ts";

/** A staging line that has found its place in Sage. */
export interface ResolvedLine {
  readonly line: StagedLine;
  readonly key: SageKey;
  readonly cents: Cents;
  readonly mappingRows: readonly string[];
  readonly extraDescription: string;
}

/** A staging line that has not, with what is known of its place. */
export interface UnplacedLine {
  readonly line: StagedLine;
  /** Parts that are not known are as staging has them. */
  readonly key: SageKey;
  readonly known: ReadonlySet<KeyPart>;
  /** null where the amount is none. */
  readonly cents: Cents | null;
}

export interface ResolvedDocument {
  readonly lines: readonly ResolvedLine[];
  readonly unplaced: readonly UnplacedLine[];
  readonly holds: readonly Hold[];
}

/** The job a project goes to, and the mapping row that says so. */
export interface ResolvedJob {
  readonly job: string;
  readonly source: string;
}

/** How a code that no mapping row covers may pass: Sage has it under the same name. */
const SAME_CODE = "same_code";

export const placeOf = (
  company: string,
  project: StagedProject,
  document: StagedDocument,
  stagingLineId: string | null = null,
): HoldPlace => ({
  company,
  projectId: project.projectId,
  projectNumber: project.projectNumber,
  document: document.document,
  documentId: document.documentId,
  stagingLineId,
});

/** The project's job by mapping or, where the company lets it, by the same name in Sage. */
export function resolveJob(
  context: PlanContext,
  project: StagedProject,
): { readonly job: ResolvedJob } | { readonly rule: HoldRuleName; readonly facts: HoldFacts } {
  const mapped = context.mapping?.job(project.projectNumber);
  if (mapped) return { job: { job: mapped.job, source: mapped.source } };
  const key = { job: project.projectNumber, extra: "", costCode: "", category: "" };
  const passed = sameCode(context, "job", key);
  return passed === "passes" ? { job: { job: project.projectNumber, source: SAME_CODE } } : passed;
}

/** The lines whose amounts cannot be sent. */
export const amountHolds = (context: PlanContext, project: StagedProject, document: StagedDocument): Hold[] =>
  document.lines.flatMap((line) => {
    const fault = amountFault(line, context);
    return fault ? [lineHold(context, project, document, line, fault.rule, fault.facts)] : [];
  });

function amountFault(
  line: StagedLine,
  { rules }: PlanContext,
): { readonly rule: HoldRuleName; readonly facts: HoldFacts } | null {
  const amount = parseMoney(line.amount);
  if (!amount.ok) {
    const target = amount.fault === "fraction_of_a_cent" ? "has fractions of a cent" : "is not an amount";
    return { rule: "amount_invalid", facts: { value: (line.amount ?? "").trim(), target } };
  }
  if (absCents(amount.cents) <= rules.jce.max_amount) return null;
  const limit = formatMoney(rules.jce.max_amount);
  return { rule: "amount_too_large", facts: { value: formatMoney(amount.cents), limit } };
}

const lineHold = (
  { company }: PlanContext,
  project: StagedProject,
  document: StagedDocument,
  line: StagedLine,
  rule: HoldRuleName,
  facts: HoldFacts,
  field?: string,
): Hold =>
  hold(
    placeOf(company, project, document, line.lineId),
    rule,
    { projectNumber: project.projectNumber, ...facts },
    field,
  );

/** Finds each line's key and amount. A line that does not get there is held, with every cause named. */
export function resolveLines(
  context: PlanContext,
  project: StagedProject,
  document: StagedDocument,
  job: ResolvedJob | null,
): ResolvedDocument {
  const holds: Hold[] = [];
  const lines: ResolvedLine[] = [];
  const unplaced: UnplacedLine[] = [];

  for (const line of document.lines) {
    const before = holds.length;
    const held = (rule: HoldRuleName, facts: HoldFacts, field?: string) =>
      holds.push(lineHold(context, project, document, line, rule, facts, field));

    const amount = parseMoney(line.amount);
    const fault = amountFault(line, context);
    if (fault) held(fault.rule, fault.facts);

    const mappingRows = job ? [job.source] : [];
    const jobName = job?.job ?? "";
    const known = new Set<KeyPart>(job ? ["job"] : []);
    const find = (
      part: KeyPart,
      mapped: { readonly code: string; readonly source: string } | null | undefined,
      sameKey: SageKey,
    ): string => {
      if (mapped) {
        mappingRows.push(mapped.source);
        known.add(part);
        return mapped.code;
      }
      const passed = sameCode(context, part, sameKey);
      if (passed !== "passes") held(passed.rule, passed.facts, KEY_FIELDS[part]);
      else {
        mappingRows.push(SAME_CODE);
        known.add(part);
      }
      return sameKey[part];
    };

    if (line.subJob === "") known.add("extra");
    const extraRow = line.subJob === "" ? null : context.mapping?.extra(project.projectNumber, line.subJob);
    const extra =
      line.subJob === ""
        ? ""
        : find("extra", extraRow && { code: extraRow.extra, source: extraRow.source }, {
            ...noKey(jobName),
            extra: line.subJob,
          });
    const costCode = find(
      "costCode",
      context.mapping?.costCode(project.projectNumber, line.costCode, line.costType),
      { ...noKey(jobName), extra, costCode: line.costCode },
    );
    const category = find("category", context.mapping?.category(project.projectNumber, line.costType), {
      ...noKey(jobName),
      extra,
      costCode,
      category: line.costType,
    });

    const key = { job: jobName, extra, costCode, category };
    if (job && amount.ok && holds.length === before) {
      const subJobName = context.subJobNames.get(joinKey(project.projectId, line.subJob));
      lines.push({
        line,
        key,
        cents: amount.cents,
        mappingRows,
        extraDescription: extraRow?.description || subJobName || "",
      });
    } else {
      unplaced.push({ line, key, known, cents: amount.ok ? amount.cents : null });
    }
  }
  return { lines, unplaced, holds };
}

const noKey = (job: string): SageKey => ({ job, extra: "", costCode: "", category: "" });

const UNMAPPED = {
  job: { rule: "unmapped_project", setting: "jobs", format: "job" },
  extra: { rule: "unmapped_sub_job", setting: "extras", format: "extra" },
  costCode: { rule: "unmapped_cost_code", setting: "cost_codes", format: "cost_code" },
  category: { rule: "unmapped_cost_type", setting: "categories", format: null },
} as const;

/** Whether a code without a mapping row may pass under its own name; if not, why. */
function sameCode(
  context: PlanContext,
  part: KeyPart,
  key: SageKey,
): "passes" | { readonly rule: HoldRuleName; readonly facts: HoldFacts } {
  const { rule, setting, format: formatName } = UNMAPPED[part];
  const code = key[part];
  const unmapped = { rule, facts: { value: code } };
  if (context.rules.unmapped[setting] === "hold" || code === "") return unmapped;
  // Two projects on one job need a row each that says so.
  const others = part === "job" ? (context.mapping?.projectsOn(code) ?? []) : [];
  if (others.length > 0) return { rule, facts: { value: code, target: others.join(", ") } };

  const format = formatName ? context.rules.formats[formatName] : null;
  if (!withinWidth(part, code, format))
    return {
      rule: "code_too_long",
      facts: { value: code, target: code, limit: String(SAGE_WIDTHS[part]) },
    };
  if (!isWritableCode(code, context.rules.jce.encoding))
    return {
      rule: "code_format",
      facts: { value: code, target: code, limit: "of characters that an import file can carry" },
    };
  if (!fitsFormat(code, format))
    return { rule: "code_format", facts: { value: code, target: code, limit: format ?? "" } };
  const has = {
    job: () => context.sage.hasJob(key.job),
    extra: () => context.sage.hasExtra(key.job, key.extra),
    costCode: () => context.sage.hasCostCode(key.job, key.extra, key.costCode),
    category: () => context.sage.hasCategory(key.category),
  };
  // Without a job there is nothing to look a code up on: the project's own hold says so.
  if (has[part]() || (key.job === "" && part !== "category")) return "passes";
  const spelling = context.sage.inOtherCase(part, key);
  return spelling ? { rule: "case_differs", facts: { value: code, target: spelling } } : unmapped;
}
