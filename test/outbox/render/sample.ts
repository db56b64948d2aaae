import type { BatchRecord, ImportLine, LineSource } from "../../../src/core/import-line.ts";
import type { EstimateKind } from "../../../src/core/key.ts";

export function source(changes: Partial<LineSource> = {}): LineSource {
  return {
    document: "budget",
    documentId: "b-1",
    number: "",
    stagingLineId: "bl-1",
    cents: 1_825_000n,
    cause: "accepted",
    acceptedBy: "Pat Approver",
    acceptedAt: "2026-11-22T17:00:00Z",
    mappingRows: ["jobs.csv:2", "cost-codes.csv:14"],
    ...changes,
  };
}

/** An import line of 18,250.00 on 25-1001 / 03-100 / M, but for the changes; `key` may be given in part. */
export function line(
  changes: Partial<Omit<ImportLine, "key">> & { key?: Partial<ImportLine["key"]> } = {},
): ImportLine {
  const cents = changes.cents ?? 1_825_000n;
  return {
    lineNo: 1,
    kind: "original",
    projectId: "p-1",
    projectNumber: "25-1001",
    projectName: "Main Street Clinic",
    jobDescription: "Main Street Clinic",
    extraDescription: "",
    extraIsNew: false,
    costCodeIsNew: false,
    costCodeDescription: "Cast-in-place concrete",
    inFile: true,
    sources: [source({ cents })],
    ...changes,
    cents,
    key: { job: "25-1001", extra: "", costCode: "03-100", category: "M", ...changes.key },
  };
}

export function record(lines: readonly ImportLine[], changes: Partial<BatchRecord> = {}): BatchRecord {
  return {
    batchId: "ACME-000123",
    company: "ACME",
    createdAt: "2026-11-22T18:04:05Z",
    transactionDate: "2026-01-15",
    toolVersion: "0.1.0",
    mappingSha256: "ab".repeat(32),
    previousManifestSha256: null,
    auditHead: "cd".repeat(32),
    jce: { comment: false, quote_record_ids: false, extra_field: 13, encoding: "windows-1252" },
    lines,
    ...changes,
  };
}

/** One line on a new extra, one on none, one left out, and a change: every kind of record there is. */
export function clinic(changes: Partial<BatchRecord> = {}): BatchRecord {
  const change: EstimateKind = "approved_change";
  const canopy = { extraDescription: "Added canopy", extraIsNew: true };
  return record(
    [
      line({ lineNo: 1 }),
      line({ lineNo: 2, key: { extra: "CO-001" }, ...canopy, cents: 960_000n }),
      line({
        lineNo: 3,
        key: { costCode: "04-200" },
        costCodeDescription: "Masonry",
        cents: 0n,
        inFile: false,
      }),
      line({
        lineNo: 4,
        kind: change,
        key: { extra: "CO-001" },
        ...canopy,
        cents: -12_345n,
        sources: [
          source({
            document: "modification",
            documentId: "m-1",
            number: "7",
            stagingLineId: "ml-1",
            cents: -20_000n,
          }),
          source({
            document: "modification",
            documentId: "m-2",
            number: "8",
            stagingLineId: null,
            cents: 7_655n,
          }),
        ],
      }),
    ],
    changes,
  );
}
