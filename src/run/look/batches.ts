import { join } from "node:path";
import type { Context } from "../../context.ts";
import { groupBy } from "../../core/group-by.ts";
import type { BatchHeader } from "../../core/import-line.ts";
import { type EstimateKind, keyFields } from "../../core/key.ts";
import { formatMoney, sumCents } from "../../core/money.ts";
import { fail, type Outcome, ok } from "../../core/outcome.ts";
import type { DocumentType } from "../../core/staged.ts";
import type { BatchState, ImportLineState } from "../../core/states.ts";
import { readBatch, readBatches } from "../../journal/batches.ts";
import { type LineGroup, readLineGroups } from "../../journal/import-lines.ts";
import { readPostings } from "../../journal/postings.ts";
import { companiesToRun } from "../company-run.ts";
import { runProblems } from "../problems.ts";
import type { LookOptions } from "./options.ts";

export interface BatchSummary {
  readonly batch_id: string;
  readonly state: BatchState;
  readonly created_at: string;
  readonly transaction_date: string;
  readonly projects: readonly string[];
  /** Import lines, those that came to 0.00 included. */
  readonly lines: number;
  readonly original: string;
  readonly approved_changes: string;
  readonly tied_out: number;
  readonly states: Readonly<Partial<Record<ImportLineState, number>>>;
}

export interface BatchesResult {
  readonly companies: readonly { readonly company: string; readonly batches: readonly BatchSummary[] }[];
}

export interface BatchResult extends BatchSummary {
  readonly company: string;
  readonly folder: string;
  readonly written_at: string | null;
  readonly manifest_sha256: string | null;
  readonly import_lines: readonly {
    readonly line_no: number;
    readonly kind: EstimateKind;
    readonly project_number: string;
    readonly job: string;
    readonly extra: string;
    readonly cost_code: string;
    readonly category: string;
    readonly amount: string;
    readonly in_file: boolean;
    readonly state: ImportLineState;
    readonly posted: string;
    readonly ambiguous: boolean;
    readonly tied_out_at: string | null;
    readonly sources: readonly {
      readonly document: DocumentType;
      readonly document_id: string;
      readonly staging_line_id: string | null;
      readonly amount: string;
      readonly cause: string;
    }[];
    readonly postings: readonly {
      readonly run: string;
      readonly sequence: string;
      readonly amount: string;
    }[];
  }[];
}

/** Every batch and its state. */
export async function lookAtBatches(context: Context, options: LookOptions = {}): Promise<BatchesResult> {
  const { db, names } = context;
  const companies: BatchesResult["companies"][number][] = [];
  for (const company of companiesToRun(context, options.company)) {
    const batches = await readBatches(db, names, company.id);
    const groups = groupBy(
      await readLineGroups(db, names, { company: company.id }),
      ({ batchId }) => batchId,
    );
    companies.push({
      company: company.id,
      batches: batches.map((batch) => summary(batch, groups.get(batch.batchId) ?? [])),
    });
  }
  return { companies };
}

function summary(batch: BatchHeader, groups: readonly LineGroup[]): BatchSummary {
  const count = (some: readonly LineGroup[]) => some.reduce((sum, { lines }) => sum + lines, 0);
  const total = (kind: EstimateKind) =>
    formatMoney(sumCents(groups.filter((group) => group.kind === kind).map(({ cents }) => cents)));
  return {
    batch_id: batch.batchId,
    state: batch.state,
    created_at: batch.createdAt,
    transaction_date: batch.transactionDate,
    projects: [...new Set(groups.map(({ projectNumber }) => projectNumber))],
    lines: count(groups),
    original: total("original"),
    approved_changes: total("approved_change"),
    tied_out: count(groups.filter(({ isTiedOut }) => isTiedOut)),
    states: Object.fromEntries(
      [...groupBy(groups, ({ state }) => state)].map(([state, some]) => [state, count(some)]),
    ),
  };
}

/** One batch, with its lines, totals and postings. */
export async function lookAtBatch(context: Context, batchId: string): Promise<Outcome<BatchResult>> {
  const { db, names, config } = context;
  const batch = await readBatch(db, names, batchId);
  const company = config.companies.find(({ id }) => id === batch?.header.company);
  if (!batch || !company) return fail(runProblems.batch_unknown(batchId));
  const { header, record, statuses } = batch;
  const postings = groupBy(await readPostings(db, names, batchId), ({ lineNo }) => lineNo);
  const tracked = record.lines.flatMap((line) => {
    const status = statuses.get(line.lineNo);
    return status ? [{ batch: header, line, status }] : [];
  });
  return ok({
    ...summary(header, await readLineGroups(db, names, { batch_id: batchId })),
    company: company.id,
    folder: join(company.outbox, batchId),
    written_at: header.writtenAt,
    manifest_sha256: header.manifestSha256,
    import_lines: tracked.map(({ line, status }) => ({
      line_no: line.lineNo,
      kind: line.kind,
      project_number: line.projectNumber,
      ...keyFields(line.key),
      amount: formatMoney(line.cents),
      in_file: line.inFile,
      state: status.state,
      posted: formatMoney(status.postedCents),
      ambiguous: status.ambiguous,
      tied_out_at: status.tiedOutAt,
      sources: line.sources.map((source) => ({
        document: source.document,
        document_id: source.documentId,
        staging_line_id: source.stagingLineId,
        amount: formatMoney(source.cents),
        cause: source.cause,
      })),
      postings: (postings.get(line.lineNo) ?? []).map(({ run, sequence, cents }) => ({
        run: run.toString(),
        sequence: sequence.toString(),
        amount: formatMoney(cents),
      })),
    })),
  });
}
