import type { CompanyContext } from "../context.ts";
import type { Hold, HoldRuleName } from "../core/holds.ts";
import type { DocumentType } from "../core/staged.ts";
import type { Queries, Row } from "../db/db.ts";
import { cents, integer, text, textOrNull } from "../db/values.ts";
import type { Names } from "../names.ts";
import { eventOf, insertCovered, noteCovered } from "./covered.ts";

export interface OpenHold extends Hold {
  readonly holdId: bigint;
  readonly beganAt: string;
}

/** The holds that have not ended, as the last run saw them. */
export async function readOpenHolds(queries: Queries, names: Names, company: string): Promise<OpenHold[]> {
  const rows = await queries.query(
    queries.sql
      .build(names.journal("hold"))
      .where({ company })
      .whereNull("ended_at")
      .orderBy("hold_id")
      .select(),
  );
  return rows.map(readHold);
}

/** Every hold of a staging line, past and present, oldest first. */
export async function readHoldsOfLine(
  queries: Queries,
  names: Names,
  stagingLineId: string,
): Promise<(OpenHold & { readonly endedAt: string | null })[]> {
  const rows = await queries.query(
    queries.sql
      .build(names.journal("hold"))
      .where({ staging_line_id: stagingLineId })
      .orderBy("hold_id")
      .select(),
  );
  return rows.map((row) => ({ ...readHold(row), endedAt: textOrNull(row, "ended_at") }));
}

const readHold = (row: Row): OpenHold => ({
  holdId: cents(row, "hold_id"),
  beganAt: text(row, "began_at"),
  company: text(row, "company"),
  projectId: text(row, "project_id"),
  projectNumber: text(row, "project_number"),
  document: text(row, "document") as DocumentType,
  documentId: text(row, "document_id"),
  stagingLineId: textOrNull(row, "staging_line_id"),
  field: text(row, "field"),
  value: text(row, "value"),
  rule: text(row, "rule") as HoldRuleName,
  message: text(row, "message"),
  remedy: text(row, "remedy"),
});

/** Writes down causes that began. */
export const insertHolds = (
  context: Pick<CompanyContext, "names" | "company">,
  tx: Queries,
  at: string,
  holds: readonly Hold[],
): Promise<void> =>
  insertCovered(
    context,
    tx,
    context.names.journal("hold"),
    HOLD_COLUMNS,
    holds.map((hold) => ({
      company: context.company.id,
      project_id: hold.projectId,
      document: hold.document,
      document_id: hold.documentId,
      project_number: hold.projectNumber,
      staging_line_id: hold.stagingLineId,
      field: hold.field,
      value: hold.value,
      rule: hold.rule,
      message: hold.message,
      remedy: hold.remedy,
      began_at: at,
    })),
  );

/** Notes that causes are gone. */
export async function endHolds(
  context: Pick<CompanyContext, "names" | "company">,
  tx: Queries,
  at: string,
  holds: readonly OpenHold[],
): Promise<void> {
  if (holds.length === 0) return;
  const event = await eventOf(context, tx);
  await tx.update(context.names.journal("hold"), {
    keys: { hold_id: "cents" },
    columns: { ended_at: "text", ended_event: "cents" },
    rows: holds.map(({ holdId }) => ({ hold_id: holdId, ended_at: at, ended_event: event })),
  });
  const ended = await tx.query(
    tx.sql
      .build(context.names.journal("hold"))
      .where({ company: context.company.id, ended_at: at, ended_event: event.toString() })
      .select(),
  );
  await noteCovered(context, tx, "hold.ended", ended);
}

/** The holds that there were at a moment, by project. */
export async function readHoldsAt(
  queries: Queries,
  names: Names,
  company: string,
  at: string,
): Promise<OpenHold[]> {
  const rows = await queries.query(
    queries.sql
      .build(names.journal("hold"))
      .where({ company })
      .where("began_at", "<=", at)
      .where((either) => either.whereNull("ended_at").orWhere("ended_at", ">", at))
      .orderBy(["project_number", "hold_id"])
      .select(),
  );
  return rows.map(readHold);
}

export async function countOpenHolds(queries: Queries, names: Names, company: string): Promise<number> {
  const [row] = await queries.query(
    queries.sql.build(names.journal("hold")).where({ company }).whereNull("ended_at").count("hold_id as n"),
  );
  return row ? integer(row, "n") : 0;
}

const HOLD_COLUMNS = {
  company: "text",
  project_id: "text",
  document: "text",
  document_id: "text",
  project_number: "text",
  staging_line_id: "text",
  field: "text",
  value: "text",
  rule: "text",
  message: "text",
  remedy: "text",
  began_at: "text",
} as const;
