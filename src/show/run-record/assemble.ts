import { documentKey } from "../../core/plan/types.ts";
import type { ImportLineState } from "../../core/states.ts";
import { dayIn } from "../../core/time.ts";
import type { AuditEventName } from "../../journal/audit-events.ts";
import type { EndedRun, PulledDocument, Sight } from "../../run/records.ts";
import { acceptedControls, fileControls, postedControls } from "./controls.ts";
import type { RunInJournal } from "./read.ts";
import type { AcceptedDocument, Fate, RunRecord } from "./schema.ts";

/**
 * Puts a run's record together from what it said, what it saw and what it left in the journal. Pure.
 * @param journal null where the journal could not be read
 */
export function assembleRunRecord(
  { run, command, startedAt, endedAt, result: { error, notices }, sight }: EndedRun,
  journal: RunInJournal | null,
): RunRecord {
  const accepted = acceptedDocuments(sight, journal?.sent ?? []);
  return {
    schema: "tieout/run@1",
    company: run.company.id,
    run_id: run.runId,
    command,
    actor: run.actor,
    tool_version: run.toolVersion,
    started_at: startedAt,
    ended_at: endedAt,
    day: dayIn(run.timeZone, new Date(startedAt)),
    time_zone: run.timeZone,
    outcome: error ? "failed" : "done",
    error: error && { name: error.name, message: error.message, hint: error.hint ?? "" },
    data: { copy: sight.copy ?? null, mapping: journal?.mapping ?? null },
    unfinished_runs: [...(journal?.unfinished ?? [])],
    decision: decisionOf(journal),
    accepted,
    batches: (journal?.batches ?? []).map(({ lineTotals: _totals, ...batch }) => batch),
    synced: syncedBy(journal),
    holds: journal && { ...holdsChanged(journal), current: journal.openHolds },
    lines: journal && countStates(journal.lines),
    differences: (sight.tieOut?.differences ?? []).filter(({ state }) => state !== "awaiting_posting"),
    movements: journal?.movements ?? [],
    controls: journal
      ? [
          ...(sight.pulled ? acceptedControls(accepted, journal.claimed) : []),
          ...fileControls(journal.batches),
          ...(sight.tieOut ? postedControls(sight.tieOut.sums, journal.lines) : []),
        ]
      : [],
    events: (journal?.events ?? []).map(({ details: _details, ...event }) => event),
    notices: [...notices],
    audit_head: journal?.auditHead ?? null,
  };
}

function acceptedDocuments(sight: Sight, sent: RunInJournal["sent"]): AcceptedDocument[] {
  const { pulled, held, waiting } = sight;
  const taken = new Map(
    sent.map((one): [string, Fate] => [
      documentKey(one),
      one.event === "claimed" ? "exported" : "nothing_to_send",
    ]),
  );
  const fateOf = (document: PulledDocument): Fate => {
    const key = documentKey(document);
    return taken.get(key) ?? (held?.has(key) ? "held" : waiting?.has(key) ? "waiting" : "left_for_next_run");
  };
  return (pulled ?? []).map((one) => ({
    document: one.document,
    document_id: one.documentId,
    number: one.number,
    project_number: one.projectNumber,
    kind: one.document === "budget" ? "original" : "approved_change",
    amount: one.cents,
    sent_before: one.sentBefore,
    became: fateOf(one),
  }));
}

const DECISIONS: ReadonlySet<string> = new Set<AuditEventName>([
  "baseline_recorded",
  "released",
  "difference_accepted",
]);

function decisionOf(journal: RunInJournal | null): RunRecord["decision"] {
  const event = journal?.events.find((one) => DECISIONS.has(one.event));
  if (!event) return null;
  const { reason, line } = event.details;
  return {
    event: event.event,
    subject: typeof line === "number" ? `${event.subject}, line ${line}` : event.subject,
    reason: typeof reason === "string" ? reason : "",
  };
}

/** Lists in the details of the run's events of one name. The details are this program's own words. */
const listed = <T>(journal: RunInJournal | null, event: string, list: string): T[] =>
  (journal?.events ?? [])
    .filter((one) => one.event === event)
    .flatMap(({ details }) => {
      const all = details[list];
      return Array.isArray(all) ? (all as T[]) : [];
    });

type Synced = RunRecord["synced"][number];
const syncedBy = (journal: RunInJournal | null): Synced[] =>
  [
    ...listed<Synced>(journal, "reconciled", "synced"),
    ...listed<Synced>(journal, "nothing_to_send", "documents"),
  ].map(({ document, document_id }) => ({ document, document_id }));

type Hold = NonNullable<RunRecord["holds"]>["began"][number];
const holdsChanged = (journal: RunInJournal): { began: Hold[]; ended: Hold[] } => ({
  began: listed<Hold>(journal, "holds_changed", "began"),
  ended: listed<Hold>(journal, "holds_changed", "ended"),
});

function countStates(lines: RunInJournal["lines"]): Partial<Record<ImportLineState, number>> {
  const counts: Partial<Record<ImportLineState, number>> = {};
  for (const { state, count } of lines) counts[state] = (counts[state] ?? 0) + count;
  return counts;
}
