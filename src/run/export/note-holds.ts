import type { CompanyContext } from "../../context.ts";
import { groupBy } from "../../core/group-by.ts";
import type { Hold } from "../../core/holds.ts";
import { joinKey } from "../../core/key.ts";
import { documentKey } from "../../core/plan/types.ts";
import type { StagedDocument } from "../../core/staged.ts";
import { dayIn, toTimestamp } from "../../core/time.ts";
import { tellAudit } from "../../journal/audit-chain.ts";
import { type DocumentReason, newReasons, setReasons } from "../../journal/document-reasons.ts";
import { endHolds, insertHolds, type OpenHold, readOpenHolds } from "../../journal/holds.ts";
import { withinLease } from "../../journal/lease.ts";

/** Characters of a value that are kept: long enough to be recognised. */
const VALUE_LENGTH = 400;

/** What is not told of a line may have several causes of one rule and value: keys that come to the same sum. */
const identityOf = (hold: Hold): string =>
  joinKey(
    documentKey(hold),
    hold.stagingLineId ?? "",
    hold.field,
    hold.value.slice(0, VALUE_LENGTH),
    hold.rule,
    hold.stagingLineId === null ? hold.message : "",
  );

/** Since when a cause has held its document, as the journal has it; null where no export has seen it yet. */
export function heldSince(open: readonly OpenHold[]): (hold: Hold) => string | null {
  const since = new Map(open.map((hold) => [identityOf(hold), hold.beganAt]));
  return (hold) => since.get(identityOf(hold)) ?? null;
}

/**
 * Compares what is held now with what the journal has: new causes begin, causes that are gone end, both as audit
 * events; and words for each accepted document why it waits. `stillAccepted` are the documents that stay accepted.
 */
export async function recordHolds(
  context: CompanyContext,
  holds: readonly Hold[],
  waiting: ReadonlyMap<string, string>,
  stillAccepted: readonly StagedDocument[],
  /** Whether it is known what holds a document: other holds stay as they are. */
  isKnown: (hold: Hold) => boolean,
): Promise<void> {
  const { db, names, clock, company } = context;
  const now = holds.map((hold) => ({ ...hold, value: hold.value.slice(0, VALUE_LENGTH) }));
  const open = await readOpenHolds(db, names, company.id);
  const openBefore = new Map(open.map((hold) => [identityOf(hold), hold]));
  const wanted = new Map(now.map((hold) => [identityOf(hold), hold]));
  const began = [...wanted].filter(([id]) => !openBefore.has(id)).map(([, hold]) => hold);
  const ended = [...openBefore]
    .filter(([id]) => !wanted.has(id))
    .map(([, hold]) => hold)
    .filter(isKnown);
  const at = toTimestamp(clock.now());
  const reasons = await newReasons(
    context,
    db,
    reasonsFor(context, stillAccepted, [...wanted.values()], openBefore, waiting, at),
  );
  if (began.length === 0 && ended.length === 0 && reasons.length === 0) return;

  await withinLease(context, async (tx) => {
    await insertHolds(context, tx, at, began);
    await endHolds(context, tx, at, ended);
    await setReasons(context, tx, reasons, at);
    if (began.length === 0 && ended.length === 0) return;
    const told = ({ document, documentId, stagingLineId, field, value, rule }: Hold) => ({
      document,
      document_id: documentId,
      staging_line_id: stagingLineId,
      field,
      value,
      rule,
    });
    await tellAudit(context, tx, at, {
      event: "holds_changed",
      subject: `${began.length} began, ${ended.length} ended`,
      details: { began: began.map(told), ended: ended.map(told) },
    });
  });
}

/** Why each document that stays accepted does so: held, waiting for another, or changed while it was exported. */
function reasonsFor(
  { timeZone }: Pick<CompanyContext, "timeZone">,
  documents: readonly StagedDocument[],
  holds: readonly Hold[],
  openBefore: ReadonlyMap<string, OpenHold>,
  waiting: ReadonlyMap<string, string>,
  at: string,
): DocumentReason[] {
  const held = groupBy(holds, documentKey);
  return documents.map((document) => {
    const causes = held.get(documentKey(document));
    const first = causes?.[0];
    if (!causes || !first) {
      const reason = waiting.get(documentKey(document)) ?? "waiting for export";
      return { document, status: "accepted", reason };
    }
    const since = causes.map((hold) => openBefore.get(identityOf(hold))?.beganAt ?? at).sort()[0] ?? at;
    const lines = new Set(causes.map((hold) => hold.stagingLineId).filter((id) => id !== null)).size;
    const count = lines === 0 ? "" : `, ${lines} ${lines === 1 ? "line" : "lines"}`;
    const reason = `held since ${dayIn(timeZone, new Date(since))}${count}: ${first.message}`;
    return { document, status: "accepted", reason };
  });
}
