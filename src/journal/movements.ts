import type { CompanyContext } from "../context.ts";
import { groupBy } from "../core/group-by.ts";
import { type LineSource, lineIdOf } from "../core/import-line.ts";
import { type EstimateKind, keyFields, type SageKey } from "../core/key.ts";
import type { Cents } from "../core/money.ts";
import type { SentPart } from "../core/plan/types.ts";
import type { DocumentType } from "../core/staged.ts";
import type { Account } from "../core/states.ts";
import type { AcceptedAmount } from "../core/tie-out/accepted-amount.ts";
import type { Db, Queries, Row } from "../db/db.ts";
import { cents, integer, text, textOrNull } from "../db/values.ts";
import type { Names } from "../names.ts";
import { KEY_COLUMN_NAMES, KEY_COLUMNS, readKey } from "./key-columns.ts";
import { readDocumentKey, readSentNumbers } from "./sent-documents.ts";

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

/** The only writer of movements: they are added, and never changed. */
export const insertMovements = (
  { names, company, runId }: Pick<CompanyContext, "names" | "company" | "runId">,
  tx: Queries,
  at: string,
  movements: readonly Movement[],
): Promise<void> =>
  tx.insert(
    names.journal("movement"),
    {
      company: "text",
      run_id: "text",
      moved_at: "text",
      from_account: "text",
      to_account: "text",
      cents: "cents",
      kind: "text",
      ...KEY_COLUMNS,
      project_id: "text",
      document: "text",
      document_id: "text",
      staging_line_id: "text",
      cause: "text",
      batch_id: "text",
      line_no: "integer",
      accepted_by: "text",
      accepted_at: "text",
      mapping_rows: "text",
    },
    movements.map((one) => ({
      company: company.id,
      run_id: runId,
      moved_at: at,
      from_account: one.from,
      to_account: one.to,
      cents: one.cents,
      kind: one.kind,
      ...keyFields(one.key),
      project_id: one.projectId,
      document: one.document,
      document_id: one.documentId,
      staging_line_id: one.stagingLineId,
      cause: one.cause,
      batch_id: one.line?.batchId ?? null,
      line_no: one.line?.lineNo ?? null,
      accepted_by: one.acceptedBy,
      accepted_at: one.acceptedAt,
      mapping_rows: one.mappingRows.join(ROW_SEPARATOR),
    })),
  );

/** Neither file names nor row numbers hold it. */
const ROW_SEPARATOR = "; ";
const readMappingRows = (row: Row): string[] => {
  const rows = text(row, "mapping_rows");
  return rows === "" ? [] : rows.split(ROW_SEPARATOR);
};

/** A movement as it was written down. */
export interface RecordedMovement extends Movement {
  readonly movedAt: string;
  readonly runId: string;
}

/** Every move of a staging line's money, oldest first. Ids are compared exactly, whatever the database's collation. */
export async function readMovementsOfLine(
  queries: Queries,
  names: Names,
  stagingLineId: string,
): Promise<RecordedMovement[]> {
  const rows = await queries.query(
    queries.sql
      .build(names.journal("movement"))
      .where({ staging_line_id: stagingLineId })
      .orderBy("movement_id")
      .select(),
  );
  return rows.map(readMovement).filter((one) => one.stagingLineId === stagingLineId);
}

const readMovement = (row: Row): RecordedMovement => {
  const batchId = textOrNull(row, "batch_id");
  return {
    movedAt: text(row, "moved_at"),
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
    mappingRows: readMappingRows(row),
  };
};

/** What stands behind each import line, in the order it was claimed, by `lineIdOf`. */
export async function readSources(
  queries: Queries,
  names: Names,
  which: { readonly batch_id: string } | { readonly company: string },
): Promise<Map<string, LineSource[]>> {
  const numbers = await readSentNumbers(queries, names, which);
  const rows = await queries.query(
    queries.sql
      .build(names.journal("movement"))
      .where({ ...which, to_account: "claimed", from_account: "accepted" })
      .orderBy("movement_id")
      .select(),
  );
  return new Map(
    [...groupBy(rows, (row) => lineIdOf(text(row, "batch_id"), integer(row, "line_no")))].map(
      ([id, group]) => [
        id,
        group.map((row) => ({
          document: text(row, "document") as DocumentType,
          documentId: text(row, "document_id"),
          number: numbers.get(readDocumentKey(row)) ?? "",
          stagingLineId: textOrNull(row, "staging_line_id"),
          cents: cents(row, "cents"),
          cause: text(row, "cause"),
          acceptedBy: text(row, "accepted_by"),
          acceptedAt: text(row, "accepted_at"),
          mappingRows: readMappingRows(row),
        })),
      ],
    ),
  );
}

