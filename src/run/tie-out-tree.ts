import type { Context } from "../context.ts";
import type { BatchPart } from "../core/tie-out/batch-part.ts";
import type { Counts } from "../core/tie-out/counts.ts";
import { sumsOfCounts } from "../core/tie-out/counts.ts";
import { areStale } from "../core/tie-out/master-totals.ts";
import type { TieOutInParts } from "../core/tie-out/parts.ts";
import { inReportOrder } from "../core/tie-out/report-order.ts";
import {
  partFromJson,
  type TieOut,
  type TieOutDifference,
  type TieOutProject,
  type TieOutRecognition,
} from "../core/tie-out/schema.ts";
import { showCodes, withoutEntries } from "../core/tie-out/show-codes.ts";
import type { TieOutSums } from "../core/tie-out/sums.ts";
import type { CodesPart, KeptRecognition } from "../core/tie-out/unit.ts";
import { journalProblems } from "../journal/problems.ts";
import type { PartKind } from "../journal/tie-out-parts.ts";
import { readCounts, readParts } from "../journal/tie-out-parts.ts";
import type { TieOutRoot } from "../journal/tie-outs.ts";

/** Where the parts of a tie-out are read from: bodies in the order of their names, and what they come to. */
export interface PartSource {
  parts(kind: PartKind, findingsOnly: boolean): AsyncIterable<string>;
  counts(): Promise<Counts>;
}

/** A part that is not what its hash says: the tie-out cannot be shown. */
export class TieOutAltered extends Error {
  readonly problem: ReturnType<typeof journalProblems.tie_out_altered>;
  constructor(company: string, { day, sha256 }: Pick<TieOutRoot, "day" | "sha256">) {
    const problem = journalProblems.tie_out_altered(company, day, sha256);
    super(problem.message);
    this.problem = problem;
  }
}

/** The parts of a stored tie-out. @throws TieOutAltered where one is not what its hash says */
export const storedParts = (
  { db, names }: Pick<Context, "db" | "names">,
  company: string,
  root: Pick<TieOutRoot, "last" | "day" | "sha256">,
): PartSource => ({
  async *parts(kind, findingsOnly) {
    for await (const { body } of readParts(db, names, company, { kind, last: root.last, findingsOnly })) {
      if (body === null) throw new TieOutAltered(company, root);
      yield body;
    }
  },
  counts: () => readCounts(db, names, company, root.last),
});

/** What needs to be told of a tie-out, whatever else is read of it. */
export interface TieOutFindings {
  /** All but lines that wait in time; those of lines first. */
  readonly differences: readonly TieOutDifference[];
  readonly recognitions: readonly TieOutRecognition[];
  readonly sums: TieOutSums;
  /** Of the jobs. */
  readonly notices: readonly string[];
}

/** A tie-out as it is read. */
export interface TieOutTree {
  findings(): Promise<TieOutFindings>;
  /** All of it, codes part by part. */
  whole(): Promise<TieOutInParts>;
}

const STALE_TOTALS =
  "The totals in JCM_MASTER__CATEGORY have not moved with a single posted entry, so the copy does not keep them up: Sage's own totals are not compared.";

/** Reads a tie-out from its parts. What is a question of whole import files, or of all jobs together, is decided here. */
export function treeOf(
  source: PartSource,
  content: Pick<TieOut, "copy" | "notices" | "reject_files">,
): TieOutTree {
  const ofWhole = async () => {
    const files: KeptRecognition[] = [];
    for await (const body of source.parts("batch", true))
      files.push(...partFromJson<BatchPart>(body).recognitions);
    const counts = await source.counts();
    const areTotalsStale = areStale({
      toMove: Number(counts.totals_to_move ?? 0n),
      unmoved: Number(counts.totals_unmoved ?? 0n),
    });
    return { files, counts, areTotalsStale };
  };
  const findings = async (): Promise<TieOutFindings> => {
    const whole = await ofWhole();
    const show = showCodes(whole);
    const differences: TieOutDifference[] = [];
    const recognitions = whole.files.map(withoutEntries);
    const notices: string[] = [];
    for await (const body of source.parts("codes", true)) {
      const part = partFromJson<CodesPart>(body);
      const shown = show(part);
      differences.push(...shown.differences.filter(({ state }) => state !== "awaiting_posting"));
      recognitions.push(...shown.recognitions);
      notices.push(...part.notices);
    }
    return {
      differences: inReportOrder(differences),
      recognitions,
      sums: sumsOfCounts(whole.counts, whole.areTotalsStale),
      notices: [...notices, ...(whole.areTotalsStale ? [STALE_TOTALS] : [])],
    };
  };
  return {
    findings,
    async whole() {
      const [whole, found] = [await ofWhole(), await findings()];
      const show = showCodes(whole);
      const projects: TieOutProject[] = [];
      for await (const body of source.parts("project", false)) projects.push(partFromJson(body));
      const batches: TieOut["batches"] = [];
      for await (const body of source.parts("batch", false))
        batches.push(partFromJson<BatchPart>(body).batch);
      return {
        copy: content.copy,
        notices: [...content.notices, ...found.notices],
        recognitions: [...found.recognitions],
        reject_files: content.reject_files,
        projects: projects.sort(byNumber),
        batches: batches.sort((a, b) => compare(a.batch_id, b.batch_id)),
        keyCount: found.sums.keys,
        async *parts() {
          for await (const body of source.parts("codes", false)) yield show(partFromJson<CodesPart>(body));
        },
      };
    },
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byNumber = (a: TieOutProject, b: TieOutProject): number => compare(a.project_number, b.project_number);
