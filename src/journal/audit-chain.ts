import type { CompanyContext } from "../context.ts";
import { sha256 } from "../core/sha256.ts";
import type { StagedDocument } from "../core/staged.ts";
import type { Db, Queries, Row } from "../db/db.ts";
import { cents, text } from "../db/values.ts";
import type { Names } from "../names.ts";
import type { AuditEventName } from "./audit-events.ts";
import { detailsToTell, eventTold } from "./untold.ts";

/** What is told of in the audit trail: what happened, to what, and all that an auditor would ask. */
export interface AuditFact {
  readonly event: AuditEventName;
  readonly subject: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface AuditEvent extends Omit<AuditFact, "event"> {
  readonly event: string;
  readonly company: string;
  readonly sequence: bigint;
  readonly at: string;
  readonly actor: string;
  readonly runId: string;
  readonly previousHash: string;
  readonly hash: string;
}

/** The head of a chain that has no event yet. */
export const EMPTY_CHAIN = "0".repeat(64);

/** An event as its row has it, every field as text, in the order in which the first nine are hashed. */
export interface AuditRow {
  readonly company: string;
  readonly sequence: string;
  readonly at: string;
  readonly actor: string;
  readonly run_id: string;
  readonly event: string;
  readonly subject: string;
  readonly details: string;
  readonly previous_hash: string;
  readonly hash: string;
}

/** SHA-256 over the row's fields and the hash before it, as one JSON array of texts in UTF-8. */
export function hashOfRow(row: Omit<AuditRow, "hash">): string {
  const { company, sequence, at, actor, run_id, event, subject, details, previous_hash } = row;
  const fields = [company, sequence, at, actor, run_id, event, subject, details, previous_hash];
  return sha256(JSON.stringify(fields));
}

export const auditHash = (event: Omit<AuditEvent, "hash">): string =>
  hashOfRow({
    company: event.company,
    sequence: event.sequence.toString(),
    at: event.at,
    actor: event.actor,
    run_id: event.runId,
    event: event.event,
    subject: event.subject,
    details: canonical(event.details),
    previous_hash: event.previousHash,
  });

/** JSON with money as it is stored elsewhere: bigints as text. */
export const canonical = (details: Readonly<Record<string, unknown>>): string =>
  JSON.stringify(details, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value));

/** The event that comes next on a company's chain. It is not written yet: `appendAudit` does that, last in the transaction. */
export async function nextAuditEvent(
  tx: Queries,
  names: Names,
  who: { readonly company: string; readonly at: string; readonly actor: string; readonly runId: string },
  fact: AuditFact,
): Promise<AuditEvent> {
  const head = await lastEvent(tx, names, who.company);
  const unsigned = {
    ...who,
    ...fact,
    details: { ...fact.details, ...detailsToTell(tx) },
    sequence: (head?.sequence ?? 0n) + 1n,
    previousHash: head?.hash ?? EMPTY_CHAIN,
  };
  return { ...unsigned, hash: auditHash(unsigned) };
}

/** The number of the event that comes next on a company's chain. */
export const nextSequence = async (queries: Queries, names: Names, company: string): Promise<bigint> =>
  ((await lastEvent(queries, names, company))?.sequence ?? 0n) + 1n;

export async function appendAudit(tx: Queries, names: Names, event: AuditEvent): Promise<void> {
  await tx.query(
    tx.sql.build(names.journal("audit_event")).insert({
      company: event.company,
      sequence: event.sequence.toString(),
      at: event.at,
      actor: event.actor,
      run_id: event.runId,
      event: event.event,
      subject: event.subject,
      details: canonical(event.details),
      previous_hash: event.previousHash,
      hash: event.hash,
    }),
  );
  eventTold(tx);
}

