import { groupBy } from "../../core/group-by.ts";
import type { BatchRecord } from "../../core/import-line.ts";
import type { EstimateKind } from "../../core/key.ts";
import { formatMoney } from "../../core/money.ts";
import { sha256 } from "../../core/sha256.ts";
import type { Day } from "../../core/time.ts";
import { estimateFilesOf, newExtrasOf, projectTotalsOf, totalOf } from "./contents.ts";

/** A file of a batch's folder. */
export interface RenderedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Name, SHA-256 in lower-case hex and size of a file. */
export interface FileDigest {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** An import file: how many `*` (jobs), `E` (extras) and `C` (lines) records it has, and what the lines add up to. */
export interface ManifestFile extends FileDigest {
  readonly kind: EstimateKind;
  readonly jobs: number;
  readonly extras: number;
  readonly lines: number;
  readonly amount_total: string;
}

/** `manifest.json`, its keys in the order they are written. Money is text with two decimals. */
export interface Manifest {
  readonly schema: "tieout/manifest@1";
  readonly batch_id: string;
  readonly company: string;
  readonly created_at: string;
  readonly tool_version: string;
  readonly mapping_sha256: string;
  readonly transaction_date: Day;
  readonly previous_manifest_sha256: string | null;
  readonly audit_head: string;
  readonly files: readonly ManifestFile[];
  readonly projects: readonly {
    readonly project_number: string;
    readonly job: string;
    readonly original: string;
    readonly approved_changes: string;
  }[];
  /** The files of the folder that are not imported. */
  readonly documents: readonly FileDigest[];
}

/** The manifest of a batch over the other files of its folder. Throws if an import file is not among them. */
export function manifestOf(record: BatchRecord, files: readonly RenderedFile[]): Manifest {
  const estimateFiles = estimateFilesOf(record);
  const names = new Set(estimateFiles.map((file) => file.name));
  return {
    schema: "tieout/manifest@1",
    batch_id: record.batchId,
    company: record.company,
    created_at: record.createdAt,
    tool_version: record.toolVersion,
    mapping_sha256: record.mappingSha256,
    transaction_date: record.transactionDate,
    previous_manifest_sha256: record.previousManifestSha256,
    audit_head: record.auditHead,
    files: estimateFiles.map(({ name, kind, lines }) => {
      const rendered = files.find((file) => file.name === name);
      if (!rendered) throw new Error(`${name} was not rendered`);
      const { sha256, bytes } = digestOf(rendered);
      return {
        name,
        kind,
        sha256,
        bytes,
        jobs: groupBy(lines, (line) => line.key.job).size,
        extras: newExtrasOf(lines).length,
        lines: lines.length,
        amount_total: formatMoney(totalOf(lines)),
      };
    }),
    projects: projectTotalsOf(record).map((project) => ({
      project_number: project.projectNumber,
      job: project.job,
      original: formatMoney(project.original),
      approved_changes: formatMoney(project.approvedChanges),
    })),
    documents: files.filter((file) => !names.has(file.name)).map(digestOf),
  };
}

const digestOf = ({ name, bytes }: RenderedFile): FileDigest => ({
  name,
  sha256: sha256(bytes),
  bytes: bytes.length,
});
