import { groupBy } from "../core/group-by.ts";
import type { EstimateKind } from "../core/key.ts";
import { formatMoney, sumCents } from "../core/money.ts";
import type { Db } from "../db/db.ts";
import { type AuditRow, detailsOf } from "../journal/audit-chain.ts";
import { readBatches } from "../journal/batches.ts";
import { readBatchTotals } from "../journal/import-lines.ts";
import type { Names } from "../names.ts";
import type { AuditFinding } from "./finding.ts";
import { auditProblems } from "./problems.ts";

/** A batch's rows, in the words that the events have for them. */
interface BatchRows {
  readonly claimed: Readonly<Record<string, string>>;
  /** The hash that the batch's row keeps of the event that claimed it. */
  readonly auditHead: string;
  readonly manifestSha256: string | null;
}

/** Compares what events tell of batches with the batches' rows. */
export interface BatchesAgainstChain {
  /** What is wrong with an event that tells of a batch. */
  hear(row: AuditRow): AuditFinding[];
  /** Batches that no event told of. To be asked when all events were seen. */
  untold(): Promise<AuditFinding[]>;
}

/** Reads a company's batches: before its chain, so that each of them has its events there already. */
export async function batchesAgainstChain(
  db: Db,
  names: Names,
  company: string,
): Promise<BatchesAgainstChain> {
  const batches = await readBatchRows(db, names, company);
  const toldClaimed = new Map<string, AuditRow>();
  const toldWritten = new Set<string>();
  return {
    hear(row) {
      if (row.event === "batch_written") {
        toldWritten.add(row.subject);
        const { manifest_sha256 } = detailsOf(row);
        const kept = batches.get(row.subject)?.manifestSha256 ?? null;
        return kept === null || kept === manifest_sha256
          ? []
          : [disagrees(row, "manifest_sha256", kept, manifest_sha256)];
      }
      if (row.event !== "batch_claimed") return [];
      toldClaimed.set(row.subject, row);
      const batch = batches.get(row.subject);
      if (!batch) return [];
      const details = detailsOf(row);
      const differing = Object.entries(batch.claimed).filter(
        ([key, value]) => String(details[key]) !== value,
      );
      return [
        ...differing.map(([key, value]) => disagrees(row, key, value, details[key])),
        ...(batch.auditHead === row.hash ? [] : [disagrees(row, "audit_head", batch.auditHead, row.hash)]),
      ];
    },
    async untold() {
      // Asked again: a batch may have been claimed since.
      const now = await readBatchRows(db, names, company);
      return [
        ...[...toldClaimed]
          .filter(([batchId]) => !now.has(batchId))
          .map(([batchId, row]) => auditProblems.batch_disagrees(row, batchId, "it is not there")),
        ...[...batches].flatMap(([batchId, { manifestSha256 }]) => [
          ...(toldClaimed.has(batchId) ? [] : [auditProblems.batch_disagrees(null, batchId, "claimed")]),
          ...(manifestSha256 === null || toldWritten.has(batchId)
            ? []
            : [auditProblems.batch_disagrees(null, batchId, "written")]),
        ]),
      ];
    },
  };
}

const disagrees = (row: AuditRow, key: string, kept: string, told: unknown): AuditFinding =>
  auditProblems.batch_disagrees(row, row.subject, `${key} is ${kept} there and ${String(told)} here`);

async function readBatchRows(db: Db, names: Names, company: string): Promise<Map<string, BatchRows>> {
  const totals = groupBy(await readBatchTotals(db, names, company), ({ batchId }) => batchId);
  const batches = await readBatches(db, names, company);
  return new Map(
    batches.map(({ batchId, transactionDate, mappingSha256, auditHead, manifestSha256 }) => {
      const own = totals.get(batchId) ?? [];
      const cents = (kind: EstimateKind) =>
        formatMoney(sumCents(own.filter((total) => total.kind === kind).map((total) => total.cents)));
      const claimed = {
        transaction_date: transactionDate,
        mapping_sha256: mappingSha256,
        lines: String(own.reduce((sum, { lines }) => sum + lines, 0)),
        original: cents("original"),
        approved_changes: cents("approved_change"),
      };
      return [batchId, { claimed, auditHead, manifestSha256 }];
    }),
  );
}
