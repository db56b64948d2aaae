import type { CompanyContext } from "../context.ts";
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
import { KEY_COLUMNS, readKey } from "./key-columns.ts";
import { readSources } from "./movements.ts";
import { readEntriesBehind } from "./postings.ts";

/** Writes the lines of a batch that is being claimed. What comes to 0.00 has nothing to be posted: it counts as tied out. */
export const insertImportLines = (
  { names, company }: Pick<CompanyContext, "names" | "company">,
  tx: Queries,
  batch: { readonly batchId: string; readonly at: string },
  lines: readonly Omit<ImportLine, "sources">[],
): Promise<void> =>
  tx.insert(
    names.journal("import_line"),
    {
      batch_id: "text",
      line_no: "integer",
      company: "text",
      kind: "text",
      project_id: "text",
      project_number: "text",
      project_name: "text",
      ...KEY_COLUMNS,
      job_description: "text",
      extra_description: "text",
      extra_is_new: "integer",
      cost_code_description: "text",
      cost_code_is_new: "integer",
      cents: "cents",
      in_file: "integer",
      ...STATUS_COLUMNS,
    },
    lines.map((line) => ({
      batch_id: batch.batchId,
      line_no: line.lineNo,
      company: company.id,
      kind: line.kind,
      project_id: line.projectId,
      project_number: line.projectNumber,
      project_name: line.projectName,
      ...keyFields(line.key),
      job_description: line.jobDescription,
      extra_description: line.extraDescription,
      extra_is_new: line.extraIsNew ? 1 : 0,
      cost_code_description: line.costCodeDescription,
      cost_code_is_new: line.costCodeIsNew ? 1 : 0,
      cents: line.cents,
      in_file: line.inFile ? 1 : 0,
      ...statusFields({
        state: line.cents === 0n ? "posted" : "awaiting_posting",
        stateSince: batch.at,
        postedCents: 0n,
        ambiguous: false,
        tiedOutAt: line.cents === 0n ? batch.at : null,
      }),
    })),
  );

const STATUS_COLUMNS = {
  state: "text",
  state_since: "text",
  posted_cents: "cents",
  ambiguous: "integer",
  tied_out_at: "text",
} as const;
const statusFields = (status: LineStatus) => ({
  state: status.state,
  state_since: status.stateSince,
  posted_cents: status.postedCents,
  ambiguous: status.ambiguous ? 1 : 0,
  tied_out_at: status.tiedOutAt,
});

/** Writes what is known of lines now. */
export const updateLineStatuses = (
  { names }: Pick<CompanyContext, "names">,
  tx: Queries,
  lines: readonly (LineStatus & { readonly batchId: string; readonly lineNo: number })[],
): Promise<void> =>
  tx.update(names.journal("import_line"), {
    keys: { batch_id: "text", line_no: "integer" },
    columns: STATUS_COLUMNS,
    rows: lines.map((line) => ({ batch_id: line.batchId, line_no: line.lineNo, ...statusFields(line) })),
  });

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
  batchId: string,
): Promise<{ readonly line: ImportLine; readonly status: LineStatus }[]> {
  const sources = await readSources(queries, names, { batch_id: batchId });
  const rows = await queries.query(
    queries.sql.build(names.journal("import_line")).where({ batch_id: batchId }).orderBy("line_no").select(),
  );
  return rows.map((row) => ({
    line: readImportLine(row, sources.get(lineIdOf(batchId, integer(row, "line_no"))) ?? []),
    status: readLineStatus(row),
  }));
}

