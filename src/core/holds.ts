import type { DocumentType } from "./staged.ts";

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

/**
 * What a cause is told of: the project (each accepted document of it is held), the document, one staging line, or a
 * key (job, extra, cost code, category) to which several lines add up, or whose lines have gone.
 */
export type HoldLevel = "project" | "document" | "line" | "key";

/** Where a person looks for the cause. */
export const HOLD_CHAPTERS = {
  mapping: "Mapping files",
  sage: "What Sage has",
  sent: "What was sent before",
  staging: "What staging says",
} as const;
type HoldChapter = keyof typeof HOLD_CHAPTERS;

export interface HoldRule {
  readonly chapter: HoldChapter;
  readonly levels: readonly HoldLevel[];
  /** The staging columns the cause may be in; by document where budgets and modifications have different ones. */
  readonly fields: readonly [string, ...string[]] | Readonly<Record<DocumentType, string>>;
  /** For accountants, of any case of it: what it means, and what ends it. */
  readonly means: string;
  readonly mend: string;
  /** Of the case at hand. */
  readonly message: (facts: HoldFacts) => string;
  readonly remedy: (facts: HoldFacts) => string;
}

const DOCUMENT_ID = { budget: "budget_id", modification: "modification_id" } as const;
const AMOUNT = { budget: "original_amount", modification: "amount" } as const;
const CODES = ["project_number", "sub_job_code", "cost_code", "cost_type"] as const;

