import { type CompanyConfig, companyTimezone } from "../../config/schema.ts";
import type { Context } from "../../context.ts";
import { groupBy } from "../../core/group-by.ts";
import type { LineFinding } from "../../core/match/match-lines.ts";
import { moneyJson } from "../../core/money-json.ts";
import { fail, type Outcome, ok } from "../../core/outcome.ts";
import { countBatch, countCodes } from "../../core/tie-out/counts.ts";
import type { TieOutInParts } from "../../core/tie-out/parts.ts";
import { buildUnit } from "../../core/tie-out/unit.ts";
import { type Day, dayIn, toTimestamp } from "../../core/time.ts";
import { headOf } from "../../journal/audit-chain.ts";
import { readBatchesToTieOut } from "../../journal/batches.ts";
import { readLinesOfBatch } from "../../journal/import-lines.ts";
import { journalProblems } from "../../journal/problems.ts";
import { NO_PARTS_SUM, readPart, readParts, sumOfParts } from "../../journal/tie-out-parts.ts";
import { readTieOutRoot, rootSha256, type TieOutRoot } from "../../journal/tie-outs.ts";
import { openSageCopy } from "../../sage/open-copy.ts";
import { copyAtRest, lookAtCopy, pausing, TIE_OUT_TABLES } from "../../sage/read-copy.ts";
import type { SageSource } from "../../sage/tables.ts";
import { readOutline } from "../../staging/read-staging.ts";
import { copyNotices, copyResult } from "../copy.ts";
import { ownStaging } from "../export/survey.ts";
import { partOverlay } from "../part-overlay.ts";
import { filesTold, findBatch } from "../reconcile/batch-parts.ts";
import { differencesBefore } from "../reconcile/differences-before.ts";
import { linesOn } from "../reconcile/lines-on.ts";
import { readRejects, rejectFilesToLookAt } from "../reconcile/rejects.ts";
import { jobsToDo, unitsToDo } from "../reconcile/settle-all.ts";
import { findWork } from "../reconcile/work.ts";
import { storedParts, treeOf } from "../tie-out-tree.ts";

/** A tie-out as a reconciliation stored it; or as it was compared now, by no run. */
export interface SeenTieOut extends Pick<TieOutRoot, "at" | "day" | "sha256" | "auditHead"> {
  readonly runId: string | null;
  readonly tieOut: TieOutInParts;
}

/** A company's tie-out: the last that was stored up to and including a day, or without a day the two sides now. */
export async function lookAtTieOut(
  context: Context,
  company: CompanyConfig,
  asOf: Day | undefined,
): Promise<Outcome<SeenTieOut>> {
  if (asOf === undefined) return compareNow(context, company);
  const root = await readTieOutRoot(context, company.id, asOf);
  if (!root.ok) return root;
  return root.value
    ? ok(await storedTieOut(context, company.id, root.value))
    : fail(journalProblems.tie_out_missing(company.id, asOf));
}

/** A tie-out as it was stored. @throws TieOutAltered where a part of it is not what it was */
export async function storedTieOut(
  context: Pick<Context, "db" | "names">,
  company: string,
  root: TieOutRoot,
): Promise<SeenTieOut> {
  const { runId, at, day, sha256, auditHead } = root;
  const tieOut = await treeOf(storedParts(context, company, root), root).whole();
  return { runId, at, day, sha256, auditHead, tieOut };
}

/** Compares the two sides as a reconciliation does, and changes nothing. */
async function compareNow(context: Context, company: CompanyConfig): Promise<Outcome<SeenTieOut>> {
  const opened = await openSageCopy(company.sage, context);
  if (!opened.ok) return opened;
  try {
    return await compareWith(context, company, opened.value);
  } finally {
    await opened.value.db.close();
  }
}

async function compareWith(
  context: Context,
  company: CompanyConfig,
  sage: SageSource,
): Promise<Outcome<SeenTieOut>> {
  const { db, names, clock, config, signal } = context;
  const own = { ...context, company, timeZone: companyTimezone(config, company) };
  const look = await lookAtCopy(sage, TIE_OUT_TABLES);
  if (!look.ok) return look;
  const rejects = await readRejects(own, linesOn(own), async () => undefined);
  const staging = ownStaging(await readOutline(db, names), company.id);
  const { projectIds, ...work } = await findWork(own, staging, look.value.digests, false);
  const jobs = await jobsToDo(own, { jobs: [...new Set([...work.jobs, ...rejects.newOnJobs])], projectIds });
  const rest = jobs.length > 0 ? await copyAtRest(sage, look.value, jobs, pausing(signal)) : null;
  if (rest && !rest.ok) return rest;
  const copy = rest ? rest.value : null;
  const overlay = partOverlay();
  /** Findings that are news, by batch. */
  const news: LineFinding[] = [];
  const touched = new Set(await readBatchesToTieOut(db, names, company.id));
  try {
    for await (const units of unitsToDo(own, { jobs, projectIds }, staging, copy, rejects.rejectedAt))
      for (const unit of units) {
        const name = unit.jobs[0];
        const previous = await differencesBefore(db, names, company.id, unit.jobs);
        const { codes, projects } = buildUnit({ ...unit.found, previous }, unit.notices);
        if (name !== undefined) overlay.set("codes", name, moneyJson(codes), countCodes(codes));
        for (const job of unit.jobs.slice(1)) overlay.set("codes", job, "");
        const shown = new Map(projects.map((project) => [project.project_id, project]));
        for (const id of unit.projectIds) {
          const project = shown.get(id);
          overlay.set("project", id, project ? moneyJson(project) : "");
        }
        for (const finding of unit.found.lines) {
          touched.add(finding.tracked.batch.batchId);
          const { status } = finding.tracked;
          if (finding.state !== status.state || finding.postedCents !== status.postedCents)
            news.push(finding);
        }
      }
  } finally {
    await copy?.close();
  }
  const readCodes = async (job: string) =>
    overlay.get("codes", job) ?? (await readPart(db, names, company.id, { kind: "codes", name: job }));
  const newsOf = groupBy(news, ({ tracked }) => tracked.batch.batchId);
  const kept = readParts(db, names, company.id, { kind: "batch", last: null, findingsOnly: true });
  const told = await filesTold(kept);
  for (const batchId of [...touched].sort()) {
    const lines = () => readLinesOfBatch(db, names, { batchId, company: company.id });
    const before = told.before(batchId);
    const part = await findBatch(own, batchId, readCodes, lines, before, newsOf.get(batchId) ?? []);
    if (part) told.add(part);
    if (part) overlay.set("batch", batchId, moneyJson(part), countBatch(part));
  }

  const root = await readTieOutRoot(context, company.id);
  const before = root.ok ? root.value : null;
  const since = { last: before?.last ?? 0n, sum: before?.partsSum ?? NO_PARTS_SUM };
  const content = {
    notices: [
      ...copyNotices(look.value, before?.highestRun ?? null),
      ...rejects.problems.map(({ message, hint }) => `${message} ${hint}`),
    ],
    reject_files: rejectFilesToLookAt(rejects),
  };
  const sum = await overlay.sum(context, company.id, await sumOfParts(db, names, company.id, since));
  const now = clock.now();
  return ok({
    runId: null,
    at: toTimestamp(now),
    day: dayIn(own.timeZone, now),
    sha256: rootSha256(sum, content),
    auditHead: await headOf(db, own),
    tieOut: await treeOf(overlay.over(context, company.id), {
      ...content,
      copy: copyResult(look.value),
    }).whole(),
  });
}
