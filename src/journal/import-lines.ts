import type { CompanyContext } from "../context.ts";
import { groupBy } from "../core/group-by.ts";
import {
  type BatchHeader,
  entryNames,
  type ImportLine,
  type LineSource,
  type LineStatus,
  lineIdOf,
  type TrackedLine,
} from "../core/import-line.ts";
import { type EstimateKind, joinKey, keyFields } from "../core/key.ts";
import type { Cents } from "../core/money.ts";
import type { ImportLineState } from "../core/states.ts";
import type { BatchLines } from "../core/tie-out/batch-part.ts";
import type { Db, Queries, Row } from "../db/db.ts";
import { bit, cents, integer, text, textOrNull } from "../db/values.ts";
import type { Names } from "../names.ts";
import { type Among, isAmong } from "./among.ts";
import { batchRefs } from "./batch-refs.ts";
import { eventOf, insertCovered } from "./covered.ts";
import { withEvent, writtenByRun } from "./events.ts";
import { KEY_COLUMNS, readKey } from "./key-columns.ts";
import { insertLineStates } from "./line-states.ts";
import { linesAmong } from "./lines-among.ts";
import { readSources } from "./movements.ts";
import { readEntriesBehind } from "./postings.ts";
import { projectRefs } from "./projects.ts";

/** Writes the lines of a batch that is being claimed. What comes to 0.00 has nothing to be posted: it counts as tied out. */
export async function insertImportLines(
  context: Pick<CompanyContext, "names" | "company">,
  tx: Queries,
  batchId: string,
  lines: readonly Omit<ImportLine, "sources">[],
): Promise<void> {
  const { names } = context;
  const batch = (await batchRefs(tx, names, [batchId]))(batchId);
  const event = await eventOf(context, tx);
  const refOf = await projectRefs(
    context,
    tx,
    lines.map(({ projectId }) => projectId),
  );
  await insertCovered(
    context,
    tx,
    names.journal("import_line"),
    {
      batch: "cents",
      line_no: "integer",
      project: "cents",
      kind: "text",
      ...KEY_COLUMNS,
      job_description: "text",
      extra_description: "text",
      extra_is_new: "integer",
      cost_code_description: "text",
      cost_code_is_new: "integer",
      cents: "cents",
      in_file: "integer",
      state: "text",
      state_event: "cents",
      posted_cents: "cents",
      ambiguous: "integer",
      tied_out_event: "cents",
    },
    lines.map((line) => ({
      batch,
      line_no: line.lineNo,
      project: refOf(line.projectId),
      kind: line.kind,
      ...keyFields(line.key),
      job_description: line.jobDescription,
      extra_description: line.extraDescription,
      extra_is_new: line.extraIsNew ? 1 : 0,
      cost_code_description: line.costCodeDescription,
      cost_code_is_new: line.costCodeIsNew ? 1 : 0,
      cents: line.cents,
      in_file: line.inFile ? 1 : 0,
      state: line.cents === 0n ? "posted" : "awaiting_posting",
      state_event: event,
      posted_cents: 0,
      ambiguous: 0,
      tied_out_event: line.cents === 0n ? event : null,
    })),
  );
}

/** What a reconciliation found of a line, and what was known of it before. */
export interface FoundStatus extends Pick<LineStatus, "state" | "postedCents" | "ambiguous"> {
  readonly batchId: string;
  readonly lineNo: number;
  readonly before: LineStatus;
}

