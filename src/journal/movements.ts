import type { CompanyContext } from "../context.ts";
import { groupBy } from "../core/group-by.ts";
import { type LineSource, lineIdOf } from "../core/import-line.ts";
import { compareText, type EstimateKind, joinKey, keyFields, kindKey, type SageKey } from "../core/key.ts";
import { type Cents, sumCents } from "../core/money.ts";
import type { SentPart } from "../core/plan/types.ts";
import type { DocumentType } from "../core/staged.ts";
import type { Account } from "../core/states.ts";
import type { AcceptedAmount } from "../core/tie-out/accepted-amount.ts";
import type { Db, Queries, Row } from "../db/db.ts";
import { idSet } from "../db/row-sets.ts";
import { cents, integer, text, textOrNull } from "../db/values.ts";
import type { Names } from "../names.ts";
import { type Among, type AmongProjects, isAmong } from "./among.ts";
import { batchRefs } from "./batch-refs.ts";
import { insertCovered, tellWith } from "./covered.ts";
import { withEvent } from "./events.ts";
import { KEY_COLUMN_NAMES, KEY_COLUMNS, readKey } from "./key-columns.ts";
import { movementsAmong } from "./lines-among.ts";
import { decodeMappingRows, encodeMappingRows } from "./mapping-rows.ts";
import { projectRefs } from "./projects.ts";
import { readDocumentKey, sentDocumentRefs } from "./sent-documents.ts";

/** A part of a staging line's money that goes from one account to another. */
export interface Movement {
  readonly from: Account;
  readonly to: Account;
  readonly cents: Cents;
  readonly kind: EstimateKind;
  readonly key: SageKey;
  readonly projectId: string;
  readonly document: DocumentType;
  readonly documentId: string;
  /** null where no staging line stands behind it. */
  readonly stagingLineId: string | null;
  readonly cause: string;
  /** The import line; null where there is no batch. */
  readonly line: { readonly batchId: string; readonly lineNo: number } | null;
  readonly acceptedBy: string;
  readonly acceptedAt: string;
  readonly mappingRows: readonly string[];
}

/**
 * The only writer of movements: they are added, and never changed. What leaves `accepted` is told whole, a row for
 * each staging line; what moves on later does so by import lines.
 */
export async function insertMovements(
  context: Pick<CompanyContext, "names" | "company">,
  tx: Queries,
  movements: readonly Movement[],
): Promise<void> {
  if (movements.length === 0) return;
  const { names } = context;
  await tellWith(context, tx, { moved: movedBy(movements) });
  const isFirst = ({ from }: Movement) => from === "accepted";
  const batchOf = await batchRefs(
    tx,
    names,
    movements.flatMap(({ line }) => (line ? [line.batchId] : [])),
  );
  const isLineless = (one: Movement) => one.line === null;
  const projectOf = await projectRefs(
    context,
    tx,
    movements.filter(isLineless).map(({ projectId }) => projectId),
  );
  const isOfDocument = (one: Movement) => isFirst(one) && one.to !== "baseline";
  const documentOf = await sentDocumentRefs(
    context,
    tx,
    movements.filter(isOfDocument).map(({ projectId }) => projectId),
  );
  await insertCovered(
    context,
    tx,
    names.journal("movement"),
    {
      from_account: "text",
      to_account: "text",
      cents: "cents",
      cause: "text",
      batch: "cents",
      line_no: "integer",
      sent_document: "cents",
      staging_line_id: "text",
      mapping_rows: "text",
      project: "cents",
      kind: "text",
      ...KEY_COLUMNS,
    },
    [...movements.filter(isFirst), ...byLine(movements.filter((one) => !isFirst(one)))].map((one) => ({
      from_account: one.from,
      to_account: one.to,
      cents: one.cents,
      cause: one.cause,
      ...(one.line ? { batch: batchOf(one.line.batchId), line_no: one.line.lineNo } : {}),
      ...(isFirst(one)
        ? { staging_line_id: one.stagingLineId, mapping_rows: encodeMappingRows(one.mappingRows) }
        : {}),
      ...(isOfDocument(one) ? { sent_document: documentOf(one) } : {}),
      ...(isLineless(one)
        ? { project: projectOf(one.projectId), kind: one.kind, ...keyFields(one.key) }
        : {}),
    })),
  );
}

