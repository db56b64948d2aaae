import { documentKey } from "../core/plan/types.ts";
import type { ErpStatus, StagedDocument } from "../core/staged.ts";
import type { Db } from "../db/db.ts";
import { idSet } from "../db/row-sets.ts";
import { integer, text, trimmed } from "../db/values.ts";
import type { Names } from "../names.ts";
import { DOCUMENT_TABLES, DOCUMENT_TYPES } from "./columns.ts";

/**
 * What the lines of documents say, in one text each, by `documentKey`: computed where the lines are, of the documents
 * whose status is one of these.
 */
export const lineDigests = (
  db: Db,
  names: Names,
  documents: readonly StagedDocument[],
  statuses: ReadonlySet<ErpStatus | null>,
): Promise<ReadonlyMap<string, string>> =>
  db.reading(async () => {
    const { build, exactText, asText, rowHashSum } = db.sql;
    const sums = new Map<string, { lines: number; sum: bigint }>();
    for (const type of DOCUMENT_TYPES) {
      const { id, lineId, lines, amount } = DOCUMENT_TABLES[type];
      const wanted = documents.filter((one) => one.document === type && statuses.has(one.status));
      if (wanted.length === 0) continue;
      const says = [lineId, "sub_job_code", "cost_code", "cost_type"];
      const own = build(names.staging(lines))
        .whereIn(id, idSet(db, [...new Set(wanted.flatMap(({ spellings }) => spellings))]))
        .select(
          exactText(id),
          ...says.map((column) => build.ref(column)),
          build.raw("? as says", [asText(amount)]),
        )
        .as("own");
      const hashed = rowHashSum([...says, "says"].map((column) => build.raw("??", [column])));
      const rows = await db.query(
        build
          .from(own)
          .groupBy(id)
          .select(id, build.raw("count(*) as lines"), build.raw("? as sum_", [hashed])),
      );
      for (const row of rows) {
        const key = documentKey({ document: type, documentId: trimmed(row, id) });
        const before = sums.get(key) ?? { lines: 0, sum: 0n };
        sums.set(key, {
          lines: before.lines + integer(row, "lines"),
          sum: before.sum + BigInt(text(row, "sum_") || "0"),
        });
      }
    }
    return new Map([...sums].map(([key, { lines, sum }]) => [key, `${lines}:${sum}`]));
  });