const rules = {
  unmapped_project: {
    chapter: "mapping",
    levels: ["project"],
    fields: ["project_number"],
    means:
      "The project has no row in `jobs.csv`. It may be one whose job, under the same name, is another project's already.",
    mend: "Add the row.",
    message: (f) =>
      f.value === ""
        ? "The project has no number, so no mapping row can lead it to a job."
        : f.target
          ? `Project ${f.value} has no row in jobs.csv, and job ${f.value} is that of project ${f.target}.`
          : `Project ${f.value} has no Sage job in the mapping files.`,
    remedy: (f) =>
      f.value === ""
        ? "Give the project its number in staging."
        : f.target
          ? `Add a row for project ${f.value} to jobs.csv; if both share the job, with shared = yes on every row of it.`
          : `Add a row for project ${f.value} to jobs.csv.`,
  },
  unmapped_sub_job: {
    chapter: "mapping",
    levels: ["line"],
    fields: ["sub_job_code"],
    means: "The sub job has no row in `extras.csv`.",
    mend: "Add the row.",
    message: (f) =>
      `Sub job ${f.value} of project ${f.projectNumber} has no Sage extra in the mapping files.`,
    remedy: (f) => `Add a row for project ${f.projectNumber} and sub job ${f.value} to extras.csv.`,
  },
  unmapped_cost_code: {
    chapter: "mapping",
    levels: ["line"],
    fields: ["cost_code"],
    means: "No row in `cost-codes.csv` covers the cost code, or the line has none.",
    mend: "Add the row, or give the line a cost code.",
    message: (f) =>
      f.value === ""
        ? "The line has no cost code."
        : `Cost code ${f.value} has no Sage cost code in the mapping files.`,
    remedy: (f) =>
      f.value === ""
        ? "Give the line a cost code in the project system, and accept the document again."
        : `Add a row for cost code ${f.value} to cost-codes.csv.`,
  },
  unmapped_cost_type: {
    chapter: "mapping",
    levels: ["line"],
    fields: ["cost_type"],
    means: "The cost type has no row in `categories.csv`, or the line has none.",
    mend: "Add the row, or give the line a cost type.",
    message: (f) =>
      f.value === ""
        ? "The line has no cost type."
        : `Cost type ${f.value} has no Sage category in the mapping files.`,
    remedy: (f) =>
      f.value === ""
        ? "Give the line a cost type in the project system, and accept the document again."
        : `Add a row for cost type ${f.value} to categories.csv.`,
  },
  no_mapping_set: {
    chapter: "mapping",
    levels: ["project"],
    fields: ["project_number"],
    means: "There has never been a good set of mapping files, so nothing can be mapped.",
    mend: "Correct the mistakes that the remedy lists.",
    message: () => "There is no good set of mapping files yet, so nothing can be mapped.",
    remedy: (f) => `Correct the mapping files: ${f.target}`,
  },
  job_not_in_sage: {
    chapter: "sage",
    levels: ["project"],
    fields: ["project_number"],
    means: "Sage does not have the job. An import would create it.",
    mend: "Set up the job in Sage, or correct `jobs.csv`.",
    message: (f) => `Job ${f.target} is not in Sage; an import would create it.`,
    remedy: (f) => `Set up job ${f.target} in Sage, or correct project ${f.value} in jobs.csv.`,
  },
  job_closed: {
    chapter: "sage",
    levels: ["project"],
    fields: ["project_number"],
    means: "The job is closed in Sage.",
    mend: "Reopen it, if the budget still belongs there.",
    message: (f) => `Job ${f.target} is closed in Sage.`,
    remedy: (f) => `Reopen job ${f.target} in Sage if the budget still belongs there.`,
  },
  extra_not_in_sage: {
    chapter: "sage",
    levels: ["line", "key"],
    fields: ["sub_job_code"],
    means: "Sage does not have the extra, and imports may not create any (`create_extras: false`).",
    mend: "Set up the extra in Sage, or correct `extras.csv`.",
    message: (f) => `Extra ${f.target} of job ${f.job} is not in Sage.`,
    remedy: (f) => `Set up extra ${f.target} on job ${f.job} in Sage, or correct extras.csv.`,
  },
  extra_closed: {
    chapter: "sage",
    levels: ["line", "key"],
    fields: ["sub_job_code"],
    means: "The extra is closed in Sage.",
    mend: "Reopen it, or map the sub job to another.",
    message: (f) => `Extra ${f.target} of job ${f.job} is closed in Sage.`,
    remedy: (f) => `Reopen extra ${f.target} in Sage, or map sub job ${f.value} to another extra.`,
  },
  cost_code_not_in_sage: {
    chapter: "sage",
    levels: ["line", "key"],
    fields: ["cost_code"],
    means:
      "The cost code is neither a standard one nor on the job and extra, and imports may not create any (`create_cost_codes: false`).",
    mend: "Add it to the standard cost codes, or correct `cost-codes.csv`.",
    message: (f) => `Cost code ${f.target} is neither standard in Sage nor on job ${f.job}.`,
    remedy: (f) => `Add cost code ${f.target} to Sage's standard cost codes, or correct cost-codes.csv.`,
  },
  cost_code_closed: {
    chapter: "sage",
    levels: ["line", "key"],
    fields: ["cost_code"],
    means: "The cost code is closed on the job.",
    mend: "Reopen it, or map to another.",
    message: (f) => `Cost code ${f.target} is closed on job ${f.job} in Sage.`,
    remedy: (f) => `Reopen cost code ${f.target} on job ${f.job} in Sage, or map ${f.value} to another.`,
  },
  group_cost_code: {
    chapter: "sage",
    levels: ["line", "key"],
    fields: ["cost_code"],
    means: "A group cost code only adds up others. Nothing may be posted to it.",
    mend: "Map to a cost code below it.",
    message: (f) => `Cost code ${f.target} is a group cost code in Sage: nothing may be posted to it.`,
    remedy: (f) => `Map ${f.value} to a cost code below ${f.target} in cost-codes.csv.`,
  },
  category_not_standard: {
    chapter: "sage",
    levels: ["line", "key"],
    fields: ["cost_type"],
    means: "The category is not a standard one. Sage would stop the whole import.",
    mend: "Add it to the standard categories, or correct `categories.csv`.",
    message: (f) => `Category ${f.target} is not a standard category in Sage; the whole import would stop.`,
    remedy: (f) =>
      `Add ${f.target} to Sage's standard categories, or correct cost type ${f.value} in categories.csv.`,
  },
  category_closed: {
    chapter: "sage",
    levels: ["line", "key"],
    fields: ["cost_type"],
    means: "The category is closed on that cost code.",
    mend: "Reopen it, or map to another.",
    message: (f) => `Category ${f.target} is closed on cost code ${f.costCode} of job ${f.job} in Sage.`,
    remedy: (f) => `Reopen category ${f.target} there in Sage, or map cost type ${f.value} to another.`,
  },
  case_differs: {
    chapter: "sage",
    levels: ["project", "line", "key"],
    fields: CODES,
    means: "Sage writes the code with other capital letters.",
    mend: "Write it as Sage has it.",
    message: (f) => `Sage has the code as ${f.target}: only capital letters differ.`,
    remedy: (f) => `Write the code for ${f.value} in the mapping file exactly as Sage has it.`,
  },
  code_too_long: {
    chapter: "mapping",
    levels: ["project", "line"],
    fields: CODES,
    means:
      "A code without a mapping row may pass (`unmapped: same_code`), but Sage has no room for it. A code is never cut.",
    mend: "Map it to a code that fits.",
    message: (f) => `${f.target} is longer than Sage's ${f.limit} characters, and a code is never cut.`,
    remedy: (f) => `Map ${f.value} to a code that fits Sage.`,
  },
  code_format: {
    chapter: "mapping",
    levels: ["project", "line"],
    fields: CODES,
    means:
      "A code without a mapping row may pass (`unmapped: same_code`), but it has not the company's format, or a character that an import file cannot carry.",
    mend: "Map it to a code of that format.",
    message: (f) => `${f.target} does not have the company's format ${f.limit}.`,
    remedy: (f) => `Map ${f.value} to a code of that format.`,
  },
  amount_invalid: {
    chapter: "staging",
    levels: ["line"],
    fields: AMOUNT,
    means: "There is no amount, it is no number, or it has fractions of a cent.",
    mend: "Correct it in the project system and have the document accepted again.",
    message: (f) => `The amount ${f.value === "" ? "is missing" : `"${f.value}" ${f.target}`}.`,
    remedy: () => "Correct the amount in the project system and accept the document again.",
  },
  amount_too_large: {
    chapter: "staging",
    levels: ["line", "key"],
    fields: AMOUNT,
    means:
      "A line, or what lines on one key come to, is beyond the 99,999,999.99 that an import takes, or beyond the company's own limit.",
    mend: "Split it over several cost codes.",
    message: (f) =>
      f.target
        ? `The lines on ${f.target} come to ${f.value}; Sage's import takes no more than ${f.limit} on a line.`
        : `The amount ${f.value} is beyond ${f.limit}, the most that Sage's import takes on a line.`,
    remedy: () => "Split the amount over several cost codes in the project system.",
  },
  no_lines: {
    chapter: "staging",
    levels: ["document"],
    fields: DOCUMENT_ID,
    means: "The header is accepted, but its lines are not there (yet).",
    mend: "Wait. If they do not come, have it sent again.",
    message: () => "The document was accepted, but its lines are not there (yet).",
    remedy: () => "Wait for the lines to be staged; if they do not come, have the document sent again.",
  },
  lines_gone: {
    chapter: "sent",
    levels: ["document"],
    fields: ["budget_id"],
    means:
      "The budget was accepted again, and all or more than a quarter (`removal_limit`) of the codes sent before have gone with their lines. Codes that lines were only moved to or from do not count.",
    mend: "If that is meant, [release it](#letting-a-budget-go): then what was sent for them is taken out of Sage. Else put the lines back and have it accepted again.",
    message: (f) =>
      `The budget has lost ${f.target} codes that were sent before; ${f.limit} would be taken out of Sage.`,
    remedy: (f) =>
      `If that is meant: \`tieout release ${f.value} --reason "…"\`. Else put the lines back, and have the budget accepted again.`,
  },
  no_baseline: {
    chapter: "sent",
    levels: ["project"],
    fields: ["project_number"],
    means:
      "The job carries an estimate that Tieout did not send. Sending the budget would add all of it on top.",
    mend: "Decide the job's [opening position](accountants.md#jobs-that-were-there-before).",
    message: (f) => `Job ${f.target} already carries an estimate in Sage that this system did not send.`,
    remedy: (f) =>
      `Look at \`tieout baseline ${f.value}\`, and decide what job ${f.target} carries already: sending the budget now would add all of it on top.`,
  },
  target_changed: {
    chapter: "sent",
    levels: ["project"],
    fields: ["project_number", "company"],
    means: "The project was sent to another job, or from another company, before.",
    mend: "Put the old job back in `jobs.csv`, or the old company in staging.",
    message: (f) => `Project ${f.projectNumber} was sent to ${f.job} before, and now belongs to ${f.target}.`,
    remedy: (f) => `Set project ${f.projectNumber} back to ${f.job}.`,
  },
  changed_after_export: {
    chapter: "sent",
    levels: ["document"],
    fields: ["modification_id"],
    means: "A modification was changed after it was sent. Each is sent once.",
    mend: "Put it back as it was, and enter the change as a further modification.",
    message: (f) => `Modification ${f.target} was sent before, and its lines have changed since.`,
    remedy: () => "Put the lines back as they were, and enter the change as a further modification.",
  },
  previous_batch_open: {
    chapter: "sent",
    levels: ["document"],
    fields: DOCUMENT_ID,
    means: "The document was accepted again before its earlier batch is posted.",
    mend: "Import and post that batch. This one follows by itself.",
    message: (f) =>
      `The document was accepted again while batch ${f.target} with its earlier amounts is not yet posted.`,
    remedy: (f) => `Import and post batch ${f.target} in Sage; the document follows by itself.`,
  },
  two_budgets: {
    chapter: "staging",
    levels: ["document"],
    fields: DOCUMENT_ID,
    means: "The project has more than one budget.",
    mend: "Remove all but one from staging.",
    message: (f) => `Project ${f.projectNumber} has more than one budget: ${f.target}.`,
    remedy: () => "Remove all but one of them from staging.",
  },
  project_number_ambiguous: {
    chapter: "staging",
    levels: ["project"],
    fields: ["project_number", "project_id"],
    means: "Two projects have the number or the id, capital letters aside.",
    mend: "Give each its own.",
    message: (f) =>
      f.target
        ? `Project number ${f.value} stands for more than one project: ${f.target}.`
        : `Project id ${f.value} is in staging more than once.`,
    remedy: (f) =>
      f.target
        ? "Give each project a number of its own; capital letters alone do not tell two apart."
        : "Leave one row with that id in staging; ids that differ only in capital letters count as the same.",
  },
  duplicate_line: {
    chapter: "staging",
    levels: ["line", "document"],
    fields: ["line_item_id", "modification_line_id", "budget_id", "modification_id"],
    means: "An id is in staging more than once, capital letters aside.",
    mend: "Remove the repeated row.",
    message: (f) => `The id ${f.value} is in staging more than once.`,
    remedy: () =>
      "Remove the repeated row from staging; ids that differ only in capital letters count as the same.",
  },
  acceptance_without_name: {
    chapter: "staging",
    levels: ["document"],
    fields: ["accepted_by"],
    means: "Nobody's name stands beside the acceptance.",
    mend: "Have it accepted by a person.",
    message: () => "The document is accepted, but nobody's name stands beside it.",
    remedy: () => "Have it accepted by a person, or set require_accepted_by: false for the company.",
  },
  unknown_company: {
    chapter: "staging",
    levels: ["document"],
    fields: ["company"],
    means: "The project's company is not in the configuration. Reported; no company's run looks at it.",
    mend: "Add the company to the configuration, or correct it in staging.",
    message: (f) => `Company ${f.value || "(empty)"} is not in the configuration.`,
    remedy: (f) =>
      f.value === ""
        ? "Set the project's company in staging."
        : `Add company ${f.value} to the configuration, or correct it in staging.`,
  },
  orphan_line: {
    chapter: "staging",
    levels: ["line", "document"],
    fields: ["budget_id", "modification_id", "project_id"],
    means:
      "A line whose document, or an accepted document whose project, is not in staging. Reported; it belongs to nobody.",
    mend: "Stage what it belongs to, or remove it.",
    message: (f) => `The row belongs to ${f.value || "(nothing)"}, which is not in staging.`,
    remedy: () => "Stage the document it belongs to, or remove the row.",
  },
  unknown_status: {
    chapter: "staging",
    levels: ["document"],
    fields: ["erp_status"],
    means: "`erp_status` is none that is known. The document is left alone.",
    mend: "Set a known status.",
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

/** Every column that a rule's cause may be in. */
export const fieldsOf = ({ fields }: HoldRule): readonly string[] => Object.values(fields);

/** Words a hold. `field` is given where the rule has several columns for one kind of document. */
export function hold(place: HoldPlace, rule: HoldRuleName, facts: HoldFacts, field?: string): Hold {
  const { fields, message, remedy } = HOLD_RULES[rule];
  return {
    ...place,
    field: field ?? ("budget" in fields ? fields[place.document] : fields[0]),
    value: facts.value,
    rule,
    message: message(facts),
    remedy: remedy(facts),
  };
}
