import type { Baseline } from "../baseline.ts";
import { groupBy } from "../group-by.ts";
import { type BatchHeader, lineId, lineIdOf } from "../import-line.ts";
import { ESTIMATE_KINDS, type EstimateKind, keyFields, type SageKey } from "../key.ts";
import type { LineFinding } from "../match/match-lines.ts";
import { type Cents, parseMoney, sumCents } from "../money.ts";
import { documentKey } from "../plan/types.ts";
import type { SageEntry } from "../sage.ts";
import type { StagedDocument, StagedProject } from "../staged.ts";
import type { DifferenceState, ImportLineState } from "../states.ts";
import { type Day, dayIn } from "../time.ts";
import type { AcceptedAmount } from "./accepted-amount.ts";
import { projectNumbersByJob, tieOutKeys } from "./keys.ts";
import type { MasterTotals } from "./master-totals.ts";
import type { Recognition } from "./recognise.ts";
import type { Sides, TieOut, TieOutBatch, TieOutDifference, TieOutProject } from "./schema.ts";

export interface TieOutInput {
  readonly copy: TieOut["copy"];
  readonly notices: readonly string[];
  readonly lines: readonly LineFinding[];
  readonly unexpected: readonly SageEntry[];
  readonly totals: MasterTotals;
  readonly recognitions: readonly Recognition[];
  readonly rejectFiles: TieOut["reject_files"];
  readonly changedSinceExport: readonly StagedDocument[];
  readonly accepted: readonly AcceptedAmount[];
  readonly baselines: readonly Baseline[];
  readonly batches: readonly BatchHeader[];
  readonly projects: readonly StagedProject[];
  readonly documents: readonly StagedDocument[];
  readonly today: Day;
  readonly timeZone: string;
  /** What the last tie-out said: differences that no row of the journal dates are dated by it. */
  readonly previous: TieOut | null;
}

/** What a reconciliation found, as it is stored and reported. Pure. */
export const buildTieOut = (input: TieOutInput): TieOut => ({
  copy: input.copy,
  notices: [...input.notices],
  keys: tieOutKeys(input),
  differences: differencesOf(input),
  recognitions: input.recognitions.map(({ name, batchId, kind, lineNos, message, remedy }) => ({
    ...{ name, kind, message, remedy },
    batch_id: batchId,
    line_nos: [...lineNos],
  })),
  reject_files: [...input.rejectFiles],
  projects: projectsOf(input),
  batches: batchesOf(input),
});

function differencesOf(input: TieOutInput): TieOutDifference[] {
  const { lines, today, timeZone } = input;
  const recognisedLines = new Map(
    input.recognitions.flatMap(({ name, batchId, lineNos }) =>
      lineNos.map((lineNo) => [lineIdOf(batchId, lineNo), name] as const),
    ),
  );
  const recognisedEntries = new Map(
    input.recognitions.flatMap(({ name, entries }) => entries.map((entry) => [entry, name] as const)),
  );
  const numbers = projectNumbersByJob(input);
  const known = new Map((input.previous?.differences ?? []).map((one) => [identity(one), one.since]));
  const dated = (one: Omit<TieOutDifference, "since">): TieOutDifference => ({
    ...one,
    since: known.get(identity(one)) ?? today,
  });
  const ofKey = (kind: EstimateKind, key: SageKey) => ({
    ...{ batch_id: null, line_no: null, project_number: numbers.get(key.job) ?? "", kind },
    ...keyFields(key),
  });

  const ofLines = lines
    .filter(({ state }) => state !== "posted")
    .map((finding): TieOutDifference => {
      const { tracked, state, postedCents } = finding;
      const { line, batch, status } = tracked;
      return {
        state,
        since: sinceOf(finding, today, timeZone),
        batch_id: batch.batchId,
        line_no: line.lineNo,
        project_number: line.projectNumber,
        kind: line.kind,
        ...keyFields(line.key),
        exported: line.cents,
        posted: postedCents,
        difference: postedCents - line.cents,
        ambiguous: finding.ambiguous || status.ambiguous,
        entries: finding.entries.map(entryName),
        recognised: recognisedLines.get(lineId(tracked)) ?? null,
      };
    });
  const ofEntries = input.unexpected.map((entry) =>
    dated({
      state: "unexpected",
      ...ofKey(entry.kind, entry),
      exported: 0n,
      posted: entry.cents,
      difference: entry.cents,
      ambiguous: false,
      entries: [entryName(entry)],
      recognised: recognisedEntries.get(entry) ?? null,
    }),
  );
  const ofTotals = input.totals.differing.map(({ kind, key, total, expected }) =>
    dated({
      state: "master_total_differs",
      ...ofKey(kind, key),
      exported: expected,
      posted: total,
      difference: total - expected,
      ambiguous: false,
      entries: [],
      recognised: null,
    }),
  );
  const ofDocuments = input.changedSinceExport.flatMap((document) =>
    changedDocument(document, lines).map((one) => dated(one)),
  );
  return [...ofLines, ...ofEntries, ...ofDocuments, ...ofTotals];
}

