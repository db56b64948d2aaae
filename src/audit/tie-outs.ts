import type { Db } from "../db/db.ts";
import { type AuditRow, detailsOf } from "../journal/audit-chain.ts";
import { readTieOutDays, readTieOutJson } from "../journal/tie-outs.ts";
import type { Names } from "../names.ts";
import type { AuditFinding } from "./finding.ts";
import { auditProblems } from "./problems.ts";

/** Compares what events tell of stored tie-outs with what is stored. */
export interface TieOutsAgainstChain {
  /** Takes note of an event that tells of a tie-out; finds nothing by itself. */
  hear(row: AuditRow): void;
  /** Tie-outs that no event told of, and those that are not what was stored. To be asked when all events were seen. */
  findings(): Promise<AuditFinding[]>;
}

/** Reads which tie-outs a company has: before its chain, so that each of them has its event there already. */
export async function tieOutsAgainstChain(
  db: Db,
  names: Names,
  company: string,
): Promise<TieOutsAgainstChain> {
  const days = await readTieOutDays(db, names, company);
  const told = new Map<string, AuditRow>();
  return {
    hear(row) {
      if (row.event === "tie_out_stored") told.set(String(detailsOf(row).sha256), row);
    },
    async findings() {
      const findings: AuditFinding[] = [];
      for (const [sha256, day] of days) {
        const row = told.get(sha256);
        if (!row) findings.push(auditProblems.tie_out_disagrees(null, day, sha256));
        else if ((await readTieOutJson(db, names, sha256)) === null)
          findings.push(auditProblems.tie_out_disagrees(row, day, sha256));
      }
      for (const [sha256, row] of told)
        if (!days.has(sha256)) findings.push(auditProblems.tie_out_disagrees(row, row.subject, sha256));
      return findings;
    },
  };
}
