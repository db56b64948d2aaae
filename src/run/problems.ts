import type { Problem } from "../core/outcome.ts";
import { LINE_STATE_WORDS } from "../core/state-words.ts";
import type { ImportLineState } from "../core/states.ts";

export const runProblems = {
  company_busy: (company: string, holder: string): Problem => ({
    name: "company_busy",
    message: `Another instance is working for ${company} (${holder}).`,
    hint: "Nothing to do: it finishes, or is replaced within a minute if it has died.",
  }),
  plan_changed: (): Problem => ({
    name: "plan_changed",
    message: "An export would do something else now than the plan that was looked at.",
    hint: "Look at `tieout plan` again, and give its id. The transaction date is part of a plan: one made before midnight, or for another --date, is another plan.",
  }),
  run_stopped: (company: string): Problem => ({
    name: "run_stopped",
    message: `The run was stopped, or reached its time limit, before it was through with ${company}.`,
    hint: "Nothing to do: the next run goes on. If it happens often, see which database is slow, or raise time_limit.",
  }),
  company_failed: (company: string, reason: string): Problem => ({
    name: "company_failed",
    message: `The run for ${company} failed: ${reason}`,
    hint: "See the log for where. What was claimed is finished by the next run.",
  }),
  staging_unavailable: (reason: string): Problem => ({
    name: "staging_unavailable",
    message: `The staging database cannot be read: ${reason}.`,
    hint: "Check the staging: settings, and that the database is there; `tieout db create-staging` makes the tables.",
  }),
  database_lost: (reason: string): Problem => ({
    name: "database_lost",
    message: `The staging database went away while it was worked with: ${reason}.`,
    hint: "Nothing is half done: the next run goes on. `tieout doctor` says what is wrong if it does not come back.",
  }),
  staging_incomplete: (missing: readonly string[]): Problem => ({
    name: "staging_incomplete",
    message: `The staging database lacks ${missing.join(", ")}.`,
    hint: "Offer what is missing as tables or views; for a new site `tieout db create-staging` makes empty tables.",
  }),
  company_unknown: (company: string, known: readonly string[]): Problem => ({
    name: "company_unknown",
    message: `Company ${company} is not in the configuration; it has ${known.join(", ")}.`,
    hint: "Give one of those with --company.",
  }),
  project_unknown: (projectNumber: string): Problem => ({
    name: "project_unknown",
    message: `No project ${projectNumber} with a budget is in staging.`,
    hint: "`tieout status` lists every project that is.",
  }),
  project_number_shared: (projectNumber: string, projectIds: readonly string[]): Problem => ({
    name: "project_number_shared",
    message: `Project number ${projectNumber} stands for more than one project: ${projectIds.join(", ")}.`,
    hint: "Give each project a number of its own in staging, or name the company with --company.",
  }),
  baseline_exists: (projectNumber: string, source: string, day: string): Problem => ({
    name: "baseline_exists",
    message: `Project ${projectNumber} has a baseline already, from ${source}, recorded on ${day}.`,
    hint: "An opening position is decided once. What is wrong with it is put right by a budget modification.",
  }),
  baseline_too_late: (projectNumber: string): Problem => ({
    name: "baseline_too_late",
    message: `Something of project ${projectNumber} was sent already, so it has no opening position to decide.`,
    hint: "The next acceptance of its budget sends the difference to what was sent.",
  }),
  baseline_no_job: (projectNumber: string, reason: string): Problem => ({
    name: "baseline_no_job",
    message: `Project ${projectNumber} leads to no job in Sage: ${reason}`,
    hint: "Mend that first; `tieout holds` shows it as well.",
  }),
  baseline_unresolved: (projectNumber: string, lines: number, first: string): Problem => ({
    name: "baseline_unresolved",
    message: `${lines} lines of the budget of project ${projectNumber} have no place in Sage yet. The first: ${first}`,
    hint: "Complete the mapping files first: a baseline from staging needs every line's place.",
  }),
  reason_missing: (): Problem => ({
    name: "reason_missing",
    message: "A decision needs a reason: it is kept in the audit trail.",
    hint: 'Give it with --reason "…".',
  }),
  line_unknown: (lineId: string): Problem => ({
    name: "line_unknown",
    message: `No line ${lineId} is in staging, and none was ever sent.`,
    hint: "Give the id as staging has it (line_item_id or modification_line_id); a batch's trace.csv lists them.",
  }),
  document_unknown: (documentId: string): Problem => ({
    name: "document_unknown",
    message: `No budget or modification ${documentId} of a configured company is in staging.`,
    hint: "`tieout holds` shows what is held, with its id.",
  }),
  nothing_to_release: (documentId: string): Problem => ({
    name: "nothing_to_release",
    message: `Document ${documentId} is not held for a release.`,
    hint: "`tieout holds` shows what it is held for, and how each cause ends.",
  }),
  batch_line_unknown: (batchId: string, lineNo: number, lines: number): Problem => ({
    name: "batch_line_unknown",
    message: `Batch ${batchId} has no line ${lineNo || "of that name"}; its lines are numbered 1 to ${lines}.`,
    hint: `\`tieout batches show ${batchId}\` lists them.`,
  }),
  nothing_to_accept: (batchId: string, lineNo: number, state: ImportLineState): Problem => ({
    name: "nothing_to_accept",
    message: `Line ${lineNo} of ${batchId} has no difference to accept: it is ${LINE_STATE_WORDS[state]}.`,
    hint: "Only lines that are overdue, rejected or not posted as exported can be closed; `tieout reconcile` shows them.",
  }),
  batch_unknown: (batchId: string): Problem => ({
    name: "batch_unknown",
    message: `There is no batch ${batchId}.`,
    hint: "`tieout batches` lists them all.",
  }),
  digest_lied: (job: string, lines: number): Problem => ({
    name: "digest_lied",
    message: `Job ${job} was taken to be unchanged, since the digests of Sage's copy and of staging said so, and it was not: ${lines === 0 ? "what is said of it in the tie-out is another" : `${lines === 1 ? "1 line has" : `${lines} lines have`} another state`}.`,
    hint: "It is put right by this run. Find out whether somebody changed the journal or the copy by hand; if nobody did, report it: a digest that does not see a change is a fault of this program.",
  }),
};