/** Whatever left `accepted`, less what came back to it; where `when` is not true, nothing. */
const sentSum = (sql: Db["sql"], as: string, when = "1 = 1") =>
  sql.build.raw(
    `sum(case when not (${when}) then 0 when from_account = 'accepted' then cents when to_account = 'accepted' then -cents else 0 end) as ${as}`,
  );
const touchesAccepted = (db: Db, names: Names, company: string) =>
  db.sql
    .build(names.journal("movement"))
    .where({ company })
    .where((either) => either.where("from_account", "accepted").orWhere("to_account", "accepted"));

/** What was sent of a company's projects, summed up by staging line and key. */
export async function* readSentParts(
  db: Db,
  names: Names,
  company: string,
): AsyncGenerator<SentPart & { readonly projectId: string }> {
  const part = ["project_id", "kind", "staging_line_id", ...KEY_COLUMN_NAMES];
  const statement = touchesAccepted(db, names, company)
    .groupBy(part)
    .select(part)
    .select(sentSum(db.sql, "sent"));
  for await (const row of db.rows(statement))
    yield {
      projectId: text(row, "project_id"),
      kind: text(row, "kind") as EstimateKind,
      stagingLineId: textOrNull(row, "staging_line_id"),
      key: readKey(row),
      cents: cents(row, "sent"),
    };
}

/**
 * The accepted side of a tie-out, from the journal's movements: staging may have been edited the minute after the
 * claim.
 */
export const readAcceptedAmounts = (
  db: Db,
  names: Names,
  company: string,
  among?: { readonly projectIds: readonly string[] },
): Promise<AcceptedAmount[]> =>
  db.reading(async () => {
    const part = ["project_id", "kind", ...KEY_COLUMN_NAMES];
    const statement = touchesAccepted(db, names, company)
      .groupBy(part)
      .select(part)
      .select(
        sentSum(db.sql, "baseline", "cause = 'baseline'"),
        sentSum(db.sql, "claimed", "cause <> 'baseline'"),
      );
    const amounts: AcceptedAmount[] = [];
    for await (const row of db.rows(statement))
      amounts.push({
        projectId: text(row, "project_id"),
        kind: text(row, "kind") as EstimateKind,
        key: readKey(row),
        baseline: cents(row, "baseline"),
        claimed: cents(row, "claimed"),
      });
    return amounts.filter(({ projectId }) => !among || among.projectIds.includes(projectId));
  });

/** Projects that another company sent something of, each with that company. */
export async function readSentElsewhere(
  queries: Queries,
  names: Names,
  company: string,
): Promise<{ readonly projectId: string; readonly company: string }[]> {
  const rows = await queries.query(
    queries.sql.build(names.journal("movement")).whereNot({ company }).distinct("project_id", "company"),
  );
  return rows.map((row) => ({ projectId: text(row, "project_id"), company: text(row, "company") }));
}

/** Documents with import lines that are neither tied out nor closed by a person, each with the batch. */
export async function readOpenDocuments(
  queries: Queries,
  names: Names,
  company: string,
): Promise<{ readonly projectId: string; readonly document: string; readonly batchId: string }[]> {
  const rows = await queries.query(
    queries.sql
      .build(`${names.journal("movement")} as v`)
      .join(`${names.journal("import_line")} as l`, (on) =>
        on.on("l.batch_id", "v.batch_id").andOn("l.line_no", "v.line_no"),
      )
      .where("v.company", company)
      .where("v.to_account", "claimed")
      .whereNull("l.tied_out_at")
      .whereNot("l.state", "accepted_difference")
      .distinct("v.project_id", "v.document", "v.document_id", "v.batch_id"),
  );
  return rows.map((row) => ({
    projectId: text(row, "project_id"),
    document: readDocumentKey(row),
    batchId: text(row, "batch_id"),
  }));
}

/** What a run moved from one account to another, by kind. */
export async function readMovedByRun(
  queries: Queries,
  names: Names,
  run: { readonly company: string; readonly runId: string },
): Promise<
  {
    readonly from: string;
    readonly to: string;
    readonly kind: EstimateKind;
    readonly cents: Cents;
    readonly movements: number;
  }[]
> {
  const part = ["from_account", "to_account", "kind"];
  const rows = await queries.query(
    queries.sql
      .build(names.journal("movement"))
      .where({ company: run.company, run_id: run.runId })
      .groupBy(part)
      .orderBy(part)
      .select(part)
      .count("movement_id as n")
      .sum("cents as total"),
  );
  return rows.map((row) => ({
    from: text(row, "from_account"),
    to: text(row, "to_account"),
    kind: text(row, "kind") as EstimateKind,
    cents: cents(row, "total"),
    movements: integer(row, "n"),
  }));
}