/** One movement for each import line in the place of those of its parts, which go together. */
const byLine = (movements: readonly Movement[]): Movement[] =>
  [
    ...groupBy(movements, ({ from, to, line }) =>
      joinKey(from, to, line ? lineIdOf(line.batchId, line.lineNo) : ""),
    ).values(),
  ].flatMap((group) =>
    group.slice(0, 1).map((one) => ({ ...one, cents: sumCents(group.map(({ cents }) => cents)) })),
  );

/** A movement as it was written down. */
export interface RecordedMovement extends Movement {
  readonly movedAt: string;
  readonly runId: string;
}

/**
 * Every move of a staging line's money, oldest first: what left `accepted`, and its part of what its import lines
 * moved on. Ids are compared exactly, whatever the database's collation.
 */
export async function readMovementsOfLine(
  queries: Queries,
  names: Names,
  stagingLineId: string,
): Promise<RecordedMovement[]> {
  const { build } = queries.sql;
  const ofEither = (column: string) =>
    build.raw("coalesce(??, ??) as ??", [`l.${column}`, `f.${column}`, column]);
  const ofDocument = (column: string) =>
    build.raw("coalesce(??, ??) as ??", [`d.${column}`, `o.${column}`, column]);
  const statement = build(`${names.journal("movement")} as f`)
    .join(`${names.journal("movement")} as m`, (on) =>
      on
        .on("m.movement_id", "f.movement_id")
        .orOn((same) =>
          same
            .on("m.batch", "f.batch")
            .andOn("m.line_no", "f.line_no")
            .andOnVal("m.from_account", "<>", "accepted"),
        ),
    )
    .leftJoin(`${names.journal("batch")} as b`, "b.id", "f.batch")
    .leftJoin(`${names.journal("import_line")} as l`, (on) =>
      on.on("l.batch", "f.batch").andOn("l.line_no", "f.line_no"),
    )
    .leftJoin(`${names.journal("sent_document")} as d`, "d.id", "f.sent_document")
    .join(`${names.journal("project")} as p`, "p.id", build.raw("coalesce(l.project, f.project)"))
    .leftJoin(`${names.journal("baseline")} as o`, (on) =>
      on.on("o.company", "p.company").andOn("o.project_id", "p.project_id"),
    )
    .where("f.staging_line_id", stagingLineId)
    .where("f.from_account", "accepted")
    .orderBy("m.movement_id");
  const rows = await queries.query(
    withEvent(statement, names, "m.event", "p.company").select(
      ...["e.at", "e.run_id", "m.from_account", "m.to_account", "m.cause"],
      ...["f.cents", "f.staging_line_id", "f.mapping_rows", "p.project_id", "b.batch_id", "f.line_no"],
      ...["kind", ...KEY_COLUMN_NAMES].map(ofEither),
      build.raw("coalesce(d.document, 'budget') as document"),
      ...["document_id", "accepted_by", "accepted_at"].map(ofDocument),
    ),
  );
  return rows.map(readMovement).filter((one) => one.stagingLineId === stagingLineId);
}

const readMovement = (row: Row): RecordedMovement => {
  const batchId = textOrNull(row, "batch_id");
  return {
    movedAt: text(row, "at"),
    runId: text(row, "run_id"),
    from: text(row, "from_account") as Account,
    to: text(row, "to_account") as Account,
    cents: cents(row, "cents"),
    kind: text(row, "kind") as EstimateKind,
    key: readKey(row),
    projectId: text(row, "project_id"),
    document: text(row, "document") as DocumentType,
    documentId: text(row, "document_id"),
    stagingLineId: textOrNull(row, "staging_line_id"),
    cause: text(row, "cause"),
    line: batchId === null ? null : { batchId, lineNo: integer(row, "line_no") },
    acceptedBy: text(row, "accepted_by"),
    acceptedAt: text(row, "accepted_at"),
    mappingRows: decodeMappingRows(text(row, "mapping_rows")),
  };
};

