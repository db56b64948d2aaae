import { groupBy } from "../group-by.ts";
import { lineId, lineIdOf } from "../import-line.ts";
import { type EstimateKind, keyFields, type SageKey } from "../key.ts";
import type { LineFinding } from "../match/match-lines.ts";
import { sumCents } from "../money.ts";
import { documentKey } from "../plan/types.ts";
import type { StagedDocument } from "../staged.ts";
import type { DifferenceState } from "../states.ts";
import { type Day, dayIn } from "../time.ts";
import { entryName, entryPlace } from "./entry-names.ts";
import type { UnitInput } from "./input.ts";
import { projectNumbersByJob } from "./keys.ts";
import type { TieOutDifference } from "./schema.ts";

/** Every line that is not posted, and all that no line explains, each with the day since when it is so. */
export function differencesOf(input: UnitInput): TieOutDifference[] {
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
  const known = new Map(input.previous.map((one) => [identity(one), one.since]));
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
      recognised: recognisedEntries.get(entryPlace(entry)) ?? null,
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

/** What waits counts from the day it was written; what differs, from the day it was first seen to. */
function sinceOf({ tracked: { batch, status }, state }: LineFinding, today: Day, timeZone: string): Day {
  if (state === "awaiting_posting" || state === "overdue")
    return dayIn(timeZone, new Date(batch.writtenAt ?? batch.createdAt));
  return state === status.state ? dayIn(timeZone, new Date(status.stateSince)) : today;
}

/** One difference per batch and kind of a document that staging changed since its export. */
function changedDocument(
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

/** Lines that nothing is wrong with, but that they are not posted yet. */
export const isOpen = (state: DifferenceState): boolean =>
  state === "awaiting_posting" || state === "overdue";
