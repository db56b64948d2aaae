import type { Context } from "../../context.ts";
import { groupBy } from "../../core/group-by.ts";
import { compareText } from "../../core/key.ts";
import type { MappingFile } from "../../core/mapping-set.ts";
import { type Day, dayIn } from "../../core/time.ts";
import { readEventsNamed } from "../../journal/audit-chain.ts";
import { readBaselines } from "../../journal/baselines.ts";
import { readHoldsAt } from "../../journal/holds.ts";
import { readMappingSetsUntil } from "../../journal/mapping-sets.ts";
import { readRejectsUntil } from "../../journal/rejected-records.ts";
import { readRunsBetween } from "../../journal/runs.ts";
import { holdResult } from "../../run/hold-result.ts";
import type { Report } from "./schema.ts";

/** The parts of a report that the journal can tell for any moment that has been. */
export type History = Pick<Report, "holds" | "rejects" | "baselines" | "mappings" | "runs"> & {
  /** Each batch's files, by batch id. */
  readonly files: ReadonlyMap<string, Report["batches"][number]["files"]>;
};

/** Days of runs that a report lists, and versions of mapping files whose changes it shows. */
const RUN_DAYS = 31;
const MAPPING_VERSIONS = 10;

/** Reads what the journal knew of a company at a moment. */
export const readHistory = (
  context: Context,
  company: string,
  { at, timeZone }: { readonly at: string; readonly timeZone: string },
): Promise<History> =>
  context.db.reading(async () => ({
    holds: await holdsAt(context, company, at),
    rejects: await rejectsUntil(context, company, at),
    baselines: await baselinesUntil(context, company, at),
    mappings: await mappingsUntil(context, company, at),
    runs: await runsUntil(context, company, at, timeZone),
    files: await filesUntil(context, company, at),
  }));

async function holdsAt({ db, names }: Context, company: string, at: string): Promise<Report["holds"]> {
  return (await readHoldsAt(db, names, company, at)).map((hold) => {
    const { project_id: _id, ...told } = holdResult(hold);
    return { ...told, began_at: hold.beganAt };
  });
}

async function rejectsUntil({ db, names }: Context, company: string, at: string): Promise<Report["rejects"]> {
  return (await readRejectsUntil(db, names, company, at)).map((file) => ({
    file_name: file.fileName,
    file_sha256: file.fileSha256,
    read_at: file.readAt,
    batch_id: file.batchId,
    records: file.records,
    unplaced: file.unplaced,
  }));
}

async function baselinesUntil(
  { db, names }: Context,
  company: string,
  at: string,
): Promise<Report["baselines"]> {
  return (await readBaselines(db, names, company))
    .filter(({ recordedAt }) => recordedAt <= at)
    .sort((a, b) => compareText(a.recordedAt, b.recordedAt) || compareText(a.projectNumber, b.projectNumber))
    .map((baseline) => ({
      project_number: baseline.projectNumber,
      job: baseline.job,
      source: baseline.source,
      amount: baseline.cents,
      reason: baseline.reason,
      actor: baseline.actor,
      recorded_at: baseline.recordedAt,
    }));
}

async function mappingsUntil(
  { db, names }: Context,
  company: string,
  at: string,
): Promise<Report["mappings"]> {
  const sets = await readMappingSetsUntil(db, names, company, { until: at, most: MAPPING_VERSIONS + 1 });
  return sets.slice(0, MAPPING_VERSIONS).map(({ version, sha256, inForceSince, files }, index) => ({
    version,
    sha256,
    in_force_since: inForceSince,
    changes: changedRows(sets[index + 1]?.files ?? [], files),
  }));
}

/** Rows that one version has and the other has not, file by file; what only moved within a file has not changed. */
function changedRows(
  before: readonly MappingFile[],
  now: readonly MappingFile[],
): Report["mappings"][number]["changes"] {
  const rowsOf = (files: readonly MappingFile[], name: string): string[] =>
    files
      .find((file) => file.name === name)
      ?.text.split(/\r?\n/)
      .filter((row) => row.trim() !== "") ?? [];
  const names = [...new Set([...before, ...now].map(({ name }) => name))].sort();
  return names.flatMap((file) => {
    const [old, fresh] = [new Set(rowsOf(before, file)), new Set(rowsOf(now, file))];
    const added = [...fresh].filter((row) => !old.has(row));
    const removed = [...old].filter((row) => !fresh.has(row));
    return added.length + removed.length > 0 ? [{ file, added, removed }] : [];
  });
}

async function runsUntil(
  { db, names }: Context,
  company: string,
  at: string,
  timeZone: string,
): Promise<Report["runs"]> {
  const from = new Date(Date.parse(at) - RUN_DAYS * 86_400_000).toISOString();
  const runs = await readRunsBetween(db, names, company, { after: from, until: at });
  // One that has not ended may be under way still, unless another has begun after it.
  const hasFailed = (run: (typeof runs)[number]) =>
    run.outcome !== "done" && (run.outcome !== null || run !== runs.at(-1));
  const dayOf = (run: (typeof runs)[number]): Day => dayIn(timeZone, new Date(run.startedAt));
  return {
    by_day: [...groupBy(runs, (run) => `${dayOf(run)} ${run.command}`).values()].flatMap((group) => {
      const [first] = group;
      const last = group.at(-1);
      if (!first || !last) return [];
      return [
        {
          day: dayOf(first),
          command: first.command,
          runs: group.length,
          failed: group.filter(hasFailed).length,
          last_ended_at: last.endedAt,
        },
      ];
    }),
    failed: runs.filter(hasFailed).map(({ runId, command, startedAt, outcome, actor }) => ({
      run_id: runId,
      command,
      started_at: startedAt,
      outcome,
      actor,
    })),
  };
}

/** The hashes of what was written, from the audit trail's own words. */
async function filesUntil({ db, names }: Context, company: string, at: string): Promise<History["files"]> {
  const events = await readEventsNamed(db, names, { company, event: "batch_written", until: at });
  return new Map(
    events.map((event) => {
      const { files } = JSON.parse(event.details) as {
        files: { readonly name: string; readonly sha256: string }[];
      };
      return [event.subject, files.filter(({ name }) => name.endsWith(".jce"))];
    }),
  );
}