/** All of a company's import lines in batch and line order, each with its sources and what was known of it. */
export async function readTrackedLines(
  db: Db,
  names: Names,
  company: string,
  batches: readonly BatchHeader[],
  among?: { readonly jobs: readonly string[] },
): Promise<TrackedLine[]> {
  const byId = new Map(batches.map((batch) => [batch.batchId, batch]));
  const sources = await readSources(db, names, { company });
  const entries = await readEntriesBehind(db, names, company);
  const tracked: TrackedLine[] = [];
  const statement = db.sql
    .build(names.journal("import_line"))
    .where({ company })
    .orderBy(["batch_id", "line_no"])
    .select();
  for await (const row of db.rows(statement)) {
    const batch = byId.get(text(row, "batch_id"));
    // A batch claimed after the batches were read belongs to the next reconciliation.
    if (!batch) continue;
    const id = lineIdOf(batch.batchId, integer(row, "line_no"));
    tracked.push({
      batch,
      line: readImportLine(row, sources.get(id) ?? []),
      status: readLineStatus(row),
      entries: entryNames(entries.get(id) ?? []),
    });
  }
  const isAmong = (one: TrackedLine) => !among || among.jobs.includes(one.line.key.job);
  return tracked
    .filter(isAmong)
    .sort((a, b) => a.batch.number - b.batch.number || a.line.lineNo - b.line.lineNo);
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
    queries.sql
      .build(names.journal("import_line"))
      .where({ company })
      .groupBy("state", "kind")
      .select("state", "kind")
      .count("line_no as n")
      .sum("cents as total")
      .sum("posted_cents as posted"),
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
  const tied = build.raw("case when tied_out_at is null then 0 else 1 end");
  const part = ["batch_id", "project_number", "kind", "state"];
  const rows = await queries.query(
    build(names.journal("import_line"))
      .where(which)
      .groupBy([...part, tied])
      .orderBy("first_line")
      .select(part)
      .select(
        build.raw("? as is_tied_out", [tied]),
        build.raw("count(*) as line_count"),
        build.raw("sum(cents) as total"),
        build.raw("min(line_no) as first_line"),
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

/** A batch's lines added up by kind and state, and its project numbers in the order of their first lines. */
export async function readBatchLines(
  queries: Queries,
  names: Names,
  batchId: string,
): Promise<{
  readonly projects: readonly string[];
  readonly jobs: readonly string[];
  readonly lines: readonly (BatchLines & { readonly toBePosted: number })[];
}> {
  const { build } = queries.sql;
  const own = () => build(names.journal("import_line")).where({ batch_id: batchId });
  const projects = await queries.query(
    own()
      .groupBy("project_number")
      .orderBy("first_line")
      .select("project_number")
      .min("line_no as first_line"),
  );
  const jobs = await queries.query(own().distinct("job").orderBy("job"));
  const lines = await queries.query(
    own()
      .groupBy("kind", "state")
      .orderBy(["kind", "state"])
      .select("kind", "state")
      .select(
        build.raw("count(*) as line_count"),
        build.raw("sum(case when in_file = 1 and cents <> 0 then 1 else 0 end) as to_be_posted"),
      )
      .sum("cents as exported")
      .sum("posted_cents as posted"),
  );
  const accepted = await acceptedByState(queries, names, batchId);
  return {
    projects: projects.map((row) => text(row, "project_number")),
    jobs: jobs.map((row) => text(row, "job")),
    lines: lines.map((row) => ({
      kind: text(row, "kind") as EstimateKind,
      state: text(row, "state") as ImportLineState,
      lines: integer(row, "line_count"),
      toBePosted: integer(row, "to_be_posted"),
      accepted: accepted.get(joinKey(text(row, "kind"), text(row, "state"))) ?? 0n,
      exported: cents(row, "exported"),
      posted: cents(row, "posted"),
    })),
  };
}

/** What was recorded as accepted for a batch's lines, by kind and state. */
async function acceptedByState(
  queries: Queries,
  names: Names,
  batchId: string,
): Promise<ReadonlyMap<string, Cents>> {
  const rows = await queries.query(
    queries.sql
      .build(`${names.journal("import_line")} as l`)
      .join(`${names.journal("movement")} as v`, (on) =>
        on.on("v.batch_id", "l.batch_id").andOn("v.line_no", "l.line_no"),
      )
      .where({ "l.batch_id": batchId, "v.from_account": "accepted", "v.to_account": "claimed" })
      .groupBy("l.kind", "l.state")
      .select("l.kind as kind", "l.state as state")
      .sum("v.cents as accepted"),
  );
  return new Map(rows.map((row) => [joinKey(text(row, "kind"), text(row, "state")), cents(row, "accepted")]));
}

/** How many lines a batch has of a kind, and what they come to. */
export interface BatchTotal {
  readonly batchId: string;
  readonly kind: EstimateKind;
  readonly lines: number;
  readonly cents: Cents;
}

export async function readBatchTotals(
  queries: Queries,
  names: Names,
  company: string,
): Promise<BatchTotal[]> {
  const rows = await queries.query(
    queries.sql
      .build(names.journal("import_line"))
      .where({ company })
      .groupBy("batch_id", "kind")
      .select("batch_id", "kind")
      .count("* as lines")
      .sum("cents as cents"),
  );
  return rows.map((row) => ({
    batchId: text(row, "batch_id"),
    kind: text(row, "kind") as EstimateKind,
    lines: integer(row, "lines"),
    cents: cents(row, "cents"),
  }));
}

/** What the lines of the batches that a run claimed come to. */
export async function readClaimedByRun(
  queries: Queries,
  names: Names,
  run: { readonly company: string; readonly runId: string },
): Promise<Record<EstimateKind, Cents>> {
  const rows = await queries.query(
    queries.sql
      .build(`${names.journal("import_line")} as l`)
      .join(`${names.journal("batch")} as b`, "b.batch_id", "l.batch_id")
      .where({ "b.company": run.company, "b.run_id": run.runId })
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
    "sum(case when l.tied_out_at is not null or l.state = 'accepted_difference' then 1 else 0 end) as settled",
  );
  const rows = await queries.query(
    sql
      .build(`${names.journal("import_line")} as l`)
      .join(`${names.journal("batch")} as b`, "b.batch_id", "l.batch_id")
      .where({ "l.company": project.company, "l.project_id": project.projectId, "l.in_file": 1 })
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
