import type { Db } from "../db/db.ts";
import { type AuditRow, detailsOf } from "../journal/audit-chain.ts";
import { addHashes, NO_PARTS_SUM, readAllParts } from "../journal/tie-out-parts.ts";
import { readRoots, rootSha256, type TieOutRoot } from "../journal/tie-outs.ts";
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
  const roots = await readRoots(db, names, company);
  const told = new Map<string, AuditRow>();
  return {
    hear(row) {
      if (row.event === "tie_out_stored") told.set(String(detailsOf(row).sha256), row);
    },
    async findings() {
      const altered = await alteredRoots(db, names, company, roots);
      const seen = new Map<string, TieOutRoot>();
      for (const root of roots) if (!seen.has(root.sha256)) seen.set(root.sha256, root);
      const findings: AuditFinding[] = [];
      for (const [sha256, root] of seen) {
        const row = told.get(sha256);
        if (!row || altered.has(sha256))
          findings.push(auditProblems.tie_out_disagrees(row ?? null, root.day, sha256));
      }
      for (const [sha256, row] of told)
        if (!seen.has(sha256)) findings.push(auditProblems.tie_out_disagrees(row, row.subject, sha256));
      return findings;
    },
  };
}

/** The hashes of tie-outs whose parts do not add up to them any more: the parts are gone through as they were kept. */
async function alteredRoots(
  db: Db,
  names: Names,
  company: string,
  roots: readonly TieOutRoot[],
): Promise<ReadonlySet<string>> {
  const altered = new Set<string>();
  let sum = NO_PARTS_SUM;
  let next = 0;
  /** Parts that are replaced later, by the number of what replaces them; some are not what they were. */
  const replaced = new Map<bigint, string[]>();
  const broken = new Set<bigint>();
  const brokenUntil = new Map<bigint, bigint[]>();
  const closeUpTo = (number: bigint | null) => {
    for (let root = roots[next]; root && (number === null || root.last < number); root = roots[++next])
      if (broken.size > 0 || sum !== root.partsSum || rootSha256(root.partsSum, root) !== root.sha256)
        altered.add(root.sha256);
  };
  for await (const { number, sha256, body, replacedBy } of readAllParts(db, names, company)) {
    closeUpTo(number);
    sum = addHashes(sum, body === "" ? [] : [sha256], replaced.get(number) ?? []);
    replaced.delete(number);
    for (const mended of brokenUntil.get(number) ?? []) broken.delete(mended);
    if (body === null) {
      broken.add(number);
      if (replacedBy !== null) brokenUntil.set(replacedBy, [...(brokenUntil.get(replacedBy) ?? []), number]);
    }
    if (replacedBy !== null && body !== "")
      replaced.set(replacedBy, [...(replaced.get(replacedBy) ?? []), sha256]);
  }
  closeUpTo(null);
  return altered;
}