/** Writes what is known of lines now: as a row of its own, and as a copy of it beside the line, to be looked up. */
export async function updateLineStatuses(
  context: Pick<CompanyContext, "names" | "company">,
  tx: Queries,
  lines: readonly FoundStatus[],
): Promise<void> {
  if (lines.length === 0) return;
  const refOf = await batchRefs(
    tx,
    context.names,
    lines.map(({ batchId }) => batchId),
  );
  const event = await eventOf(context, tx);
  const found = lines.map((line) => ({
    batch: refOf(line.batchId),
    line_no: line.lineNo,
    state: line.state,
    posted_cents: line.postedCents,
    ambiguous: line.ambiguous ? 1 : 0,
    ...(line.state === line.before.state ? {} : { state_event: event }),
    ...(line.state === "posted" && line.before.tiedOutAt === null ? { tied_out_event: event } : {}),
  }));
  await insertLineStates(context, tx, found);
  for (const group of groupBy(found, (row) => Object.keys(row).join()).values()) {
    const [row] = group;
    await tx.update(context.names.journal("import_line"), {
      keys: { batch: "cents", line_no: "integer" },
      columns: {
        ...{ state: "text", posted_cents: "cents", ambiguous: "integer" },
        ...(row && "state_event" in row ? { state_event: "cents" } : {}),
        ...(row && "tied_out_event" in row ? { tied_out_event: "cents" } : {}),
      },
      rows: group,
    });
  }
}

const readLineStatus = (row: Row): LineStatus => ({
  state: text(row, "state") as ImportLineState,
  stateSince: text(row, "state_since"),
  postedCents: cents(row, "posted_cents"),
  ambiguous: bit(row, "ambiguous"),
  tiedOutAt: textOrNull(row, "tied_out_at"),
});

const readImportLine = (row: Row, sources: readonly LineSource[]): ImportLine => ({
  lineNo: integer(row, "line_no"),
  kind: text(row, "kind") as EstimateKind,
  projectId: text(row, "project_id"),
  projectNumber: text(row, "project_number"),
  projectName: text(row, "project_name"),
  key: readKey(row),
  jobDescription: text(row, "job_description"),
  extraDescription: text(row, "extra_description"),
  extraIsNew: bit(row, "extra_is_new"),
  costCodeDescription: text(row, "cost_code_description"),
  costCodeIsNew: bit(row, "cost_code_is_new"),
  cents: cents(row, "cents"),
  inFile: bit(row, "in_file"),
  sources,
});

/** A batch's lines in their order, each with its sources and what is known of it. */
export async function readLinesOfBatch(
  queries: Queries,
  names: Names,
  { batchId, company }: { readonly batchId: string; readonly company: string },
): Promise<{ readonly line: ImportLine; readonly status: LineStatus }[]> {
  const sources = await readSources(queries, names, { batch_id: batchId });
  const rows = await queries.query(
    wholeLines(queries, names, company).where("b.batch_id", batchId).orderBy("l.line_no"),
  );
  return rows.map((row) => ({
    line: readImportLine(row, sources.get(lineIdOf(batchId, integer(row, "line_no"))) ?? []),
    status: readLineStatus(row),
  }));
}

const wholeLines = (queries: Queries, names: Names, company: string, among?: Among) => {
  const since = withEvent(
    linesAmong(queries, names, company, among),
    names,
    "l.state_event",
    "b.company",
    "s",
  );
  return withEvent(since, names, "l.tied_out_event", "b.company", "t").select(
    ...["l.*", "p.project_id", "p.project_number", "p.project_name", "b.batch_id"],
    ...["s.at as state_since", "t.at as tied_out_at"],
  );
};

/**
 * A company's import lines in batch and line order, each with its sources and what was known of it: those of some
 * jobs or projects, or all of them.
 */
export async function readTrackedLines(
  db: Db,
  names: Names,
  company: string,
  batches: readonly BatchHeader[],
  among?: Among,
): Promise<TrackedLine[]> {
  const byId = new Map(batches.map((batch) => [batch.batchId, batch]));
  const sources = await readSources(db, names, { company }, among);
  const entries = await readEntriesBehind(db, names, company, among);
  const isWanted = isAmong(among);
  const tracked: TrackedLine[] = [];
  for await (const row of db.rows(wholeLines(db, names, company, among))) {
    const batch = byId.get(text(row, "batch_id"));
    // A batch claimed after the batches were read belongs to the next reconciliation.
    if (!batch || !isWanted({ job: text(row, "job"), projectId: text(row, "project_id") })) continue;
    const id = lineIdOf(batch.batchId, integer(row, "line_no"));
    tracked.push({
      batch,
      line: readImportLine(row, sources.get(id) ?? []),
      status: readLineStatus(row),
      entries: entryNames(entries.get(id) ?? []),
    });
  }
  return tracked.sort((a, b) => a.batch.number - b.batch.number || a.line.lineNo - b.line.lineNo);
}

