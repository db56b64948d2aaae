import { type AuditRow, EMPTY_CHAIN, hashOfRow } from "../journal/audit-chain.ts";
import type { AuditFinding, KnownHead } from "./finding.ts";
import { auditProblems } from "./problems.ts";

export interface ChainCheck {
  readonly events: number;
  /** The last event, as its row has it; null if there is none. */
  readonly last: AuditRow | null;
  /** The newest event that a known head vouches for; null if there is no head, or none was found. */
  readonly provenTo: { readonly sequence: string; readonly head: KnownHead } | null;
  /** The first `FINDINGS_KEPT` of them. */
  readonly findings: readonly AuditFinding[];
  readonly findingCount: number;
}

/** An event moved to another place makes every one after it wrong: the first are what leads to the cause. */
export const FINDINGS_KEPT = 100;

/**
 * Checks a company's events, given by number: that every hash fits its row's content and the hash before it, that
 * no number is missing or there twice, and that every head known from elsewhere is the hash of one of them.
 * @param hear is told each event and whether it fits its hash, and finds what is wrong beyond the chain itself
 */
export async function verifyChain(
  company: string,
  rows: AsyncIterable<AuditRow>,
  heads: readonly KnownHead[],
  hear: (row: AuditRow, isAsTold: boolean) => readonly AuditFinding[],
): Promise<ChainCheck> {
  const findings: AuditFinding[] = [];
  let findingCount = 0;
  const found = (...some: readonly AuditFinding[]) => {
    findingCount += some.length;
    findings.push(...some.slice(0, FINDINGS_KEPT - findings.length));
  };
  const notFound = new Map<string, KnownHead[]>();
  // A report made before the first event has the head of an empty chain: every chain begins with it.
  for (const head of heads.filter(({ hash }) => hash !== EMPTY_CHAIN))
    notFound.set(head.hash, [...(notFound.get(head.hash) ?? []), head]);

  let events = 0;
  let last: AuditRow | null = null;
  let provenTo: ChainCheck["provenTo"] = null;
  let number = 0n;
  /** Of all rows with that number: one row, unless somebody added another. */
  let hashesOfNumber = new Set([EMPTY_CHAIN]);
  for await (const row of rows) {
    events++;
    const own = /^[1-9]\d*$/.test(row.sequence) ? BigInt(row.sequence) : null;
    const isAsTold = own !== null && hashOfRow(row) === row.hash;
    if (!isAsTold) found(auditProblems.event_changed(row));
    if (own !== null) {
      if (own === number) found(auditProblems.event_twice(row));
      else {
        if (own > number + 1n) found(auditProblems.event_missing(number + 1n, own - 1n, last, row));
        else if (!hashesOfNumber.has(row.previous_hash)) found(auditProblems.event_link_broken(row, last));
        hashesOfNumber = new Set();
      }
      hashesOfNumber.add(row.hash);
      number = own;
    }
    const [head] = notFound.get(row.hash) ?? [];
    if (head) provenTo = { sequence: row.sequence, head };
    notFound.delete(row.hash);
    found(...hear(row, isAsTold));
    last = row;
  }
  for (const [head] of notFound.values())
    if (head) found(auditProblems.head_not_in_chain(company, head, last));
  return { events, last, provenTo, findings, findingCount };
}
