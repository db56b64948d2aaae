import { keyFields } from "../../core/key.ts";
import { absCents, type Cents, sumCents } from "../../core/money.ts";
import { DIFFERENCE_MEANINGS } from "../../core/state-words.ts";
import { IMPORT_LINE_STATES, type ImportLineState } from "../../core/states.ts";
import { isOpen } from "../../core/tie-out/differences.ts";
import type { Sides, TieOut, TieOutDifference, TieOutProject } from "../../core/tie-out/schema.ts";
import { type Day, daysBetween } from "../../core/time.ts";
import type { AcceptedDifference } from "../../journal/accepted-differences.ts";
import type { History } from "./history.ts";
import { AGE_BUCKETS, type AgeBucket, type Report } from "./schema.ts";

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

/** Puts a report together from what a reconciliation found and what the journal knew then. Pure. */
export function assembleReport(
  origin: ReportOrigin,
  tieOut: TieOut,
  history: History,
  accepted: readonly AcceptedDifference[],
): Report {
  const { holds, rejects, baselines, mappings, runs, files } = history;
  const isHeld = heldDocuments(holds);
  const projects = tieOut.projects.map((project) => ({ ...project, ...notExported(project, isHeld) }));
  const lines = countLines(tieOut);
  const aged = tieOut.differences.map((one) => ({
    ...one,
    age_days: ageOf(one, origin.day),
    remedy: DIFFERENCE_MEANINGS[one.state],
  }));
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
    verdict: verdictOf(tieOut, holds.length),
    money: moneyOf(tieOut, projects),
    lines,
    unexpected: tieOut.differences.filter(({ state }) => state === "unexpected").length,
    totals: {
      originals: addSides(projects.map((project) => project.originals)),
      approved_changes: addSides(projects.map((project) => project.approved_changes)),
    },
    open_by_age: openByAge(tieOut.differences, origin.day),
    differences: aged.filter(({ state }) => state !== "awaiting_posting"),
    waiting_lines: aged.filter(({ state }) => state === "awaiting_posting"),
    recognitions: tieOut.recognitions,
    accepted_differences: acceptedDifferences(tieOut, accepted),
    reject_files: tieOut.reject_files,
    rejects,
    holds,
    projects,
    batches: tieOut.batches.map((batch) => ({ ...batch, files: files.get(batch.batch_id) ?? [] })),
    keys: tieOut.keys,
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

function countLines(tieOut: TieOut): Record<ImportLineState, number> {
  const counts = Object.fromEntries(IMPORT_LINE_STATES.map((state) => [state, 0])) as Record<
    ImportLineState,
    number
  >;
  for (const batch of tieOut.batches)
    for (const state of IMPORT_LINE_STATES) counts[state] += batch.states[state] ?? 0;
  return counts;
}

/** A difference that a person closed needs nobody any more. */
function verdictOf(tieOut: TieOut, holds: number): Report["verdict"] {
  const needsPerson =
    holds > 0 ||
    tieOut.reject_files.length > 0 ||
    tieOut.differences.some(({ state }) => state !== "awaiting_posting" && state !== "accepted_difference") ||
    tieOut.keys.some((key) => key.accepted - key.baseline !== key.exported);
  if (needsPerson) return "needs_a_person";
  return tieOut.differences.some(({ state }) => state === "awaiting_posting")
    ? "waits_for_posting"
    : "ties_out";
}

/** Exported money by what is known of its lines; each line's amount is in one place. */
function moneyOf(
  { differences, keys }: TieOut,
  projects: readonly { readonly waiting: Cents; readonly held: Cents }[],
): Report["money"] {
  const ofLines = differences.filter(({ line_no }) => line_no !== null);
  const sum = (which: (one: TieOutDifference) => boolean) =>
    sumCents(ofLines.filter(which).map(({ exported }) => exported));
  const awaiting = sum(({ state }) => isOpen(state));
  const accepted = sum(({ state }) => state === "accepted_difference");
  const differing = sum(() => true) - awaiting - accepted;
  const exported = sumCents(keys.map((key) => key.exported));
  return {
    waiting: sumCents(projects.map((project) => project.waiting)),
    held: sumCents(projects.map((project) => project.held)),
    awaiting_posting: awaiting,
    differing: differing,
    accepted_difference: accepted,
    posted: exported - awaiting - differing - accepted,
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

const ageOf = ({ since }: TieOutDifference, today: Day): number => Math.max(0, daysBetween(since, today));

/** 0–7, 8–30, 31 and more days. */
export const bucketOf = (days: number): AgeBucket => (days <= 7 ? "0-7" : days <= 30 ? "8-30" : "31+");

function openByAge(differences: readonly TieOutDifference[], today: Day): Report["open_by_age"] {
  const aged = differences
    .filter(({ state }) => state !== "accepted_difference")
    .map((one) => ({ one, bucket: bucketOf(ageOf(one, today)) }));
  return AGE_BUCKETS.map((days) => {
    const inBucket = aged.filter(({ bucket }) => bucket === days).map(({ one }) => one);
    const waiting = inBucket.filter(({ state }) => isOpen(state));
    const differing = inBucket.filter(({ state }) => !isOpen(state));
    const amount = (all: readonly TieOutDifference[]) =>
      sumCents(all.map(({ difference }) => absCents(difference)));
    return {
      days,
      waiting: { lines: waiting.length, amount: amount(waiting) },
      differing: { lines: differing.length, amount: amount(differing) },
    };
  });
}

function acceptedDifferences(
  tieOut: TieOut,
  accepted: readonly AcceptedDifference[],
): Report["accepted_differences"] {
  const now = new Map(tieOut.differences.map((one) => [`${one.batch_id} ${one.line_no}`, one]));
  return accepted.map((one) => ({
    batch_id: one.batchId,
    line_no: one.lineNo,
    kind: one.line.kind,
    ...keyFields(one.line.key),
    state_then: one.state,
    exported: one.exportedCents,
    posted_then: one.postedCents,
    // A line that is in no difference any more is posted as it was exported.
    posted_now: now.get(`${one.batchId} ${one.lineNo}`)?.posted ?? one.exportedCents,
    reason: one.reason,
    actor: one.actor,
    accepted_at: one.acceptedAt,
  }));
}
