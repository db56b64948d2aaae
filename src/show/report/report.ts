import { join } from "node:path";
import { type CompanyConfig, companyTimezone } from "../../config/schema.ts";
import type { Context } from "../../context.ts";
import type { Problem } from "../../core/outcome.ts";
import type { Day } from "../../core/time.ts";
import { readAcceptedDifferences } from "../../journal/accepted-differences.ts";
import { readCounts } from "../../journal/tie-out-parts.ts";
import { readTieOutRoot, type TieOutRoot } from "../../journal/tie-outs.ts";
import type { CompanyResult } from "../../run/company-result.ts";
import { companiesToRun, companyProblem } from "../../run/company-run.ts";
import { lookAtTieOut, type SeenTieOut, storedTieOut } from "../../run/look/tie-out.ts";
import { TieOutAltered } from "../../run/tie-out-tree.ts";
import { assembleReport } from "./assemble.ts";
import { namesOf, ROWS_OF_A_SHEET, reportFiles } from "./files.ts";
import { readHistory } from "./history.ts";
import { reportProblems } from "./problems.ts";
import type { Report } from "./schema.ts";
import { writeReport } from "./write.ts";

export interface CompanyReport extends CompanyResult {
  readonly report: Report | null;
  /** Page, workbook, CSV of what is too much for it, and JSON, where the company has a folder of reports. */
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

/** All of `eachReport` at once. */
export async function reportAll(context: Context, options: ReportOptions = {}): Promise<ReportResult> {
  const companies: CompanyReport[] = [];
  for await (const company of eachReport(context, options)) companies.push(company);
  return { companies };
}

/**
 * Each company's tie-out, now or as a reconciliation of the past stored it, one after another; files go to its folder
 * of reports.
 */
export async function* eachReport(
  context: Context,
  options: ReportOptions = {},
): AsyncGenerator<CompanyReport, undefined> {
  for (const company of companiesToRun(context, options.company))
    yield await reportCompany(context, company, options.asOf);
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
    const looked = await lookAtTieOut(context, company, asOf);
    if (!looked.ok) return failed(looked.problem);
    const report = await reportOf(context, company, looked.value);
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
    return failed(error instanceof TieOutAltered ? error.problem : companyProblem(company, error));
  }
}

/**
 * Writes the report on a company's last reconciliation to its folder of reports, unless the one that lies there says
 * the same. The reconciliation stands whether or not that can be done.
 * @returns what stood in its way
 */
export async function writeReportOfRun(
  context: Context,
  company: CompanyConfig,
  rowsOfASheet = ROWS_OF_A_SHEET,
): Promise<Problem | null> {
  const { reports } = company;
  if (reports === null) return null;
  try {
    const root = await readTieOutRoot(context, company.id);
    if (!root.ok) return root.problem;
    if (!root.value) return null;
    const { day, last } = root.value;
    const counts = await readCounts(context.db, context.names, company.id, last);
    const rows = {
      codes: Number(counts.keys ?? 0n),
      waitingLines: Number(counts.lines_awaiting_posting ?? 0n),
    };
    const names = namesOf(reportFiles({ company: company.id, day }, rows, rowsOfASheet));
    if (await saysTheSame(context, reports, names, root.value)) return null;
    const report = await reportOf(context, company, await storedTieOut(context, company.id, root.value));
    await writeReport(context.files, company, report, rowsOfASheet);
    return null;
  } catch (error) {
    if (error instanceof TieOutAltered) return error.problem;
    return reportProblems.report_not_written(reports, error instanceof Error ? error.message : String(error));
  }
}

/**
 * Whether a day's report lies there whole and tells of this tie-out. Its JSON is written last, so that it speaks for
 * the other files too; what it was made from stands at its beginning.
 */
async function saysTheSame(
  { files }: Context,
  folder: string,
  names: readonly string[],
  { sha256, auditHead }: TieOutRoot,
): Promise<boolean> {
  const paths = names.map((name) => join(folder, name));
  const areThere = await Promise.all(paths.map((path) => files.exists(path)));
  const json = paths.at(-1);
  if (json === undefined || !areThere.every(Boolean)) return false;
  const beginning = Buffer.from(await files.readBeginning(json, 4_096)).toString("utf8");
  return (
    beginning.includes(`\n "audit_head": "${auditHead}"`) &&
    beginning.includes(`\n "tie_out_sha256": "${sha256}"`)
  );
}

/** The report on a tie-out, with what the journal knew when it was made. */
async function reportOf(
  context: Context,
  company: CompanyConfig,
  { runId, at, day, sha256, auditHead, tieOut }: SeenTieOut,
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
