import type { Context } from "../../context.ts";
import { groupBy } from "../../core/group-by.ts";
import type { MappingFile } from "../../core/mapping-set.ts";
import { formatMoney } from "../../core/money.ts";
import type { Report } from "../../core/tie-out/schema.ts";
import { type Day, dayIn } from "../../core/time.ts";
import { cents, integer, text, textOrNull } from "../../db/values.ts";

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
  const rows = await db.query(
    db.sql
      .build(names.journal("hold"))
      .where({ company })
      .where("began_at", "<=", at)
      .where((either) => either.whereNull("ended_at").orWhere("ended_at", ">", at))
      .orderBy(["project_number", "hold_id"])
      .select(),
  );
  return rows.map((row) => ({
    project_number: text(row, "project_number"),
    document: text(row, "document") as Report["holds"][number]["document"],
    document_id: text(row, "document_id"),
    staging_line_id: textOrNull(row, "staging_line_id"),
    field: text(row, "field"),
    value: text(row, "value"),
    rule: text(row, "rule"),
    message: text(row, "message"),
    remedy: text(row, "remedy"),
    began_at: text(row, "began_at"),
  }));
}

async function rejectsUntil({ db, names }: Context, company: string, at: string): Promise<Report["rejects"]> {
  const rows = await db.query(
    db.sql
      .build(names.journal("rejected_record"))
      .where({ company })
      .where("read_at", "<=", at)
      .orderBy(["read_at", "file_sha256", "record"])
      .select("file_sha256", "file_name", "read_at", "batch_id"),
  );
  return [...groupBy(rows, (row) => text(row, "file_sha256"))].map(([sha256, records]) => {
    const placed = records.filter((row) => textOrNull(row, "batch_id") !== null);
    const [first] = records;
    return {
      file_name: first ? text(first, "file_name") : "",
      file_sha256: sha256,
      read_at: first ? text(first, "read_at") : "",
      batch_id: placed[0] ? text(placed[0], "batch_id") : null,
      records: records.length,
      unplaced: records.length - placed.length,
    };
  });
}

async function baselinesUntil(
  { db, names }: Context,
  company: string,
  at: string,
): Promise<Report["baselines"]> {
  const rows = await db.query(
    db.sql
      .build(names.journal("baseline"))
      .where({ company })
      .where("recorded_at", "<=", at)
      .orderBy(["recorded_at", "project_number"])
      .select(),
  );
  return rows.map((row) => ({
    project_number: text(row, "project_number"),
    job: text(row, "job"),
    source: text(row, "source"),
    amount: formatMoney(cents(row, "cents")),
    reason: text(row, "reason"),
    actor: text(row, "actor"),
    recorded_at: text(row, "recorded_at"),
  }));
}

async function mappingsUntil(
  { db, names }: Context,
  company: string,
  at: string,
): Promise<Report["mappings"]> {
  const rows = await db.query(
    db.sql
      .build(names.journal("mapping_set"))
      .where({ company })
      .where("in_force_since", "<=", at)
      .orderBy("version", "desc")
      .limit(MAPPING_VERSIONS + 1)
      .select(),
  );
  const sets = rows.map((row) => ({
    version: integer(row, "version"),
    sha256: text(row, "sha256"),
    in_force_since: text(row, "in_force_since"),
    files: JSON.parse(text(row, "files")) as MappingFile[],
  }));
  return sets.slice(0, MAPPING_VERSIONS).map(({ files, ...set }, index) => ({
    ...set,
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
  const rows = await db.query(
    db.sql
      .build(names.journal("run"))
      .where({ company })
      .where("started_at", "<=", at)
      .where("started_at", ">", from)
      .orderBy(["started_at", "run_id"])
      .select(),
  );
  const runs = rows.map((row) => ({
    run_id: text(row, "run_id"),
    command: text(row, "command"),
    started_at: text(row, "started_at"),
    ended_at: textOrNull(row, "ended_at"),
    outcome: textOrNull(row, "outcome"),
    actor: text(row, "actor"),
  }));
  // One that has not ended may be under way still, unless another has begun after it.
  const hasFailed = (run: (typeof runs)[number]) =>
    run.outcome !== "done" && (run.outcome !== null || run !== runs.at(-1));
  const dayOf = (run: (typeof runs)[number]): Day => dayIn(timeZone, new Date(run.started_at));
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
          last_ended_at: last.ended_at,
        },
      ];
    }),
    failed: runs.filter(hasFailed).map(({ ended_at: _ended, ...run }) => run),
  };
}

/** The hashes of what was written, from the audit trail's own words. */
async function filesUntil({ db, names }: Context, company: string, at: string): Promise<History["files"]> {
  const rows = await db.query(
    db.sql
      .build(names.journal("audit_event"))
      .where({ company, event: "batch_written" })
      .where("at", "<=", at)
      .orderBy("sequence")
      .select("subject", "details"),
  );
  return new Map(
    rows.map((row) => {
      const { files } = JSON.parse(text(row, "details")) as {
        files: { readonly name: string; readonly sha256: string }[];
      };
      return [text(row, "subject"), files.filter(({ name }) => name.endsWith(".jce"))];
    }),
  );
}
