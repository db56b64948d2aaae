import { joinKey } from "../core/key.ts";
import type { Db } from "../db/db.ts";
import type { Names } from "../db/names.ts";
import { text } from "../db/values.ts";
import type { TrackedLine } from "./match-lines.ts";
import { type BatchHeader, readImportLine, readLineStatus, readSources } from "./read-record.ts";

/** All of a company's import lines in batch and line order, each with its sources and what was known of it. */
export async function readTrackedLines(
  db: Db,
  names: Names,
  company: string,
  batches: readonly BatchHeader[],
): Promise<TrackedLine[]> {
  const byId = new Map(batches.map((batch) => [batch.batchId, batch]));
  const sources = await readSources(db, names, { company });
  const tracked: TrackedLine[] = [];
  const statement = db.sql
    .build(names.journal("import_line"))
    .where({ company })
    .orderBy(["batch_id", "line_no"])
    .select();
  for await (const row of db.rows(statement)) {
    const batch = byId.get(text(row, "batch_id"));
    // A batch claimed after the batches were read belongs to the next reconciliation.
    if (!batch) continue;
    const line = readImportLine(row, []);
    const own = sources.get(joinKey(batch.batchId, String(line.lineNo))) ?? [];
    tracked.push({ batch, line: { ...line, sources: own }, status: readLineStatus(row) });
  }
  return tracked.sort((a, b) => a.batch.number - b.batch.number || a.line.lineNo - b.line.lineNo);
}
