import { type CompanyConfig, companyTimezone } from "../../config/schema.ts";
import type { Context } from "../../context.ts";
import { isAsSentBy } from "../../core/match/settlement.ts";
import { fail, type Outcome, ok } from "../../core/outcome.ts";
import { buildTieOut } from "../../core/tie-out/build.ts";
import { type Day, dayIn, toTimestamp } from "../../core/time.ts";
import { headOf } from "../../journal/audit-chain.ts";
import { readLedgers } from "../../journal/ledger.ts";
import { readAcceptedAmounts } from "../../journal/movements.ts";
import { journalProblems } from "../../journal/problems.ts";
import { readTieOut, type StoredTieOut, tieOutSha256 } from "../../journal/tie-outs.ts";
import { openSageCopy } from "../../sage/open-copy.ts";
import { copyNotices, copyResult, readHighestRun } from "../copy.ts";
import { ownStaging } from "../export/survey.ts";
import { findCompany, findingNotices, readExported } from "../reconcile/findings.ts";
import { readRejects, rejectFilesToLookAt } from "../reconcile/rejects.ts";
import { readCopy, readWholeStaging } from "../reconcile/whole.ts";
/** A tie-out as a reconciliation stored it; or as it was compared now, by no run. */
export type SeenTieOut = Omit<StoredTieOut, "runId"> & { readonly runId: string | null };

/** A company's tie-out: the last that was stored up to and including a day, or without a day the two sides now. */
export async function lookAtTieOut(
  context: Context,
  company: CompanyConfig,
  asOf: Day | undefined,
): Promise<Outcome<SeenTieOut>> {
  if (asOf === undefined) return compareNow(context, company);
  const stored = await readTieOut(context, company.id, asOf);
  if (!stored.ok) return stored;
  return stored.value ? ok(stored.value) : fail(journalProblems.tie_out_missing(company.id, asOf));
}

/** Compares the two sides as a reconciliation does, and changes nothing. */
async function compareNow(context: Context, company: CompanyConfig): Promise<Outcome<SeenTieOut>> {
  const { db, names, clock, config, signal } = context;
  const timeZone = companyTimezone(config, company);
  const own = { ...context, company, timeZone };
  const opened = await openSageCopy(company.sage, context);
  if (!opened.ok) return opened;
  const sage = opened.value;
  try {
    const copy = await readCopy(sage, signal);
    if (!copy.ok) return copy;
    const staging = ownStaging(await readWholeStaging(own), company.id);
    const exported = await readExported(own);
    const rejects = await readRejects(own, exported.lines, async () => undefined);
    const findings = await findCompany(own, copy.value, exported, rejects.rejectedAt);
    const ledgers = await readLedgers(db, names, company.id);
    const previous = await readTieOut(context, company.id);
    const now = clock.now();
    const day = dayIn(timeZone, now);
    const tieOut = buildTieOut({
      ...findings,
      ...staging,
      copy: copyResult(copy.value),
      notices: [
        ...copyNotices(copy.value, await readHighestRun(context, company.id)),
        ...rejects.problems.map(({ message, hint }) => `${message} ${hint}`),
        ...findingNotices(findings),
      ],
      rejectFiles: rejectFilesToLookAt(rejects),
      changedSinceExport: staging.documents.filter(
        (document) =>
          document.status === "exported" &&
          !isAsSentBy(ledgers.get(document.projectId)?.sentContents ?? new Map())(document),
      ),
      accepted: await readAcceptedAmounts(db, names, company.id),
      today: day,
      timeZone,
      previous: previous.ok ? (previous.value?.tieOut ?? null) : null,
    });
    return ok({
      runId: null,
      at: toTimestamp(now),
      day,
      sha256: tieOutSha256(tieOut),
      auditHead: await headOf(db, own),
      tieOut,
    });
  } finally {
    await sage.db.close();
  }
}
