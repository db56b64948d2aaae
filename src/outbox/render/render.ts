import type { BatchRecord } from "../../core/import-line.ts";
import { encodeText } from "../../core/writable-text.ts";
import { estimateFilesOf } from "./contents.ts";
import { renderCoverSheet } from "./cover-sheet.ts";
import { renderJce } from "./jce.ts";
import { manifestOf, type RenderedFile } from "./manifest.ts";
import { renderTrace } from "./trace.ts";

export { manifestOf, type RenderedFile };

/**
 * The files of a batch's folder: those to import, in the order they are imported, then cover sheet, trace and
 * manifest. Nothing but the record decides: the same record gives the same bytes on any day and machine.
 */
export function renderBatch(record: BatchRecord): RenderedFile[] {
  const files = [
    ...estimateFilesOf(record).map((file) => ({ name: file.name, bytes: renderJce(record, file) })),
    { name: `${record.batchId}-cover-sheet.html`, bytes: renderCoverSheet(record) },
    { name: `${record.batchId}-trace.csv`, bytes: renderTrace(record) },
  ];
  const manifest = `${JSON.stringify(manifestOf(record, files), null, 2)}\n`;
  return [...files, { name: `${record.batchId}-manifest.json`, bytes: encodeText(manifest, "utf-8") }];
}
