import type { Context } from "../../context.ts";
import type { EstimateKind } from "../../core/key.ts";
import { formatMoney } from "../../core/money.ts";
import { fail, type Outcome, ok } from "../../core/outcome.ts";
import type { DocumentType } from "../../core/staged.ts";
import type { Row } from "../../db/db.ts";
import { cents, integer, text, textOrNull } from "../../db/values.ts";
import { type BatchWithStatuses, readBatch } from "../../journal/batches.ts";
import { readHoldsOfLine } from "../../journal/holds.ts";
import { splitMappingRows } from "../../journal/movements.ts";
import { estimateFilesOf } from "../../outbox/render/contents.ts";
import { manifestOf, renderBatch } from "../../outbox/render/render.ts";
import { findLines } from "../../staging/documents.ts";
import { holdResult } from "../hold-result.ts";
import { runProblems } from "../problems.ts";
import type { TracedImportLine, TraceResult } from "../results.ts";

/** The life of one staging line: what staging says of it, every move of its money, and what became of it in Sage. */
export async function traceLine(context: Context, lineId: string): Promise<Outcome<TraceResult>> {
  const { db, names } = context;
  const staged = await findLines(db, names, lineId);
  const rows = (
    await db.query(
      db.sql
        .build(names.journal("movement"))
        .where({ staging_line_id: lineId })
        .orderBy("movement_id")
        .select(),
    )
  ).filter((row) => text(row, "staging_line_id") === lineId);
  const holds = (await readHoldsOfLine(db, names, lineId)).filter((hold) => hold.stagingLineId === lineId);
  if (staged.length + rows.length + holds.length === 0) return fail(runProblems.line_unknown(lineId));

  const addresses = new Map(
    rows.flatMap((row) => {
      const batchId = textOrNull(row, "batch_id");
      const lineNo = row.line_no === null ? null : integer(row, "line_no");
      return batchId !== null && lineNo !== null
        ? [[`${batchId} ${lineNo}`, { batchId, lineNo }] as const]
        : [];
    }),
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
    movements: rows.map(movementOf),
    import_lines: importLines,
    holds: holds.map((hold) => ({ ...holdResult(hold), began_at: hold.beganAt, ended_at: hold.endedAt })),
  });
}

const movementOf = (row: Row): TraceResult["movements"][number] => ({
  moved_at: text(row, "moved_at"),
  run_id: text(row, "run_id"),
  from: text(row, "from_account"),
  to: text(row, "to_account"),
  amount: formatMoney(cents(row, "cents")),
  kind: text(row, "kind") as EstimateKind,
  job: text(row, "job"),
  extra: text(row, "extra"),
  cost_code: text(row, "cost_code"),
  category: text(row, "category"),
  cause: text(row, "cause"),
  document: text(row, "document") as DocumentType,
  document_id: text(row, "document_id"),
  accepted_by: text(row, "accepted_by"),
  accepted_at: text(row, "accepted_at"),
  mapping_rows: splitMappingRows(text(row, "mapping_rows")),
  batch_id: textOrNull(row, "batch_id"),
  line_no: row.line_no === null ? null : integer(row, "line_no"),
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
  const postings = await db.query(
    db.sql
      .build(names.journal("posting"))
      .where({ batch_id: record.batchId, line_no: lineNo })
      .orderBy(["run", "sequence"])
      .select(),
  );
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
    postings: postings.map((row) => ({
      job: text(row, "job"),
      run: text(row, "run"),
      sequence: text(row, "sequence"),
      amount: formatMoney(cents(row, "cents")),
    })),
  };
}
