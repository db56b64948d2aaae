import { groupBy } from "../group-by.ts";
import { type BatchHeader, lineId, type TrackedLine } from "../import-line.ts";
import { kindKey } from "../key.ts";
import { entryId, entryNumber, type SageEntry } from "../sage.ts";
import type { ImportLineState } from "../states.ts";
import { type Day, dayIn } from "../time.ts";
import { lineState } from "./line-state.ts";
import { matchKey } from "./match-key.ts";
import type { LineMatch, MatchEntry, Since } from "./types.ts";

/** What Sage's entries say of a line now. */
export interface LineFinding {
  readonly tracked: TrackedLine;
  readonly state: ImportLineState;
  readonly postedCents: bigint;
  readonly ambiguous: boolean;
  readonly entries: readonly SageEntry[];
  /** Its job is not in the copy any more: this is what was known before, and its entries cannot be read. */
  readonly isAsLastSeen: boolean;
}

export interface Findings {
  /** One for every line, in the order given. */
  readonly lines: readonly LineFinding[];
  /** Estimate entries that no line explains, on jobs with a batch, since then. */
  readonly unexpected: readonly SageEntry[];
  /** Jobs of lines that are not in the copy, nor any entry of theirs: what is known of their lines is not unlearned. */
  readonly jobsNotInCopy: ReadonlySet<string>;
}

/** Matches all of a company's import lines with Sage's entries, key by key. Pure. */
export function matchLines(
  lines: readonly TrackedLine[],
  entries: readonly SageEntry[],
  knownEntries: ReadonlyMap<string, number>,
  settings: {
    /** The jobs that the copy has. */
    readonly jobs: Pick<ReadonlySet<string>, "has">;
    readonly now: Date;
    readonly timeZone: string;
    readonly overdueAfterDays: number;
    /** From when on jobs with a baseline carry nothing but what is ours. */
    readonly baselines: readonly ({ readonly job: string } & Since)[];
    /** When each line was last found in a reject file, and when a person last closed its difference, by `lineId`. */
    readonly rejectedAt: ReadonlyMap<string, string>;
    readonly acceptedDifferenceAt: ReadonlyMap<string, string>;
  },
): Findings {
  const today = dayIn(settings.timeZone, settings.now);
  const since = firstOfEachJob([
    ...lines.map(({ batch, line }) => ({
      job: line.key.job,
      batchNumber: batch.number,
      day: batch.claimDay,
    })),
    ...settings.baselines,
  ]);
  const jobsWithEntries = new Set(entries.map(({ job }) => job));
  const jobsNotInCopy = new Set(
    lines
      .map(({ line }) => line.key.job)
      .filter((job) => !settings.jobs.has(job) && !jobsWithEntries.has(job)),
  );
  const entriesByKey = groupBy(entries, (entry) => kindKey(entry.kind, entry));
  const linesByKey = groupBy(lines, ({ line }) => kindKey(line.kind, line.key));
  const findings = new Map<TrackedLine, LineFinding>();
  const unexpected: SageEntry[] = [];

  for (const id of new Set([...linesByKey.keys(), ...entriesByKey.keys()])) {
    const keyLines = linesByKey.get(id) ?? [];
    const keyEntries = entriesByKey.get(id) ?? [];
    const job = keyLines[0]?.line.key.job ?? keyEntries[0]?.job ?? "";
    const byId = new Map(keyEntries.map((entry) => [entryId(entry), entry]));
    const found = (ids: readonly string[]) => ids.flatMap((one) => byId.get(one) ?? []);
    const open = keyLines.filter(({ line }) => line.cents !== 0n);
    const result = matchKey(
      open.map((tracked) => ({
        id: lineId(tracked),
        batchNumber: tracked.batch.number,
        claimDay: tracked.batch.claimDay,
        cents: tracked.line.cents,
      })),
      keyEntries.map(
        (entry): MatchEntry => ({
          id: entryId(entry),
          run: entry.run,
          sequence: entry.sequence,
          cents: entry.cents,
          stampDay: entry.stampDay,
          knownAtBatch: knownEntries.get(entryNumber(entry)) ?? null,
        }),
      ),
      since.get(job) ?? null,
    );
    for (const tracked of keyLines) {
      const match = jobsNotInCopy.has(job) ? asLastSeen(tracked) : result.lines.get(lineId(tracked));
      const state = match
        ? lineState({
            verdict: match.verdict,
            tiedOutAt: tracked.status.tiedOutAt,
            rejectedAt: settings.rejectedAt.get(lineId(tracked)) ?? null,
            acceptedDifferenceAt: settings.acceptedDifferenceAt.get(lineId(tracked)) ?? null,
            writtenDay: writtenDay(tracked.batch, settings.timeZone),
            today,
            overdueAfterDays: settings.overdueAfterDays,
          })
        : "posted";
      findings.set(tracked, {
        tracked,
        state,
        postedCents: match?.postedCents ?? 0n,
        ambiguous: match?.ambiguous ?? false,
        entries: found(match?.entries ?? []),
        isAsLastSeen: jobsNotInCopy.has(job),
      });
    }
    unexpected.push(...found(result.unexpected.map((entry) => entry.id)));
  }
  return { lines: lines.flatMap((tracked) => findings.get(tracked) ?? []), unexpected, jobsNotInCopy };
}

/**
 * Of a job that was archived out of the copy nothing can be read any more. That is no sign that an entry was
 * reversed: what the copy last said stands. Nothing is to be read of a line of 0.00, here as elsewhere.
 */
function asLastSeen({ line, status: { state, postedCents, ambiguous } }: TrackedLine): LineMatch | undefined {
  if (line.cents === 0n) return undefined;
  const verdict =
    state === "posted" || state === "posted_twice" || state === "amount_differs" ? state : "open";
  return { verdict, postedCents, ambiguous, entries: [] };
}

const writtenDay = (batch: BatchHeader, timeZone: string): Day | null =>
  batch.writtenAt === null ? null : dayIn(timeZone, new Date(batch.writtenAt));

/** The first batch or baseline of each job: from then on every estimate entry there should be ours. */
function firstOfEachJob(all: readonly ({ readonly job: string } & Since)[]): Map<string, Since> {
  const first = new Map<string, Since>();
  for (const { job, ...since } of all) {
    const known = first.get(job);
    if (!known || since.batchNumber < known.batchNumber) first.set(job, since);
  }
  return first;
}
