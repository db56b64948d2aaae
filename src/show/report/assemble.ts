import { lineIdOf } from "../../core/import-line.ts";
import { keyFields } from "../../core/key.ts";
import { type Cents, sumCents } from "../../core/money.ts";
import { IMPORT_LINE_STATES, type ImportLineState } from "../../core/states.ts";
import type { TieOutInParts } from "../../core/tie-out/parts.ts";
import type { Sides, TieOutBatch, TieOutProject } from "../../core/tie-out/schema.ts";
import { exportedIn, type TieOutSums } from "../../core/tie-out/sums.ts";
import type { Day } from "../../core/time.ts";
import type { AcceptedDifference } from "../../journal/accepted-differences.ts";
import type { History } from "./history.ts";
import { type ReadThrough, readThrough } from "./read-through.ts";
import type { Report } from "./schema.ts";

/** When, by whom and from what a report was made. */
export interface ReportOrigin {
  readonly company: string;
  readonly asOf: string;
  readonly day: Day;
  readonly timeZone: string;
  readonly runId: string | null;
  readonly madeBy: string;
  readonly toolVersion: string;
  readonly auditHead: string;
  readonly tieOutSha256: string;
}

/**
 * Puts a report together from what a reconciliation found and what the journal knew then. Of the tie-out's parts it
 * holds what needs somebody: the report asks for the rest of their rows again.
 */
export async function assembleReport(
  origin: ReportOrigin,
  tieOut: TieOutInParts,
  history: History,
  accepted: readonly AcceptedDifference[],
): Promise<Report> {
  const { holds, rejects, baselines, mappings, runs, files } = history;
  const read = await readThrough(tieOut, origin.day, new Set(accepted.map(lineOf)));
  const isHeld = heldDocuments(holds);
  const projects = tieOut.projects.map((project) => ({ ...project, ...notExported(project, isHeld) }));
  return {
    schema: "tieout/report@1",
    company: origin.company,
    as_of: origin.asOf,
    day: origin.day,
    time_zone: origin.timeZone,
    run_id: origin.runId,
    made_by: origin.madeBy,
    tool_version: origin.toolVersion,
    audit_head: origin.auditHead,
    tie_out_sha256: origin.tieOutSha256,
    verdict: verdictOf(read, holds.length + tieOut.reject_files.length),
    money: moneyOf(read.sums, projects),
    lines: countLines(tieOut.batches),
    unexpected: read.differences.filter(({ state }) => state === "unexpected").length,
    totals: {
      originals: addSides(projects.map((project) => project.originals)),
      approved_changes: addSides(projects.map((project) => project.approved_changes)),
    },
    open_by_age: read.openByAge,
    differences: [...read.differences],
    waiting_lines: read.waitingLines,
    recognitions: tieOut.recognitions,
    accepted_differences: acceptedDifferences(read.posted, accepted),
    reject_files: tieOut.reject_files,
    rejects,
    holds,
    projects,
    batches: tieOut.batches.map((batch) => ({ ...batch, files: files.get(batch.batch_id) ?? [] })),
    keys: read.keys,
    baselines,
    mappings,
    runs,
    notices: tieOut.notices,
    copy: tieOut.copy,
  };
}

const documentName = (document: { readonly document: string; readonly document_id: string }): string =>
  `${document.document} ${document.document_id}`;

function heldDocuments(holds: Report["holds"]): (document: TieOutProject["documents"][number]) => boolean {
  const held = new Set(holds.map(documentName));
  return (document) => held.has(documentName(document));
}

/** What is accepted of a project and not exported: a budget less what was sent of it, a modification as it is. */
function notExported(
  project: TieOutProject,
  isHeld: (document: TieOutProject["documents"][number]) => boolean,
): { waiting: Cents; held: Cents } {
  const open = project.documents
    .filter(({ erp_status, amount }) => erp_status === "accepted" && amount !== null)
    .map((one) => ({
      isHeld: isHeld(one),
      cents: (one.amount ?? 0n) - (one.document === "budget" ? project.originals.accepted : 0n),
    }));
  const sum = (held: boolean) =>
    sumCents(open.filter((one) => one.isHeld === held).map(({ cents }) => cents));
  return { waiting: sum(false), held: sum(true) };
}

/** How many import lines there are in each state. */
export function countLines(batches: readonly TieOutBatch[]): Record<ImportLineState, number> {
  const counts = Object.fromEntries(IMPORT_LINE_STATES.map((state) => [state, 0])) as Record<
    ImportLineState,
    number
  >;
  for (const batch of batches)
    for (const state of IMPORT_LINE_STATES) counts[state] += batch.states[state] ?? 0;
  return counts;
}

/** A difference that a person closed needs nobody any more. */
function verdictOf(
  { differences, keys, waitingLines }: ReadThrough,
  holdsAndRejects: number,
): Report["verdict"] {
  const needsPerson =
    holdsAndRejects > 0 ||
    differences.some(({ state }) => state !== "accepted_difference") ||
    keys.notAsAccepted.length > 0;
  if (needsPerson) return "needs_a_person";
  return waitingLines.count > 0 ? "waits_for_posting" : "ties_out";
}

/** Exported money by what is known of its lines; each line's amount is in one place. */
function moneyOf(
  sums: TieOutSums,
  projects: readonly { readonly waiting: Cents; readonly held: Cents }[],
): Report["money"] {
  const awaiting = exportedIn(sums, "awaiting");
  const differing = exportedIn(sums, "differing");
  const closed = exportedIn(sums, "closed");
  return {
    waiting: sumCents(projects.map((project) => project.waiting)),
    held: sumCents(projects.map((project) => project.held)),
    awaiting_posting: awaiting,
    differing: differing,
    accepted_difference: closed,
    posted: exportedIn(sums) - awaiting - differing - closed,
  };
}

function addSides(all: readonly Sides[]): Sides {
  const sum = (side: keyof Sides) => sumCents(all.map((one) => one[side]));
  return {
    baseline: sum("baseline"),
    accepted: sum("accepted"),
    exported: sum("exported"),
    posted: sum("posted"),
    unexpected: sum("unexpected"),
    difference: sum("difference"),
  };
}

const lineOf = ({ batchId, lineNo }: AcceptedDifference): string => lineIdOf(batchId, lineNo);

const acceptedDifferences = (
  posted: ReadThrough["posted"],
  accepted: readonly AcceptedDifference[],
): Report["accepted_differences"] =>
  accepted.map((one) => ({
    batch_id: one.batchId,
    line_no: one.lineNo,
    kind: one.line.kind,
    ...keyFields(one.line.key),
    state_then: one.state,
    exported: one.exportedCents,
    posted_then: one.postedCents,
    // A line that is in no difference any more is posted as it was exported.
    posted_now: posted.get(lineOf(one)) ?? one.exportedCents,
    reason: one.reason,
    actor: one.actor,
    accepted_at: one.acceptedAt,
  }));