/** What stands behind each import line, in the order it was claimed, by `lineIdOf`. */
export async function readSources(
  queries: Queries,
  names: Names,
  which: { readonly batch_id: string } | { readonly company: string },
  among?: Among,
): Promise<Map<string, LineSource[]>> {
  const isOfBatch = "batch_id" in which;
  const statement = isOfBatch
    ? queries.sql
        .build(`${names.journal("batch")} as b`)
        .where("b.batch_id", which.batch_id)
        .join(`${names.journal("movement")} as m`, "m.batch", "b.id")
    : movementsAmong(queries, names, which.company, among);
  const rows = await queries.query(
    statement
      .join(`${names.journal("sent_document")} as d`, "d.id", "m.sent_document")
      .orderBy("m.movement_id")
      .select(
        ...["b.batch_id", "m.line_no", "d.document", "d.document_id", "d.number", "m.staging_line_id"],
        ...["m.cents", "m.cause", "d.accepted_by", "d.accepted_at", "m.mapping_rows"],
      ),
  );
  const sources = new Map<string, LineSource[]>();
  for (const row of rows) {
    const id = lineIdOf(text(row, "batch_id"), integer(row, "line_no"));
    const known = sources.get(id) ?? [];
    sources.set(id, known);
    known.push({
      document: text(row, "document") as DocumentType,
      documentId: text(row, "document_id"),
      number: text(row, "number"),
      stagingLineId: textOrNull(row, "staging_line_id"),
      cents: cents(row, "cents"),
      cause: text(row, "cause"),
      acceptedBy: text(row, "accepted_by"),
      acceptedAt: text(row, "accepted_at"),
      mappingRows: decodeMappingRows(text(row, "mapping_rows")),
    });
  }
  return sources;
}

/** A part of what left `accepted`; what came back to it counts the other way. */
interface SentMove extends SentPart {
  readonly projectId: string;
  readonly isBaseline: boolean;
}

/**
 * What left `accepted`: on import lines, and then what no import line stands for, which is opening positions and what
 * came to no difference. It is added up here and not in the database, whose collation may take two codes for one.
 */
async function* readSentMoves(
  db: Db,
  names: Names,
  company: string,
  among: Among | undefined,
): AsyncGenerator<SentMove> {
  const { build } = db.sql;
  const [projects, movements] = [`${names.journal("project")} as p`, `${names.journal("movement")} as m`];
  const lineless =
    among && "jobs" in among
      ? build(movements)
          .crossJoin(projects as never)
          .whereIn("m.job", idSet(db, among.jobs))
      : build(projects).crossJoin(movements as never);
  lineless.where("m.project", build.ref("p.id")).where("p.company", company);
  if (among && "projectIds" in among) lineless.whereIn("p.project_id", idSet(db, among.projectIds));
  const isWanted = isAmong(among);
  for (const [query, at] of [
    [movementsAmong(db, names, company, among), "l"],
    [lineless, "m"],
  ] as const) {
    const statement = query
      .where((either) => either.where("m.from_account", "accepted").orWhere("m.to_account", "accepted"))
      .select("p.project_id", ...["kind", ...KEY_COLUMN_NAMES].map((name) => `${at}.${name}`))
      .select("m.staging_line_id", "m.to_account", "m.cents", "m.cause");
    for await (const row of db.rows(statement)) {
      const move = {
        projectId: text(row, "project_id"),
        kind: text(row, "kind") as EstimateKind,
        stagingLineId: textOrNull(row, "staging_line_id"),
        key: readKey(row),
        cents: text(row, "to_account") === "accepted" ? -cents(row, "cents") : cents(row, "cents"),
        isBaseline: text(row, "cause") === "baseline",
      };
      if (isWanted({ job: move.key.job, projectId: move.projectId })) yield move;
    }
  }
}

/** What was sent of a company's projects, summed up by staging line and key. */
export async function* readSentParts(
  db: Db,
  names: Names,
  company: string,
  among?: AmongProjects,
): AsyncGenerator<SentPart & { readonly projectId: string }> {
  const parts = new Map<string, SentPart & { readonly projectId: string }>();
  for await (const { isBaseline: _, ...part } of readSentMoves(db, names, company, among)) {
    const id = joinKey(part.projectId, kindKey(part.kind, part.key), part.stagingLineId ?? "");
    parts.set(id, { ...part, cents: part.cents + (parts.get(id)?.cents ?? 0n) });
  }
  yield* parts.values();
}