const identity = (one: Omit<TieOutDifference, "since">): string =>
  JSON.stringify([
    one.state,
    one.batch_id,
    one.kind,
    one.job,
    one.extra,
    one.cost_code,
    one.category,
    one.entries,
  ]);

export const entryName = ({ run, sequence }: SageEntry): string => `${run}/${sequence}`;

/** What waits counts from the day it was written; what differs, from the day it was first seen to. */
function sinceOf({ tracked: { batch, status }, state }: LineFinding, today: Day, timeZone: string): Day {
  if (state === "awaiting_posting" || state === "overdue")
    return dayIn(timeZone, new Date(batch.writtenAt ?? batch.createdAt));
  return state === status.state ? dayIn(timeZone, new Date(status.stateSince)) : today;
}

/** One difference per batch and kind of a document that staging changed since its export. */
export function changedDocument(
  document: StagedDocument,
  lines: readonly LineFinding[],
): Omit<TieOutDifference, "since">[] {
  const key = documentKey(document);
  const ofDocument = lines.filter(({ tracked }) =>
    tracked.line.sources.some((source) => documentKey(source) === key),
  );
  const groups = groupBy(ofDocument, ({ tracked }) => `${tracked.batch.batchId} ${tracked.line.kind}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const exported = sumCents(group.map(({ tracked }) => tracked.line.cents));
    const posted = sumCents(group.map(({ postedCents }) => postedCents));
    const { batch, line } = first.tracked;
    return [
      {
        state: "changed_since_export" as const,
        batch_id: batch.batchId,
        line_no: null,
        project_number: line.projectNumber,
        kind: line.kind,
        ...{ job: line.key.job, extra: "", cost_code: "", category: "" },
        exported: exported,
        posted: posted,
        difference: posted - exported,
        ambiguous: false,
        entries: [],
        recognised: null,
      },
    ];
  });
}

function projectsOf(input: TieOutInput): TieOutProject[] {
  const documents = groupBy(input.documents, ({ projectId }) => projectId);
  const lines = groupBy(input.lines, ({ tracked }) => tracked.line.projectId);
  const accepted = groupBy(input.accepted, ({ projectId }) => projectId);
  // An entry that no line explains is told of under one project, also where several share its job.
  const projectOfJob = new Map([
    ...input.baselines.toReversed().map(({ job, projectId }) => [job, projectId] as const),
    ...input.accepted.toReversed().map(({ key, projectId }) => [key.job, projectId] as const),
  ]);
  const baselines = groupBy(input.baselines, ({ projectId }) => projectId);
  const unexpected = groupBy(input.unexpected, ({ job }) => projectOfJob.get(job) ?? "");
  return [...input.projects, ...projectsGone(input)]
    .filter(({ projectId }) => [documents, accepted, baselines].some((of) => of.has(projectId)))
    .sort((a, b) => (a.projectNumber < b.projectNumber ? -1 : a.projectNumber > b.projectNumber ? 1 : 0))
    .map(({ projectId, projectNumber, name }) => {
      const own = {
        lines: lines.get(projectId) ?? [],
        accepted: accepted.get(projectId) ?? [],
        unexpected: unexpected.get(projectId) ?? [],
      };
      const open = own.lines.filter(({ state }) => isOpen(state)).length;
      const originals = sidesOf("original", own);
      const changes = sidesOf("approved_change", own);
      const isEven = [originals, changes].every(
        ({ baseline, accepted: all, exported, posted, unexpected: more }) =>
          all - baseline === exported && exported === posted && more === 0n,
      );
      return {
        project_id: projectId,
        project_number: projectNumber,
        name,
        job: [
          ...new Set([
            ...own.accepted.map(({ key }) => key.job),
            ...(baselines.get(projectId) ?? []).map(({ job }) => job),
          ]),
        ]
          .sort()
          .join(", "),
        originals: showSides(originals),
        approved_changes: showSides(changes),
        open_lines: open,
        differing_lines: own.lines.filter(({ state }) => state !== "posted").length - open,
        ties_out: isEven && own.lines.every(({ state }) => state === "posted"),
        documents: (documents.get(projectId) ?? []).map((document) => ({
          document: document.document,
          document_id: document.documentId,
          number: document.number,
          title: document.title,
          erp_status: document.status ?? document.flags.erpStatus.trim(),
          accepted_by: document.acceptedBy,
          accepted_at: document.acceptedAt,
          amount: amountOf(document),
        })),
      };
    });
}

/** Projects whose row is not in staging any more: what was sent of them stands in the books all the same. */
function projectsGone({
  projects,
  lines,
  baselines,
}: TieOutInput): Pick<StagedProject, "projectId" | "projectNumber" | "name">[] {
  const staged = new Set(projects.map(({ projectId }) => projectId));
  const sent = [...lines.map(({ tracked }) => tracked.line), ...baselines];
  const numbers = new Map(sent.map(({ projectId, projectNumber }) => [projectId, projectNumber]));
  return [...numbers]
    .filter(([projectId]) => !staged.has(projectId))
    .map(([projectId, projectNumber]) => ({ projectId, projectNumber, name: "" }));
}

/** Lines that nothing is wrong with, but that they are not posted yet. */
export const isOpen = (state: DifferenceState): boolean =>
  state === "awaiting_posting" || state === "overdue";

function sidesOf(
  kind: EstimateKind,
  own: Pick<TieOutInput, "lines" | "accepted" | "unexpected">,
): Record<keyof Omit<Sides, "difference">, Cents> {
  const accepted = own.accepted.filter((one) => one.kind === kind);
  const lines = own.lines.filter(({ tracked }) => tracked.line.kind === kind);
  const baseline = sumCents(accepted.map((one) => one.baseline));
  return {
    baseline,
    accepted: baseline + sumCents(accepted.map(({ claimed }) => claimed)),
    exported: sumCents(lines.map(({ tracked }) => tracked.line.cents)),
    posted: sumCents(lines.map(({ postedCents }) => postedCents)),
    unexpected: sumCents(own.unexpected.filter((entry) => entry.kind === kind).map(({ cents }) => cents)),
  };
}

const showSides = (sides: ReturnType<typeof sidesOf>): Sides => ({
  baseline: sides.baseline,
  accepted: sides.accepted,
  exported: sides.exported,
  posted: sides.posted,
  unexpected: sides.unexpected,
  difference: sides.posted + sides.unexpected - sides.exported,
});

function amountOf({ status, lines }: StagedDocument): Cents | null {
  if (status !== "accepted" && status !== "exported") return null;
  let total: Cents = 0n;
  for (const line of lines) {
    const amount = parseMoney(line.amount);
    if (!amount.ok) return null;
    total += amount.cents;
  }
  return total;
}

function batchesOf({ batches, lines }: TieOutInput): TieOutBatch[] {
  const byBatch = groupBy(lines, ({ tracked }) => tracked.batch.batchId);
  return batches.map((batch) => {
    const own = byBatch.get(batch.batchId) ?? [];
    const sides = (kind: EstimateKind) => {
      const ofKind = own.filter(({ tracked }) => tracked.line.kind === kind);
      return {
        accepted: sumCents(
          ofKind.flatMap(({ tracked }) => tracked.line.sources.map((source) => source.cents)),
        ),
        exported: sumCents(ofKind.map(({ tracked }) => tracked.line.cents)),
        posted: sumCents(ofKind.map(({ postedCents }) => postedCents)),
      };
    };
    const [original, changes] = ESTIMATE_KINDS.map(sides);
    if (!original || !changes) throw new Error("there are two kinds of estimates");
    return {
      batch_id: batch.batchId,
      state: batch.state,
      created_at: batch.createdAt,
      written_at: batch.writtenAt,
      transaction_date: batch.transactionDate,
      projects: [...new Set(own.map(({ tracked }) => tracked.line.projectNumber))],
      manifest_sha256: batch.manifestSha256,
      lines: own.length,
      states: countStates(own),
      original,
      approved_changes: changes,
    };
  });
}

function countStates(lines: readonly LineFinding[]): Partial<Record<ImportLineState, number>> {
  const counts: Partial<Record<ImportLineState, number>> = {};
  for (const { state } of lines) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}
