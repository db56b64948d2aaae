import { groupBy } from "../../core/group-by.ts";
import type { BatchRecord, ImportLine } from "../../core/import-line.ts";
import { compareKeys, compareText, ESTIMATE_KINDS, type EstimateKind, joinKey } from "../../core/key.ts";
import { type Cents, sumCents } from "../../core/money.ts";

/** One import file to be: its lines in the order they are written. */
export interface EstimateFile {
  readonly kind: EstimateKind;
  readonly name: string;
  readonly lines: readonly ImportLine[];
}

/** What a project's lines of both kinds come to on one job, in cents. */
export interface ProjectTotals {
  readonly projectNumber: string;
  readonly projectName: string;
  readonly job: string;
  readonly original: Cents;
  readonly approvedChanges: Cents;
}

const SUFFIX: Readonly<Record<EstimateKind, string>> = {
  original: "1-original",
  approved_change: "2-approved-changes",
};

export const estimateFileName = (batchId: string, kind: EstimateKind): string =>
  `${batchId}-${SUFFIX[kind]}.jce`;

/** The batch's import files in the order they are imported. A kind without a line to write has none. */
export const estimateFilesOf = (record: BatchRecord): EstimateFile[] =>
  ESTIMATE_KINDS.map((kind) => ({
    kind,
    name: estimateFileName(record.batchId, kind),
    lines: record.lines
      .filter((line) => line.inFile && line.kind === kind)
      .sort((a, b) => compareKeys(a.key, b.key)),
  })).filter((file) => file.lines.length > 0);

export const totalOf = (lines: readonly ImportLine[]): Cents => sumCents(lines.map((line) => line.cents));

/** A line of every extra that Sage will create, the first that describes it: one `E` record each. */
export const newExtrasOf = (lines: readonly ImportLine[]): ImportLine[] =>
  firstOfEach(
    lines.filter((line) => line.extraIsNew && line.key.extra !== ""),
    ({ key }) => joinKey(key.job, key.extra),
    (line) => line.extraDescription !== "",
  );

/** A line of every cost code on a job and extra that Sage will create. */
export const newCostCodesOf = (lines: readonly ImportLine[]): ImportLine[] =>
  firstOfEach(
    lines.filter((line) => line.costCodeIsNew),
    ({ key }) => joinKey(key.job, key.extra, key.costCode),
  );

const firstOfEach = (
  lines: readonly ImportLine[],
  by: (line: ImportLine) => string,
  preferred: (line: ImportLine) => boolean = () => true,
): ImportLine[] =>
  [...groupBy(lines, by).values()].flatMap((group) => group.find(preferred) ?? group.slice(0, 1));

/** By project number, then job; over all lines, those left out of the files included. */
export const projectTotalsOf = (record: BatchRecord): ProjectTotals[] =>
  [...groupBy(record.lines, (line) => joinKey(line.projectNumber, line.key.job)).values()]
    .flatMap((lines) =>
      lines.slice(0, 1).map((first) => ({
        projectNumber: first.projectNumber,
        projectName: first.projectName,
        job: first.key.job,
        original: totalOf(lines.filter((line) => line.kind === "original")),
        approvedChanges: totalOf(lines.filter((line) => line.kind === "approved_change")),
      })),
    )
    .sort((a, b) => compareText(a.projectNumber, b.projectNumber) || compareText(a.job, b.job));