/**
 * The accepted side of a tie-out, from the journal's movements: staging may have been edited the minute after the
 * claim.
 */
export const readAcceptedAmounts = (
  db: Db,
  names: Names,
  company: string,
  among?: Among,
): Promise<AcceptedAmount[]> =>
  db.reading(async () => {
    const amounts = new Map<string, AcceptedAmount>();
    for await (const { projectId, kind, key, cents, isBaseline } of readSentMoves(
      db,
      names,
      company,
      among,
    )) {
      const id = joinKey(projectId, kindKey(kind, key));
      const { baseline, claimed } = amounts.get(id) ?? { baseline: 0n, claimed: 0n };
      amounts.set(id, {
        ...{ projectId, kind, key },
        baseline: isBaseline ? baseline + cents : baseline,
        claimed: isBaseline ? claimed : claimed + cents,
      });
    }
    return [...amounts.values()];
  });

/** Projects that another company sent something of, each with that company. */
export async function readSentElsewhere(
  queries: Queries,
  names: Names,
  company: string,
  among?: AmongProjects,
): Promise<{ readonly projectId: string; readonly company: string }[]> {
  const { build } = queries.sql;
  const some = (table: string) => build(table).where("x.project", build.ref("p.id")).select(build.raw("1"));
  const statement = build(`${names.journal("project")} as p`)
    .whereNot("p.company", company)
    .where((either) =>
      either
        .whereExists(some(`${names.journal("import_line")} as x`))
        .orWhereExists(some(`${names.journal("movement")} as x`)),
    );
  if (among) statement.whereIn("p.project_id", idSet(queries, among.projectIds));
  const rows = await queries.query(statement.distinct("p.project_id", "p.company"));
  return rows
    .map((row) => ({ projectId: text(row, "project_id"), company: text(row, "company") }))
    .filter(isAmong(among));
}

/** Documents with import lines that are neither tied out nor closed by a person, each with the batch. */
export async function readOpenDocuments(
  queries: Queries,
  names: Names,
  company: string,
  among?: AmongProjects,
): Promise<{ readonly projectId: string; readonly document: string; readonly batchId: string }[]> {
  const rows = await queries.query(
    movementsAmong(queries, names, company, among)
      .join(`${names.journal("sent_document")} as d`, "d.id", "m.sent_document")
      .whereNull("l.tied_out_event")
      .whereNot("l.state", "accepted_difference")
      .distinct("p.project_id", "d.document", "d.document_id", "b.batch_id"),
  );
  return rows
    .map((row) => ({
      projectId: text(row, "project_id"),
      document: readDocumentKey(row),
      batchId: text(row, "batch_id"),
    }))
    .filter(isAmong(among));
}

/** Money that moved from one account to another, by kind: how many moves, and what they come to. */
export interface Moved {
  readonly from: Account;
  readonly to: Account;
  readonly kind: EstimateKind;
  readonly cents: Cents;
  readonly movements: number;
}

const movedBy = (movements: readonly Movement[]): Moved[] =>
  [...groupBy(movements, ({ from, to, kind }) => joinKey(from, to, kind)).values()].flatMap((group) =>
    group.slice(0, 1).map(({ from, to, kind }) => ({
      ...{ from, to, kind },
      cents: sumCents(group.map(({ cents }) => cents)),
      movements: group.length,
    })),
  );

/** What a run moved, as the events that it told have it. */
export function movedByEvents(events: readonly Readonly<Record<string, unknown>>[]): Moved[] {
  const told = events.flatMap(({ moved }) => (Array.isArray(moved) ? (moved as Moved[]) : []));
  const groups = [...groupBy(told, ({ from, to, kind }) => joinKey(from, to, kind))];
  return groups
    .toSorted(([a], [b]) => compareText(a, b))
    .flatMap(([, group]) =>
      group.slice(0, 1).map(({ from, to, kind }) => ({
        ...{ from, to, kind },
        cents: sumCents(group.map(({ cents }) => BigInt(cents))),
        movements: group.reduce((sum, { movements }) => sum + movements, 0),
      })),
    );
}
