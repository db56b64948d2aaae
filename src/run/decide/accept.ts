import type { CompanyContext } from "../../context.ts";
import { type EstimateKind, keyFields, showKey } from "../../core/key.ts";
import { countsSinceTiedOut } from "../../core/match/line-state.ts";
import { formatMoney } from "../../core/money.ts";
import { fail, type Outcome, ok } from "../../core/outcome.ts";
import type { ImportLineState } from "../../core/states.ts";
import { toTimestamp } from "../../core/time.ts";
import {
  type AcceptedDifference,
  insertAcceptedDifference,
  readAcceptedDifferences,
} from "../../journal/accepted-differences.ts";
import { tellAudit } from "../../journal/audit-chain.ts";
import { readBatch } from "../../journal/batches.ts";
import { touchJobs } from "../../journal/jobs.ts";
import { withinLease } from "../../journal/lease.ts";
import type { SageSource } from "../../sage/tables.ts";
import { runProblems } from "../problems.ts";
import { reconcileCompany } from "../reconcile/reconcile.ts";
import type { RunContext, Tell } from "../records.ts";
import { decide } from "./decide.ts";

export interface AcceptResult {
  readonly company: string;
  readonly batch_id: string;
  readonly line_no: number;
  readonly project_number: string;
  readonly kind: EstimateKind;
  readonly job: string;
  readonly extra: string;
  readonly cost_code: string;
  readonly category: string;
  readonly exported: string;
  readonly posted: string;
  /** What the line's state was. */
  readonly state: ImportLineState;
  readonly reason: string;
  readonly accepted_at: string;
  readonly actor: string;
  /** Documents that became synced by it. */
  readonly synced: readonly string[];
  readonly notices: readonly string[];
}

/** States in which there is no difference to close: Sage agrees, it was closed, or nothing is late or wrong yet. */
const NOTHING_TO_ACCEPT: ReadonlySet<ImportLineState> = new Set([
  "posted",
  "awaiting_posting",
  "accepted_difference",
]);

/**
 * Closes the difference of one import line, as the last reconciliation saw it, by a person's decision. The flags
 * follow at once: the header counts the line as settled, the line's own flag stays 0.
 */
export async function acceptDifference(
  context: RunContext,
  line: { readonly batchId: string; readonly lineNo: number },
  reason: string,
): Promise<Outcome<AcceptResult>> {
  const { db, names, config } = context;
  const batch = await readBatch(db, names, line.batchId);
  const company = config.companies.find(({ id }) => id === batch?.header.company);
  if (!batch || !company) return fail(runProblems.batch_unknown(line.batchId));
  if (!batch.statuses.has(line.lineNo))
    return fail(runProblems.batch_line_unknown(line.batchId, line.lineNo, batch.record.lines.length));
  const accepted = await decide(context, company, "accept", (own, sage, tell) =>
    accept(own, sage, tell, line, reason),
  );
  if (!accepted.ok) return accepted;
  const { result, unfollowed, notices } = accepted.value;
  const unwritten = await context.records.report(context, company);
  return ok({
    ...result,
    notices: [
      ...notices,
      ...(unfollowed
        ? [`The line was closed all the same, and its flags follow at the next reconciliation. ${unfollowed}`]
        : []),
      ...(unwritten ? [`${unwritten.message} ${unwritten.hint}`] : []),
    ],
  });
}

interface Accepted {
  readonly result: Omit<AcceptResult, "notices">;
  /** Why the flags could not follow at once: what was decided is in the journal whatever comes after. */
  readonly unfollowed: string | null;
}

async function accept(
  context: CompanyContext,
  sage: SageSource,
  tell: Tell,
  { batchId, lineNo }: { readonly batchId: string; readonly lineNo: number },
  reason: string,
): Promise<Outcome<Accepted>> {
  const { db, names, company, clock, actor } = context;
  const batch = await readBatch(db, names, batchId);
  const line = batch?.record.lines.find((one) => one.lineNo === lineNo);
  const status = batch?.statuses.get(lineNo);
  if (!line || !status) throw new Error(`line ${lineNo} of ${batchId} has gone`);
  if (NOTHING_TO_ACCEPT.has(status.state))
    return fail(runProblems.nothing_to_accept(batchId, lineNo, status.state));
  const decided = (await readAcceptedDifferences(db, names, company.id)).some(
    (one) =>
      one.batchId === batchId &&
      one.lineNo === lineNo &&
      countsSinceTiedOut(one.acceptedAt, status.tiedOutAt),
  );
  // It was, but no reconciliation has come to its end since.
  if (decided) return fail(runProblems.nothing_to_accept(batchId, lineNo, "accepted_difference"));

  const at = toTimestamp(clock.now());
  const accepted: Omit<AcceptedDifference, "line"> = {
    ...{ batchId, lineNo, reason, actor },
    state: status.state,
    exportedCents: line.cents,
    postedCents: status.postedCents,
    acceptedAt: at,
  };
  const amounts = { exported: formatMoney(line.cents), posted: formatMoney(status.postedCents) };
  await withinLease(context, async (tx) => {
    await insertAcceptedDifference(context, tx, accepted);
    await touchJobs(context, tx, [line.key.job]);
    await tellAudit(context, tx, at, {
      event: "difference_accepted",
      subject: batchId,
      details: { line: lineNo, key: showKey(line.key), state: status.state, ...amounts, reason },
    });
  });
  const after = await reconcileCompany(context, sage, tell, {});
  const result = {
    company: company.id,
    batch_id: batchId,
    line_no: lineNo,
    project_number: line.projectNumber,
    kind: line.kind,
    ...keyFields(line.key),
    ...amounts,
    state: status.state,
    reason,
    accepted_at: at,
    actor,
    synced: after.synced,
  };
  return ok({ result, unfollowed: after.error && `${after.error.message} ${after.error.hint ?? ""}`.trim() });
}
