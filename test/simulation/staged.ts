import type { DocumentType } from "../../src/core/staged.ts";
import { DOCUMENT_TABLES } from "../../src/staging/columns.ts";
import type { World } from "../support/world.ts";

/** A document as staging has it, read as its owner reads it. */
export interface SimDocument {
  readonly kind: DocumentType;
  readonly id: string;
  readonly projectId: string;
  readonly status: string;
  readonly acceptedAt: string;
  readonly synced: boolean;
  readonly locked: boolean;
  /** Closed for estimates from Sage; budgets only. */
  readonly blocked: boolean;
  readonly lines: readonly {
    readonly id: string;
    readonly subJob: string | null;
    readonly costCode: string;
    readonly costType: string;
    readonly amount: string;
    readonly synced: boolean;
  }[];
}

export async function readDocuments(world: World): Promise<SimDocument[]> {
  const documents: SimDocument[] = [];
  for (const kind of ["budget", "modification"] as const) {
    const { header, lines, id, lineId, amount } = DOCUMENT_TABLES[kind];
    const allLines = await world.rows(lines);
    for (const row of await world.rows(header))
      documents.push({
        ...{ kind, id: String(row[id]), projectId: String(row.project_id), status: String(row.erp_status) },
        acceptedAt: String(row.accepted_at),
        synced: Number(row.erp_synced) === 1,
        locked: Number(row.erp_locked) === 1,
        blocked: Number(row.estimate_import_blocked ?? 0) === 1,
        lines: allLines
          .filter((line) => line[id] === row[id])
          .map((line) => ({
            id: String(line[lineId]),
            subJob: line.sub_job_code === null ? null : String(line.sub_job_code),
            costCode: String(line.cost_code),
            costType: String(line.cost_type),
            amount: String(line[amount]),
            synced: Number(line.erp_synced) === 1,
          })),
      });
  }
  return documents;
}
