import type { EstimateKind } from "../core/key.ts";
import { formatMoney } from "../core/money.ts";
import type { Db } from "../db/db.ts";
import { cents, text, textOrNull } from "../db/values.ts";
import { type AuditRow, detailsOf } from "../journal/audit-chain.ts";
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
  look(row: AuditRow): AuditFinding[];
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
    look(row) {
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
  const sums = await db.query(
    db.sql
      .build(names.journal("import_line"))
      .where({ company })
      .groupBy("batch_id", "kind")
      .select("batch_id", "kind")
      .count("* as lines")
      .sum("cents as cents"),
  );
  const totals = new Map<string, { lines: bigint; cents: Record<EstimateKind, bigint> }>();
  for (const row of sums) {
    const batchId = text(row, "batch_id");
    const total = totals.get(batchId) ?? { lines: 0n, cents: { original: 0n, approved_change: 0n } };
    total.lines += cents(row, "lines");
    total.cents[text(row, "kind") as EstimateKind] += cents(row, "cents");
    totals.set(batchId, total);
  }
  const rows = await db.query(db.sql.build(names.journal("batch")).where({ company }).select());
  return new Map(
    rows.map((row) => {
      const total = totals.get(text(row, "batch_id"));
      const claimed = {
        transaction_date: text(row, "transaction_date"),
        mapping_sha256: text(row, "mapping_sha256"),
        lines: String(total?.lines ?? 0n),
        original: formatMoney(total?.cents.original ?? 0n),
        approved_changes: formatMoney(total?.cents.approved_change ?? 0n),
      };
      const kept = { auditHead: text(row, "audit_head"), manifestSha256: textOrNull(row, "manifest_sha256") };
      return [text(row, "batch_id"), { claimed, ...kept }];
    }),
  );
}
