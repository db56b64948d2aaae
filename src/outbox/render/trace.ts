import { stringify } from "csv-stringify/sync";
import type { BatchRecord } from "../../core/import-line.ts";
import { formatMoney } from "../../core/money.ts";
import { encodeText } from "../../core/writable-text.ts";
import { estimateFileName } from "./contents.ts";

const COLUMNS = [
  "batch_id",
  "line_no",
  "file",
  "kind",
  "project_number",
  "job",
  "extra",
  "cost_code",
  "category",
  "line_amount",
  "document",
  "document_number",
  "document_id",
  "staging_line_id",
  "amount",
  "cause",
  "accepted_by",
  "accepted_at",
  "mapping_rows",
];

/**
 * `trace.csv`: which staging lines and mapping rows stand behind each import line; one row per line and source,
 * UTF-8, CRLF. `file` is empty where a key came to 0.00 and was left out. People open it in a spreadsheet, so a
 * text that would run as a formula is led by `'`; amounts are never altered.
 */
export function renderTrace(record: BatchRecord): Uint8Array {
  const rows = record.lines.flatMap((line) =>
    line.sources.map((source) => [
      record.batchId,
      line.lineNo,
      line.inFile ? estimateFileName(record.batchId, line.kind) : null,
      line.kind,
      line.projectNumber,
      line.key.job,
      line.key.extra,
      line.key.costCode,
      line.key.category,
      line.cents,
      source.document,
      source.number,
      source.documentId,
      source.stagingLineId,
      source.cents,
      source.cause,
      source.acceptedBy,
      source.acceptedAt,
      source.mappingRows.join("; "),
    ]),
  );
  const csv = stringify(rows, {
    header: true,
    columns: COLUMNS,
    record_delimiter: "\r\n",
    escape_formulas: true,
    cast: { bigint: formatMoney },
  });
  return encodeText(csv, "utf-8");
}
