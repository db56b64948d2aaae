import type { Db } from "../db/db.ts";
import { type AuditRow, companiesWithChain, detailsOf, nextSequence } from "../journal/audit-chain.ts";
import { COVERED, type CoveredName } from "../journal/covered-columns.ts";
import { readCopiesDiffering, readCovered } from "../journal/read-covered.ts";
import { type Digest, NO_ROWS, tellDigest, withRow } from "../journal/row-digest.ts";
import type { Names } from "../names.ts";
import type { AuditFinding } from "./finding.ts";
import { auditProblems } from "./problems.ts";

/** Rows that are named where many are changed. */
const ROWS_NAMED = 5;

interface Found extends Digest {
  /** Names of rows that do not fit their own hash, or have none: the first of them. */
  readonly named: readonly string[];
  readonly isSure: boolean;
}

const NOTHING: Found = { ...NO_ROWS, named: [], isSure: true };

/** Counts a row in, and names it, if not too many are named before. */
const withNamed = (before: Found, hash: bigint, name: () => string, isSure = true): Found => ({
  ...withRow(before, hash),
  named: before.named.length >= ROWS_NAMED ? before.named : [...before.named, name()],
  isSure,
});

/** Compares what events tell of the rows that they stand for with the rows. */
export interface RowsAgainstChain {
  /** What is wrong with the rows of an event. One that does not fit its hash says nothing of them. */
  hear(row: AuditRow, isAsTold: boolean): AuditFinding[];
  /** Rows that no event of a company told of. To be asked when all of its events were seen. */
  untold(company: string, last: AuditRow | null): AuditFinding[];
  /** The companies that rows belong to. */
  readonly companies: readonly string[];
}

/** Reads all rows that events stand for, each table once: before any chain, so that each row has its event there already. */
export async function rowsAgainstChain(db: Db, names: Names): Promise<RowsAgainstChain> {
  // What is written from here on is the next verification's.
  const until = new Map<string, bigint>();
  for (const company of await companiesWithChain(db, names))
    until.set(company, await nextSequence(db, names, company));
  const isNew = (company: string, sequence: bigint) => sequence >= (until.get(company) ?? 1n);

  const found = new Map<string, Map<bigint, Map<CoveredName, Found>>>();
  const ownerless = new Map<CoveredName, Found>();
  for (const part of Object.keys(COVERED) as CoveredName[])
    for await (const { company, event, hash, fitsItsHash, name } of readCovered(db, names, part)) {
      if (company === null || event === null) {
        ownerless.set(part, withNamed(ownerless.get(part) ?? NOTHING, hash, name));
        continue;
      }
      const events = found.get(company) ?? new Map<bigint, Map<CoveredName, Found>>();
      const parts = events.get(event) ?? new Map<CoveredName, Found>();
      const before = parts.get(part) ?? NOTHING;
      parts.set(
        part,
        fitsItsHash === true
          ? { ...before, ...withRow(before, hash) }
          : withNamed(before, hash, name, fitsItsHash === false),
      );
      events.set(event, parts);
      found.set(company, events);
    }
  const copies = new Map<string, AuditFinding[]>();
  for await (const one of readCopiesDiffering(db, names))
    if (!copies.get(one.company)?.push(auditProblems.copy_disagrees(one)))
      copies.set(one.company, [auditProblems.copy_disagrees(one)]);

  const lastHeard = new Map<string, bigint>();
  return {
    companies: [...found.keys()],
    hear(row, isAsTold) {
      const own = found.get(row.company);
      const sequence = numberOf(row);
      const parts = own?.get(sequence) ?? new Map<CoveredName, Found>();
      own?.delete(sequence);
      // A number that is there twice is told of already.
      const isHeard = sequence === lastHeard.get(row.company);
      lastHeard.set(row.company, sequence);
      if (!isAsTold || isHeard || isNew(row.company, sequence)) return [];
      const told = toldBy(row);
      return (Object.keys(COVERED) as CoveredName[]).flatMap((part) => {
        const one = parts.get(part) ?? NOTHING;
        const is = tellDigest(one);
        const was = told[part] ?? tellDigest(NO_ROWS);
        const agrees =
          is.rows === was.rows && is.sha256_sum === was.sha256_sum && (one.named.length === 0 || !one.isSure);
        return agrees ? [] : [auditProblems.rows_disagree(row, part, { told: was.rows, ...one })];
      });
    },
    untold(company, last) {
      const own = [...(found.get(company) ?? [])]
        // Its event may have been told since the chain was read.
        .filter(([sequence]) => !isNew(company, sequence) || sequence > (last ? numberOf(last) : 0n))
        .map(([sequence, parts]) =>
          auditProblems.rows_untold(
            company,
            sequence,
            [...parts].map(([part, { rows }]) => `${part} (${rows})`),
          ),
        );
      const astray = [...ownerless].map(([part, { rows, named }]) =>
        auditProblems.rows_ownerless(part, rows, named),
      );
      return [...own, ...(copies.get(company) ?? []), ...astray];
    },
  };
}

const numberOf = ({ sequence }: AuditRow): bigint => (/^\d+$/.test(sequence) ? BigInt(sequence) : -1n);

type Told = Readonly<Partial<Record<string, { readonly rows: number; readonly sha256_sum: string }>>>;

const toldBy = (row: AuditRow): Told => {
  const { rows } = detailsOf(row);
  return typeof rows === "object" && rows !== null ? (rows as Told) : {};
};