/** What a company's lines come to, by state and kind. */
export interface LinesInState {
  readonly state: ImportLineState;
  readonly kind: EstimateKind;
  readonly count: number;
  readonly cents: Cents;
  readonly postedCents: Cents;
}

export async function readLineStates(
  queries: Queries,
  names: Names,
  company: string,
): Promise<LinesInState[]> {
  const rows = await queries.query(
    linesAmong(queries, names, company)
      .groupBy("l.state", "l.kind")
      .select("l.state", "l.kind")
      .count("* as n")
      .sum("l.cents as total")
      .sum("l.posted_cents as posted"),
  );
  return rows.map((row) => ({
    state: text(row, "state") as ImportLineState,
    kind: text(row, "kind") as EstimateKind,
    count: integer(row, "n"),
    cents: cents(row, "total"),
    postedCents: cents(row, "posted"),
  }));
}

/** Lines of a batch that are alike, counted. */
export interface LineGroup {
  readonly batchId: string;
  readonly projectNumber: string;
  readonly kind: EstimateKind;
  readonly state: ImportLineState;
  readonly isTiedOut: boolean;
  readonly lines: number;
  readonly cents: Cents;
}

/** The lines of one batch, or of all of a company's, in groups: in the order of each group's first line. */
export async function readLineGroups(
  queries: Queries,
  names: Names,
  which: { readonly batch_id: string } | { readonly company: string },
): Promise<LineGroup[]> {
  const { build } = queries.sql;
  const tied = build.raw("case when l.tied_out_event is null then 0 else 1 end");
  const part = ["b.batch_id", "p.project_number", "l.kind", "l.state"];
  const rows = await queries.query(
    build(`${names.journal("import_line")} as l`)
      .join(`${names.journal("batch")} as b`, "b.id", "l.batch")
      .join(`${names.journal("project")} as p`, "p.id", "l.project")
      .where("batch_id" in which ? { "b.batch_id": which.batch_id } : { "b.company": which.company })
      .groupBy([...part, tied])
      .orderBy("first_line")
      .select(part)
      .select(
        build.raw("? as is_tied_out", [tied]),
        build.raw("count(*) as line_count"),
        build.raw("sum(l.cents) as total"),
        build.raw("min(l.line_no) as first_line"),
      ),
  );
  return rows.map((row) => ({
    batchId: text(row, "batch_id"),
    projectNumber: text(row, "project_number"),
    kind: text(row, "kind") as EstimateKind,
    state: text(row, "state") as ImportLineState,
    isTiedOut: bit(row, "is_tied_out"),
    lines: integer(row, "line_count"),
    cents: cents(row, "total"),
  }));
}

