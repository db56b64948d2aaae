import type { Context } from "../../context.ts";
import { lineIdOf } from "../../core/import-line.ts";
import { type EstimateKind, keyFields } from "../../core/key.ts";
import { formatMoney } from "../../core/money.ts";
import { fail, type Outcome, ok } from "../../core/outcome.ts";
import type { DocumentType } from "../../core/staged.ts";
import type { BatchState, ImportLineState } from "../../core/states.ts";
import { type BatchWithStatuses, readBatch } from "../../journal/batches.ts";
import { readHoldsOfLine } from "../../journal/holds.ts";
import { type RecordedMovement, readMovementsOfLine } from "../../journal/movements.ts";
import { readPostings } from "../../journal/postings.ts";
import { estimateFilesOf } from "../../outbox/render/contents.ts";
import { manifestOf, renderBatch } from "../../outbox/render/render.ts";
import { findLines } from "../../staging/documents.ts";
import { type HoldResult, holdResult } from "../hold-result.ts";
import { runProblems } from "../problems.ts";

export interface TracedImportLine {
  readonly batch_id: string;
  readonly batch_state: BatchState;
  readonly transaction_date: string;
  readonly line_no: number;
  /** Of the whole import line; other staging lines may be part of it. */
  readonly amount: string;
  /** null where the line came to 0.00 and is in no file. `c_record` counts the file's C records from 1. */
  readonly file: { readonly name: string; readonly c_record: number; readonly sha256: string } | null;
  readonly state: ImportLineState;
  readonly state_since: string;
  readonly posted: string;
  readonly tied_out_at: string | null;
  readonly postings: readonly {
    readonly job: string;
    readonly run: string;
    readonly sequence: string;
    readonly amount: string;
  }[];
}

export interface TraceResult {
  readonly line_id: string;
  /** As staging has it now: none if it has gone, two if a budget and a modification have a line of this id. */
  readonly staging: readonly {
    readonly document: DocumentType;
    readonly document_id: string;
    readonly sub_job_code: string;
    readonly cost_code: string;
    readonly cost_type: string;
    readonly description: string;
    readonly amount: string;
    readonly erp_synced: boolean;
  }[];
  readonly movements: readonly {
    readonly moved_at: string;
    readonly run_id: string;
    readonly from: string;
    readonly to: string;
    readonly amount: string;
    readonly kind: EstimateKind;
    readonly job: string;
    readonly extra: string;
    readonly cost_code: string;
    readonly category: string;
    readonly cause: string;
    readonly document: DocumentType;
    readonly document_id: string;
    readonly accepted_by: string;
    readonly accepted_at: string;
    readonly mapping_rows: readonly string[];
    readonly batch_id: string | null;
    readonly line_no: number | null;
  }[];
  readonly import_lines: readonly TracedImportLine[];
  readonly holds: readonly (HoldResult & { readonly began_at: string; readonly ended_at: string | null })[];
}

/** The life of one staging line: what staging says of it, every move of its money, and what became of it in Sage. */
export async function traceLine(context: Context, lineId: string): Promise<Outcome<TraceResult>> {
  const { db, names } = context;
  const staged = await findLines(db, names, lineId);
  const movements = await readMovementsOfLine(db, names, lineId);
  const holds = (await readHoldsOfLine(db, names, lineId)).filter((hold) => hold.stagingLineId === lineId);
  if (staged.length + movements.length + holds.length === 0) return fail(runProblems.line_unknown(lineId));

  const addresses = new Map(
    movements.flatMap(({ line }) => (line ? [[lineIdOf(line.batchId, line.lineNo), line] as const] : [])),
  );
  const importLines: TracedImportLine[] = [];
  for (const { batchId, lineNo } of addresses.values()) {
    const batch = await readBatch(db, names, batchId);
    if (batch) importLines.push(await importLineOf(context, batch, lineNo));
  }
  return ok({
    line_id: lineId,
    staging: staged.map(({ document, documentId, line }) => ({
      document,
      document_id: documentId,
      sub_job_code: line.subJob,
      cost_code: line.costCode,
      cost_type: line.costType,
      description: line.description,
      amount: line.amount ?? "",
      erp_synced: line.erpSynced,
    })),
    movements: movements.map(movementResult),
    import_lines: importLines,
    holds: holds.map((hold) => ({ ...holdResult(hold), began_at: hold.beganAt, ended_at: hold.endedAt })),
  });
}

const movementResult = (movement: RecordedMovement): TraceResult["movements"][number] => ({
  moved_at: movement.movedAt,
  run_id: movement.runId,
  from: movement.from,
  to: movement.to,
  amount: formatMoney(movement.cents),
  kind: movement.kind,
  ...keyFields(movement.key),
  cause: movement.cause,
  document: movement.document,
  document_id: movement.documentId,
  accepted_by: movement.acceptedBy,
  accepted_at: movement.acceptedAt,
  mapping_rows: movement.mappingRows,
  batch_id: movement.line?.batchId ?? null,
  line_no: movement.line?.lineNo ?? null,
});

/** Where an import line stands: in which file at which record, and behind which entries of Sage. */
async function importLineOf(
  { db, names }: Context,
  { record, header, statuses }: BatchWithStatuses,
  lineNo: number,
): Promise<TracedImportLine> {
  const status = statuses.get(lineNo);
  const line = record.lines.find((one) => one.lineNo === lineNo);
  if (!line || !status) throw new Error(`batch ${record.batchId} has no line ${lineNo}`);
  const file = estimateFilesOf(record).find(({ kind }) => kind === line.kind);
  const place = file?.lines.findIndex((one) => one.lineNo === lineNo) ?? -1;
  const digests = manifestOf(record, renderBatch(record).slice(0, -1)).files;
  const postings = await readPostings(db, names, record.batchId, lineNo);
  return {
    batch_id: record.batchId,
    batch_state: header.state,
    transaction_date: record.transactionDate,
    line_no: lineNo,
    amount: formatMoney(line.cents),
    file:
      file && place >= 0
        ? {
            name: file.name,
            c_record: place + 1,
            sha256: digests.find(({ name }) => name === file.name)?.sha256 ?? "",
          }
        : null,
    state: status.state,
    state_since: status.stateSince,
    posted: formatMoney(status.postedCents),
    tied_out_at: status.tiedOutAt,
    postings: postings.map(({ job, run, sequence, cents }) => ({
      job,
      run: run.toString(),
      sequence: sequence.toString(),
      amount: formatMoney(cents),
    })),
  };
}
