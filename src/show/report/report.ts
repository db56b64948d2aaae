import { join } from "node:path";
import { type CompanyConfig, companyTimezone } from "../../config/schema.ts";
import type { Context } from "../../context.ts";
import type { Problem } from "../../core/outcome.ts";
import { buildTieOut } from "../../core/tie-out/build.ts";
import { type Day, dayIn, toTimestamp } from "../../core/time.ts";
import { readAcceptedDifferences } from "../../journal/accepted-differences.ts";
import { headOf } from "../../journal/audit-chain.ts";
import { readLedgers } from "../../journal/ledger.ts";
import { readAcceptedAmounts } from "../../journal/movements.ts";
import { journalProblems } from "../../journal/problems.ts";
import { readTieOut, type StoredTieOut, tieOutSha256 } from "../../journal/tie-outs.ts";
import type { CompanyResult } from "../../run/company-result.ts";
import { companiesToRun, companyProblem } from "../../run/company-run.ts";
import { copyNotices, copyResult, readHighestRun } from "../../run/copy.ts";
import { findCompany, findingNotices, ownStaging, readExported } from "../../run/reconcile/findings.ts";
import { readRejects, rejectFilesToLookAt } from "../../run/reconcile/rejects.ts";
import { isAsSentBy } from "../../run/reconcile/settle.ts";
import { openSageCopy } from "../../sage/open-copy.ts";
import { pausing, readCopy } from "../../sage/read-copy.ts";
import { readStaging } from "../../staging/read-staging.ts";
import { assembleReport } from "./assemble.ts";
import { readHistory } from "./history.ts";
import { reportProblems } from "./problems.ts";
import type { Report } from "./schema.ts";
import { reportFiles, writeReport } from "./write.ts";

export interface CompanyReport extends CompanyResult {
  readonly report: Report | null;
  /** Page, workbook and JSON, where the company has a folder of reports. */
  readonly files: readonly string[];
}

export interface ReportResult {
  readonly companies: readonly CompanyReport[];
}

interface ReportOptions {
  readonly company?: string | undefined;
  /** The last reconciliation up to and including this day; without it the two sides are compared now. */
  readonly asOf?: Day | undefined;
}

/** Each company's tie-out, now or as a reconciliation of the past stored it; files go to its folder of reports. */
export async function reportAll(context: Context, options: ReportOptions = {}): Promise<ReportResult> {
  const companies: CompanyReport[] = [];
  for (const company of companiesToRun(context, options.company))
    companies.push(await reportCompany(context, company, options.asOf));
  return { companies };
}

async function reportCompany(
  context: Context,
  company: CompanyConfig,
  asOf: Day | undefined,
): Promise<CompanyReport> {
  const failed = (error: Problem): CompanyReport => ({
    company: company.id,
    report: null,
    files: [],
    notices: [],
    error,
  });
  try {
    const stored = asOf === undefined ? null : await readTieOut(context, company.id, asOf);
    if (stored && !stored.ok) return failed(stored.problem);
    if (stored && !stored.value) return failed(journalProblems.tie_out_missing(company.id, asOf ?? null));
    const compared = stored?.value ?? (await compareNow(context, company));
    if ("problem" in compared) return failed(compared.problem);
    const report = await reportOf(context, company, compared);
    const files = await writeReport(context.files, company, report).catch((error: unknown) => {
      const { message, hint } = reportProblems.report_not_written(company.reports ?? "", String(error));
      return { notice: `${message} ${hint}` };
    });
    return {
      company: company.id,
      report,
      files: "notice" in files ? [] : files,
      notices: "notice" in files ? [...report.notices, files.notice] : report.notices,
      error: null,
    };
  } catch (error) {
    return failed(companyProblem(company, error));
  }
}

/**
 * Writes the report on a company's last reconciliation to its folder of reports, unless the one that lies there says
 * the same. The reconciliation stands whether or not that can be done.
 * @returns what stood in its way
 */
export async function writeReportOfRun(context: Context, company: CompanyConfig): Promise<Problem | null> {
  const { reports } = company;
  if (reports === null) return null;
  try {
    const stored = await readTieOut(context, company.id);
    if (!stored.ok) return stored.problem;
    if (!stored.value) return null;
    if (await saysTheSame(context, company.id, reports, stored.value)) return null;
    await writeReport(context.files, company, await reportOf(context, company, stored.value));
    return null;
  } catch (error) {
    return reportProblems.report_not_written(reports, error instanceof Error ? error.message : String(error));
  }
}

/**
 * Whether a day's report lies there whole and tells of this tie-out. Its JSON is written last, so that it speaks for
 * the page and the workbook too; what it was made from stands at its beginning.
 */
async function saysTheSame(
  { files }: Context,
  company: string,
  folder: string,
  { day, sha256, auditHead }: StoredTieOut,
): Promise<boolean> {
  const paths = reportFiles({ company, day }).map((name) => join(folder, name));
  const areThere = await Promise.all(paths.map((path) => files.exists(path)));
  const json = paths.at(-1);
  if (json === undefined || !areThere.every(Boolean)) return false;
  const beginning = Buffer.from((await files.read(json)).subarray(0, 4_096)).toString("utf8");
  return (
    beginning.includes(`\n "audit_head": "${auditHead}"`) &&
    beginning.includes(`\n "tie_out_sha256": "${sha256}"`)
  );
}

/** The report on a tie-out, with what the journal knew when it was made. */
export async function reportOf(
  context: Context,
  company: CompanyConfig,
  { runId, at, day, sha256, auditHead, tieOut }: Omit<StoredTieOut, "runId"> & { runId: string | null },
): Promise<Report> {
  const { db, names, config, actor, toolVersion } = context;
  const timeZone = companyTimezone(config, company);
  const accepted = await readAcceptedDifferences(db, names, company.id);
  return assembleReport(
    {
      company: company.id,
      asOf: at,
      day,
      timeZone,
      runId,
      madeBy: actor,
      toolVersion,
      auditHead,
      tieOutSha256: sha256,
    },
    tieOut,
    await readHistory(context, company.id, { at, timeZone }),
    accepted.filter(({ acceptedAt }) => acceptedAt <= at),
  );
}

/** Compares the two sides as a reconciliation does, and changes nothing. */
async function compareNow(
  context: Context,
  company: CompanyConfig,
): Promise<(Omit<StoredTieOut, "runId"> & { readonly runId: null }) | { readonly problem: Problem }> {
  const { db, names, clock, config, signal } = context;
  const timeZone = companyTimezone(config, company);
  const own = { ...context, company, timeZone };
  const opened = await openSageCopy(company.sage, context);
  if (!opened.ok) return { problem: opened.problem };
  const sage = opened.value;
  try {
    const copy = await readCopy(sage, pausing(signal));
    if (!copy.ok) return { problem: copy.problem };
    const staging = ownStaging(await readStaging(db, names), company.id);
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
    return {
      runId: null,
      at: toTimestamp(now),
      day,
      sha256: tieOutSha256(tieOut),
      auditHead: await headOf(db, own),
      tieOut,
    };
  } finally {
    await sage.db.close();
  }
}
