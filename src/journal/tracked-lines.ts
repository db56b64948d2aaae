import { type BatchHeader, lineIdOf, type TrackedLine } from "../core/import-line.ts";
import { entryNames } from "../core/match/match-lines.ts";
import type { SageEntry } from "../core/sage.ts";
import type { Db } from "../db/db.ts";
import { cents, integer, text } from "../db/values.ts";
import type { Names } from "../names.ts";
import { readImportLine, readLineStatus, readSources } from "./batches.ts";

/** All of a company's import lines in batch and line order, each with its sources and what was known of it. */
export async function readTrackedLines(
  db: Db,
  names: Names,
  company: string,
  batches: readonly BatchHeader[],
): Promise<TrackedLine[]> {
  const byId = new Map(batches.map((batch) => [batch.batchId, batch]));
  const sources = await readSources(db, names, { company });
  const entries = await readEntriesBehind(db, names, company);
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
    const id = lineIdOf(batch.batchId, line.lineNo);
    tracked.push({
      batch,
      line: { ...line, sources: sources.get(id) ?? [] },
      status: readLineStatus(row),
      entries: entryNames(entries.get(id) ?? []),
    });
  }
  return tracked.sort((a, b) => a.batch.number - b.batch.number || a.line.lineNo - b.line.lineNo);
}

async function readEntriesBehind(
  db: Db,
  names: Names,
  company: string,
): Promise<ReadonlyMap<string, Pick<SageEntry, "run" | "sequence">[]>> {
  const entries = new Map<string, Pick<SageEntry, "run" | "sequence">[]>();
  const statement = db.sql
    .build(names.journal("posting"))
    .where({ company })
    .select("batch_id", "line_no", "run", "sequence");
  for await (const row of db.rows(statement)) {
    const id = lineIdOf(text(row, "batch_id"), integer(row, "line_no"));
    const known = entries.get(id) ?? [];
    known.push({ run: cents(row, "run"), sequence: cents(row, "sequence") });
    entries.set(id, known);
  }
  return entries;
}
