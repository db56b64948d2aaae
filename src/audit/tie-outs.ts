import type { BatchPart } from "../core/tie-out/batch-part.ts";
import { COUNT_NAMES, type Counts, countBatch, countCodes, NO_COUNTS } from "../core/tie-out/counts.ts";
import { partFromJson } from "../core/tie-out/schema.ts";
import type { CodesPart } from "../core/tie-out/unit.ts";
import type { Db } from "../db/db.ts";
import { type AuditRow, detailsOf } from "../journal/audit-chain.ts";
import {
  addHashes,
  type KeptPart,
  NO_PARTS_SUM,
  type PartKind,
  readAllParts,
} from "../journal/tie-out-parts.ts";
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
      const { altered, miscounted } = await checkParts(db, names, company, roots);
      const seen = new Map<string, TieOutRoot>();
      for (const root of roots) if (!seen.has(root.sha256)) seen.set(root.sha256, root);
      const findings: AuditFinding[] = miscounted.map((part) => auditProblems.counts_disagree(part));
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

/**
 * Goes through the parts as they were kept.
 * @returns the hashes of tie-outs whose parts do not add up to them any more, and parts whose counts are not those of
 * their content
 */
async function checkParts(
  db: Db,
  names: Names,
  company: string,
  roots: readonly TieOutRoot[],
): Promise<{ readonly altered: ReadonlySet<string>; readonly miscounted: readonly KeptPart[] }> {
  const altered = new Set<string>();
  const miscounted: KeptPart[] = [];
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
  for await (const part of readAllParts(db, names, company)) {
    const { number, sha256, body, replacedBy, counts } = part;
    if (body && !haveSame(countsOf(part.kind, body), counts)) miscounted.push({ ...part, body: null });
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
  return { altered, miscounted };
}

/** What a part's content comes to. */
function countsOf(kind: PartKind, body: string): Counts {
  if (kind === "codes") return countCodes(partFromJson<CodesPart>(body));
  return kind === "batch" ? countBatch(partFromJson<BatchPart>(body)) : NO_COUNTS;
}

const haveSame = (a: Counts, b: Counts): boolean => COUNT_NAMES.every((name) => a[name] === b[name]);
