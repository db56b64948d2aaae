import type { BatchHeader } from "../import-line.ts";
import type { EstimateKind } from "../key.ts";
import { type Cents, sumCents } from "../money.ts";
import type { ImportLineState } from "../states.ts";
import type { Recognition } from "./recognise.ts";
import type { TieOutBatch } from "./schema.ts";
import { type KeptRecognition, keptRecognition } from "./unit.ts";

/** Lines of a batch that are alike, added up. */
export interface BatchLines {
  readonly kind: EstimateKind;
  readonly state: ImportLineState;
  readonly lines: number;
  /** What was recorded as accepted for them. */
  readonly accepted: Cents;
  readonly exported: Cents;
  readonly posted: Cents;
}

/** What a reconciliation found of a batch, as it is kept. */
export interface BatchPart {
  readonly batch: TieOutBatch;
  /** Of its import files as wholes. */
  readonly recognitions: readonly KeptRecognition[];
}

/** A batch with the states of its lines and what they come to. Pure. */
export function buildBatch(
  batch: BatchHeader,
  projects: readonly string[],
  lines: readonly BatchLines[],
  recognitions: readonly Recognition[],
): BatchPart {
  const sides = (kind: EstimateKind) => {
    const own = lines.filter((one) => one.kind === kind);
    return {
      accepted: sumCents(own.map(({ accepted }) => accepted)),
      exported: sumCents(own.map(({ exported }) => exported)),
      posted: sumCents(own.map(({ posted }) => posted)),
    };
  };
  const states: Partial<Record<ImportLineState, number>> = {};
  for (const one of lines) states[one.state] = (states[one.state] ?? 0) + one.lines;
  return {
    batch: {
      batch_id: batch.batchId,
      state: batch.state,
      created_at: batch.createdAt,
      written_at: batch.writtenAt,
      transaction_date: batch.transactionDate,
      projects: [...projects],
      manifest_sha256: batch.manifestSha256,
      lines: lines.reduce((sum, one) => sum + one.lines, 0),
      states,
      original: sides("original"),
      approved_changes: sides("approved_change"),
    },
    recognitions: recognitions.map(keptRecognition),
  };
}
