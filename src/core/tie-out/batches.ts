import { groupBy } from "../group-by.ts";
import type { EstimateKind } from "../key.ts";
import type { LineFinding } from "../match/match-lines.ts";
import { sumCents } from "../money.ts";
import type { ImportLineState } from "../states.ts";
import type { TieOutInput } from "./input.ts";
import type { TieOutBatch } from "./schema.ts";

/** Every batch with the states of its lines and what they come to. */
export function batchesOf({ batches, lines }: TieOutInput): TieOutBatch[] {
  const byBatch = groupBy(lines, ({ tracked }) => tracked.batch.batchId);
  return batches.map((batch) => {
    const own = byBatch.get(batch.batchId) ?? [];
    const sides = (kind: EstimateKind) => {
      const ofKind = own.filter(({ tracked }) => tracked.line.kind === kind);
      return {
        accepted: sumCents(
          ofKind.flatMap(({ tracked }) => tracked.line.sources.map((source) => source.cents)),
        ),
        exported: sumCents(ofKind.map(({ tracked }) => tracked.line.cents)),
        posted: sumCents(ofKind.map(({ postedCents }) => postedCents)),
      };
    };
    return {
      batch_id: batch.batchId,
      state: batch.state,
      created_at: batch.createdAt,
      written_at: batch.writtenAt,
      transaction_date: batch.transactionDate,
      projects: [...new Set(own.map(({ tracked }) => tracked.line.projectNumber))],
      manifest_sha256: batch.manifestSha256,
      lines: own.length,
      states: countStates(own),
      original: sides("original"),
      approved_changes: sides("approved_change"),
    };
  });
}

function countStates(lines: readonly LineFinding[]): Partial<Record<ImportLineState, number>> {
  const counts: Partial<Record<ImportLineState, number>> = {};
  for (const { state } of lines) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}