/** What an event tells of. Empty where the text is no JSON object: that its hash does not fit is told already. */
export function detailsOf(row: Pick<AuditRow, "details">): Readonly<Record<string, unknown>> {
  try {
    const details: unknown = JSON.parse(row.details);
    return typeof details === "object" && details !== null ? (details as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

type Teller = Pick<CompanyContext, "names" | "company" | "actor" | "runId">;

/** Who tells of a fact in a company's run. */
export const whoTells = ({ company, actor, runId }: Omit<Teller, "names">, at: string) => ({
  company: company.id,
  at,
  actor,
  runId,
});

/** Tells of a fact that nothing else in its transaction needs the hash of: to be called last. */
export async function tellAudit(context: Teller, tx: Queries, at: string, fact: AuditFact): Promise<void> {
  const { names } = context;
  await appendAudit(tx, names, await nextAuditEvent(tx, names, whoTells(context, at), fact));
}

/** A document in the details of an event, with who accepted it and when. */
export const acceptanceOf = ({ document, documentId, acceptedBy, acceptedAt }: StagedDocument) => ({
  document,
  document_id: documentId,
  accepted_by: acceptedBy,
  accepted_at: acceptedAt,
});

/** The hash of the newest event of a company's audit chain. */
export const headOf = async (
  queries: Queries,
  { names, company }: Pick<CompanyContext, "names" | "company">,
): Promise<string> => (await lastEvent(queries, names, company.id))?.hash ?? EMPTY_CHAIN;

async function lastEvent(
  queries: Queries,
  names: Names,
  company: string,
): Promise<{ readonly sequence: bigint; readonly hash: string } | null> {
  const [last] = await queries.query(
    queries.sql
      .build(names.journal("audit_event"))
      .where({ company })
      .orderBy("sequence", "desc")
      .limit(1)
      .select("sequence", "hash"),
  );
  return last ? { sequence: cents(last, "sequence"), hash: text(last, "hash") } : null;
}

/** A company's chain by number, from a cursor: a chain may have more events than fit in memory. */
export async function* readChain(db: Db, names: Names, company: string): AsyncGenerator<AuditRow, undefined> {
  const statement = db.sql
    .build(names.journal("audit_event"))
    .where({ company })
    .orderBy(["sequence", "hash"])
    .select();
  for await (const row of db.rows(statement)) yield readAuditRow(row);
}

const readAuditRow = (row: Row): AuditRow => ({
  company: text(row, "company"),
  sequence: text(row, "sequence"),
  at: text(row, "at"),
  actor: text(row, "actor"),
  run_id: text(row, "run_id"),
  event: text(row, "event"),
  subject: text(row, "subject"),
  details: text(row, "details"),
  previous_hash: text(row, "previous_hash"),
  hash: text(row, "hash"),
});

/** The companies that have a chain; some may be in no configuration any more. */
export async function companiesWithChain(queries: Queries, names: Names): Promise<string[]> {
  const rows = await queries.query(
    queries.sql.build(names.journal("audit_event")).distinct("company").orderBy("company"),
  );
  return rows.map((row) => text(row, "company"));
}

/** The events that a run told, in their order. */
export async function readEventsOfRun(
  queries: Queries,
  names: Names,
  run: { readonly company: string; readonly runId: string },
): Promise<AuditRow[]> {
  const rows = await queries.query(
    queries.sql
      .build(names.journal("audit_event"))
      .where({ company: run.company, run_id: run.runId })
      .orderBy("sequence")
      .select(),
  );
  return rows.map(readAuditRow);
}

/** The events of one name up to a moment, in their order. */
export async function readEventsNamed(
  queries: Queries,
  names: Names,
  which: { readonly company: string; readonly event: AuditEventName; readonly until: string },
): Promise<AuditRow[]> {
  const rows = await queries.query(
    queries.sql
      .build(names.journal("audit_event"))
      .where({ company: which.company, event: which.event })
      .where("at", "<=", which.until)
      .orderBy("sequence")
      .select(),
  );
  return rows.map(readAuditRow);
}
