import type { DocumentType } from "../staging/rows.ts";

/** What a hold is about: where in staging the cause stands, and what is known of it. */
export interface HoldFacts {
  /** The value of the staging column named by `field`. */
  readonly value: string;
  /** What it becomes in Sage, or what else the message needs. */
  readonly target?: string;
  readonly projectNumber?: string;
  readonly costCode?: string;
  readonly job?: string;
  readonly limit?: string;
}

interface HoldRule {
  /** The staging column the cause is in; amounts and codes name it themselves where budgets and modifications differ. */
  readonly field: string;
  readonly message: (facts: HoldFacts) => string;
  readonly remedy: (facts: HoldFacts) => string;
}

const rules = {
  unmapped_project: {
    field: "project_number",
    message: (f) => `Project ${f.value} has no Sage job in the mapping files.`,
    remedy: (f) => `Add a row for project ${f.value} to jobs.csv.`,
  },
  unmapped_sub_job: {
    field: "sub_job_code",
    message: (f) =>
      `Sub job ${f.value} of project ${f.projectNumber} has no Sage extra in the mapping files.`,
    remedy: (f) => `Add a row for project ${f.projectNumber} and sub job ${f.value} to extras.csv.`,
  },
  unmapped_cost_code: {
    field: "cost_code",
    message: (f) => `Cost code ${f.value} has no Sage cost code in the mapping files.`,
    remedy: (f) => `Add a row for cost code ${f.value} to cost-codes.csv.`,
  },
  unmapped_cost_type: {
    field: "cost_type",
    message: (f) => `Cost type ${f.value} has no Sage category in the mapping files.`,
    remedy: (f) => `Add a row for cost type ${f.value} to categories.csv.`,
  },
  no_mapping_set: {
    field: "project_number",
    message: () => "There is no good set of mapping files yet, so nothing can be mapped.",
    remedy: (f) => `Correct the mapping files: ${f.target}`,
  },
  job_not_in_sage: {
    field: "project_number",
    message: (f) => `Job ${f.target} is not in Sage; an import would create it.`,
    remedy: (f) => `Set up job ${f.target} in Sage, or correct project ${f.value} in jobs.csv.`,
  },
  job_closed: {
    field: "project_number",
    message: (f) => `Job ${f.target} is closed in Sage.`,
    remedy: (f) => `Reopen job ${f.target} in Sage if the budget still belongs there.`,
  },
  extra_not_in_sage: {
    field: "sub_job_code",
    message: (f) => `Extra ${f.target} of job ${f.job} is not in Sage.`,
    remedy: (f) => `Set up extra ${f.target} on job ${f.job} in Sage, or correct extras.csv.`,
  },
  extra_closed: {
    field: "sub_job_code",
    message: (f) => `Extra ${f.target} of job ${f.job} is closed in Sage.`,
    remedy: (f) => `Reopen extra ${f.target} in Sage, or map sub job ${f.value} to another extra.`,
  },
  cost_code_not_in_sage: {
    field: "cost_code",
    message: (f) => `Cost code ${f.target} is neither standard in Sage nor on job ${f.job}.`,
    remedy: (f) => `Add cost code ${f.target} to Sage's standard cost codes, or correct cost-codes.csv.`,
  },
  cost_code_closed: {
    field: "cost_code",
    message: (f) => `Cost code ${f.target} is closed on job ${f.job} in Sage.`,
    remedy: (f) => `Reopen cost code ${f.target} on job ${f.job} in Sage, or map ${f.value} to another.`,
  },
  group_cost_code: {
    field: "cost_code",
    message: (f) => `Cost code ${f.target} is a group cost code in Sage: nothing may be posted to it.`,
    remedy: (f) => `Map ${f.value} to a cost code below ${f.target} in cost-codes.csv.`,
  },
  category_not_standard: {
    field: "cost_type",
    message: (f) => `Category ${f.target} is not a standard category in Sage; the whole import would stop.`,
    remedy: (f) =>
      `Add ${f.target} to Sage's standard categories, or correct cost type ${f.value} in categories.csv.`,
  },
  category_closed: {
    field: "cost_type",
    message: (f) => `Category ${f.target} is closed on cost code ${f.costCode} of job ${f.job} in Sage.`,
    remedy: (f) => `Reopen category ${f.target} there in Sage, or map cost type ${f.value} to another.`,
  },
  case_differs: {
    field: "cost_code",
    message: (f) => `Sage has the code as ${f.target}: only capital letters differ.`,
    remedy: (f) => `Write the code for ${f.value} in the mapping file exactly as Sage has it.`,
  },
  code_too_long: {
    field: "cost_code",
    message: (f) => `${f.target} is longer than Sage's ${f.limit} characters, and a code is never cut.`,
    remedy: (f) => `Map ${f.value} to a code that fits Sage.`,
  },
  code_format: {
    field: "cost_code",
    message: (f) => `${f.target} does not have the company's format ${f.limit}.`,
    remedy: (f) => `Map ${f.value} to a code of that format.`,
  },
  amount_invalid: {
    field: "amount",
    message: (f) => `The amount ${f.value === "" ? "is missing" : `"${f.value}" ${f.target}`}.`,
    remedy: () => "Correct the amount in the project system and accept the document again.",
  },
  amount_too_large: {
    field: "amount",
    message: (f) =>
      f.target
        ? `The lines on ${f.target} come to ${f.value}; Sage's import takes no more than ${f.limit} on a line.`
        : `The amount ${f.value} is beyond ${f.limit}, the most that Sage's import takes on a line.`,
    remedy: () => "Split the amount over several cost codes in the project system.",
  },
  no_lines: {
    field: "document_id",
    message: () => "The document was accepted, but its lines are not there (yet).",
    remedy: () => "Wait for the lines to be staged; if they do not come, have the document sent again.",
  },
  lines_gone: {
    field: "budget_id",
    message: (f) =>
      `The budget has lost ${f.target} codes that were sent before; ${f.limit} would be taken out of Sage.`,
    remedy: (f) =>
      `If that is meant: \`tieout release ${f.value} --reason "…"\`. Else put the lines back, and have the budget accepted again.`,
  },
  no_baseline: {
    field: "project_number",
    message: (f) => `Job ${f.target} already carries an estimate in Sage that this system did not send.`,
    remedy: (f) =>
      `Look at \`tieout baseline ${f.value}\`, and decide what job ${f.target} carries already: sending the budget now would add all of it on top.`,
  },
  target_changed: {
    field: "project_number",
    message: (f) => `Project ${f.projectNumber} was sent to ${f.job} before, and now belongs to ${f.target}.`,
    remedy: (f) => `Set project ${f.projectNumber} back to ${f.job}.`,
  },
  changed_after_export: {
    field: "modification_id",
    message: (f) => `Modification ${f.target} was sent before, and its lines have changed since.`,
    remedy: () => "Put the lines back as they were, and enter the change as a further modification.",
  },
  previous_batch_open: {
    field: "document_id",
    message: (f) =>
      `The document was accepted again while batch ${f.target} with its earlier amounts is not yet posted.`,
    remedy: (f) => `Import and post batch ${f.target} in Sage; the document follows by itself.`,
  },
  two_budgets: {
    field: "budget_id",
    message: (f) => `Project ${f.projectNumber} has more than one budget: ${f.target}.`,
    remedy: () => "Remove all but one of them from staging.",
  },
  project_number_ambiguous: {
    field: "project_number",
    message: (f) => `Project number ${f.value} stands for more than one project: ${f.target}.`,
    remedy: () => "Give each project a number of its own; capital letters alone do not tell two apart.",
  },
  duplicate_line: {
    field: "line_id",
    message: (f) => `The id ${f.value} is in staging more than once.`,
    remedy: () =>
      "Remove the repeated row from staging; ids that differ only in capital letters count as the same.",
  },
  acceptance_without_name: {
    field: "accepted_by",
    message: () => "The document is accepted, but nobody's name stands beside it.",
    remedy: () => "Have it accepted by a person, or set require_accepted_by: false for the company.",
  },
  unknown_company: {
    field: "company",
    message: (f) => `Company ${f.value || "(empty)"} is not in the configuration.`,
    remedy: (f) => `Add company ${f.value} to the configuration, or correct it in staging.`,
  },
  orphan_line: {
    field: "document_id",
    message: (f) => `The row belongs to ${f.value || "(nothing)"}, which is not in staging.`,
    remedy: () => "Stage the document it belongs to, or remove the row.",
  },
  unknown_status: {
    field: "erp_status",
    message: (f) => `The status "${f.value}" is not one that is known; the document is left alone.`,
    remedy: () => "Set erp_status to not_sent, sent, accepted, rejected or retrieved.",
  },
} as const satisfies Record<string, HoldRule>;

export type HoldRuleName = keyof typeof rules;

/** Every rule that can hold a document, in the order they are documented. */
export const HOLD_RULES: Readonly<Record<HoldRuleName, HoldRule>> = rules;

/** Why a document is not sent, as a person reads it. */
export interface Hold {
  readonly company: string;
  readonly projectId: string;
  readonly projectNumber: string;
  readonly document: DocumentType;
  readonly documentId: string;
  readonly stagingLineId: string | null;
  readonly field: string;
  readonly value: string;
  readonly rule: HoldRuleName;
  readonly message: string;
  readonly remedy: string;
}

/** Where a hold stands: all of it but the cause. */
export type HoldPlace = Omit<Hold, "field" | "value" | "rule" | "message" | "remedy">;

/** Words a hold. `field` is given where the rule's own column differs between budgets and modifications. */
export function hold(place: HoldPlace, rule: HoldRuleName, facts: HoldFacts, field?: string): Hold {
  const { field: usualField, message, remedy } = HOLD_RULES[rule];
  return {
    ...place,
    field: field ?? usualField,
    value: facts.value,
    rule,
    message: message(facts),
    remedy: remedy(facts),
  };
}
