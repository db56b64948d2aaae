import { createHash } from "node:crypto";
import type { Queries } from "../db/db.ts";
import { cents, text } from "../db/values.ts";
import type { Names } from "../names.ts";
import type { AuditEventName } from "./audit-events.ts";

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
  return createHash("sha256").update(JSON.stringify(fields), "utf8").digest("hex");
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
  const [head] = await tx.query(
    tx.sql
      .build(names.journal("audit_event"))
      .where({ company: who.company })
      .orderBy("sequence", "desc")
      .limit(1)
      .select("sequence", "hash"),
  );
  const unsigned = {
    ...who,
    ...fact,
    sequence: head ? cents(head, "sequence") + 1n : 1n,
    previousHash: head ? text(head, "hash") : EMPTY_CHAIN,
  };
  return { ...unsigned, hash: auditHash(unsigned) };
}

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