/** A batch's lines added up by kind and state, with its jobs, and its project numbers as their first lines come. */
export async function readBatchLines(
  queries: Queries,
  names: Names,
  batchId: string,
): Promise<{
  readonly projects: readonly string[];
  readonly jobs: readonly string[];
  readonly lines: readonly (BatchLines & { readonly inFile: number; readonly toBePosted: number })[];
}> {
  const { build } = queries.sql;
  const own = () =>
    build(`${names.journal("import_line")} as l`)
      .join(`${names.journal("batch")} as b`, "b.id", "l.batch")
      .where("b.batch_id", batchId);
  const projects = await queries.query(
    own()
      .join(`${names.journal("project")} as p`, "p.id", "l.project")
      .groupBy("p.project_number")
      .orderBy("first_line")
      .select("p.project_number")
      .min("l.line_no as first_line"),
  );
  const jobs = await queries.query(own().distinct("l.job").orderBy("l.job"));
  const lines = await queries.query(
    own()
      .groupBy("l.kind", "l.state")
      .orderBy(["l.kind", "l.state"])
      .select("l.kind", "l.state")
      .select(
        build.raw("count(*) as line_count"),
        build.raw("sum(l.in_file) as in_file"),
        build.raw("sum(case when l.in_file = 1 and l.cents <> 0 then 1 else 0 end) as to_be_posted"),
      )
      .sum("l.cents as exported")
      .sum("l.posted_cents as posted"),
  );
  const sources = await queries.query(
    own()
      .join(`${names.journal("movement")} as m`, (on) =>
        on.on("m.batch", "l.batch").andOn("m.line_no", "l.line_no"),
      )
      .where({ "m.from_account": "accepted", "m.to_account": "claimed" })
      .groupBy("l.kind", "l.state")
      .select("l.kind", "l.state")
      .sum("m.cents as accepted"),
  );
  const group = (row: Row) => joinKey(text(row, "kind"), text(row, "state"));
  const accepted = new Map(sources.map((row) => [group(row), cents(row, "accepted")]));
  return {
    projects: projects.map((row) => text(row, "project_number")),
    jobs: jobs.map((row) => text(row, "job")),
    lines: lines.map((row) => ({
      kind: text(row, "kind") as EstimateKind,
      state: text(row, "state") as ImportLineState,
      lines: integer(row, "line_count"),
      inFile: integer(row, "in_file"),
      toBePosted: integer(row, "to_be_posted"),
      accepted: accepted.get(group(row)) ?? 0n,
      exported: cents(row, "exported"),
      posted: cents(row, "posted"),
    })),
  };
}

/** How many import lines some jobs have; one that has none is not there. */
export async function countLines(
  queries: Queries,
  names: Names,
  company: string,
  jobs: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await queries.query(
    linesAmong(queries, names, company, { jobs }).groupBy("l.job").select("l.job").count("* as lines"),
  );
  return new Map(rows.map((row) => [text(row, "job"), integer(row, "lines")]));
}

/** What the lines of the batches that a run claimed come to. */
export async function readClaimedByRun(
  queries: Queries,
  names: Names,
  run: { readonly company: string; readonly runId: string },
): Promise<Record<EstimateKind, Cents>> {
  const rows = await queries.query(
    writtenByRun(queries, names, run, `${names.journal("batch")} as b`, "b.event")
      .join(`${names.journal("import_line")} as l`, "l.batch", "b.id")
      .where("b.company", run.company)
      .groupBy("l.kind")
      .select("l.kind as kind")
      .sum("l.cents as total"),
  );
  const totals = { original: 0n, approved_change: 0n };
  for (const row of rows) totals[text(row, "kind") as EstimateKind] = cents(row, "total");
  return totals;
}

/** A batch of which not all entries are posted, nor closed by a person. */
export interface OpenBatch {
  readonly batchId: string;
  readonly createdAt: string;
  readonly lines: number;
  readonly settled: number;
}

/** The open batches of a project, counted by the lines that wait or waited for an entry. */
export async function readOpenBatches(
  queries: Queries,
  names: Names,
  project: { readonly company: string; readonly projectId: string },
): Promise<OpenBatch[]> {
  const { sql } = queries;
  const settled = sql.build.raw(
    "sum(case when l.tied_out_event is not null or l.state = 'accepted_difference' then 1 else 0 end) as settled",
  );
  const rows = await queries.query(
    linesAmong(queries, names, project.company, { projectIds: [project.projectId] })
      .where("l.in_file", 1)
      // A key of 0.00 may be in the file to make it exist; there is no entry of it to be posted.
      .whereNot("l.cents", 0)
      .groupBy("b.batch_id", "b.created_at")
      .orderBy("b.batch_id")
      .select("b.batch_id", "b.created_at", sql.build.raw("count(*) as lines"), settled),
  );
  return rows
    .map((row) => ({
      batchId: text(row, "batch_id"),
      createdAt: text(row, "created_at"),
      lines: integer(row, "lines"),
      settled: integer(row, "settled"),
    }))
    .filter((batch) => batch.settled < batch.lines);
}
