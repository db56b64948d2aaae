import type { Context } from "../context.ts";
import { fail, type Outcome, ok } from "../core/outcome.ts";
import { type AuditRow, companiesWithChain, readChain } from "../journal/audit-chain.ts";
import type { KnownHead } from "./finding.ts";
import { headGiven, headsOfFiles, headsOfFolders } from "./heads.ts";
import { auditProblems } from "./problems.ts";
import { type RowsAgainstChain, rowsAgainstChain } from "./rows.ts";
import { tieOutsAgainstChain } from "./tie-outs.ts";
import { FINDINGS_KEPT, verifyChain } from "./verify.ts";

export interface CompanyAudit {
  readonly company: string;
  readonly result: "good" | "broken";
  readonly events: number;
  readonly last_at: string | null;
  /** The hash of the last event: to be kept where the journal's operators cannot change it. */
  readonly head: string | null;
  /** Heads that were given, or found in manifests, reports and runs' records. */
  readonly heads_known: number;
  /** The newest event that a head vouches for; whether later ones were cut off cannot be told. */
  readonly proven_to: { readonly sequence: string; readonly by: string } | null;
  /** What is wrong, at most the first 100. */
  readonly findings: readonly {
    /** The number of the event it is about; null where it is about none that is there. */
    readonly sequence: string | null;
    readonly name: string;
    readonly message: string;
    readonly hint: string;
  }[];
  readonly findings_total: number;
}

export interface AuditResult {
  readonly companies: readonly CompanyAudit[];
}

export interface AuditOptions {
  readonly company?: string | undefined;
  /** A head that somebody kept. */
  readonly head?: string | undefined;
  /** Files that carry one. */
  readonly headFrom?: readonly string[] | undefined;
}

/** Recomputes every chain from its rows, and compares it with the heads that are kept outside the journal. */
export async function verifyAudit(context: Context, options: AuditOptions): Promise<Outcome<AuditResult>> {
  const rows = await rowsAgainstChain(context.db, context.names);
  const known = await companiesOf(context, options);
  const companies = options.company === undefined ? [...new Set([...known, ...rows.companies])] : known;
  const only = companies.length === 1 ? (companies[0] ?? null) : null;
  const given = await headsOfFiles(context.files, options.headFrom ?? [], only);
  if (!given.ok) return given;
  if (options.head !== undefined) {
    const head = headGiven(options.head.trim().toLowerCase());
    if (!head.ok) return head;
    if (only === null) return fail(auditProblems.head_of_which_company("--head"));
    given.value.set(only, [...(given.value.get(only) ?? []), head.value]);
  }
  for (const [owner, [head]] of given.value)
    if (head && !companies.includes(owner))
      return fail(auditProblems.head_file_unusable(head.source, `it is of ${owner}, which is not looked at`));
  const results: CompanyAudit[] = [];
  for (const company of companies)
    results.push(await verifyCompany(context, company, rows, given.value.get(company) ?? []));
  return ok({ companies: results });
}

/** Every event of every chain, company by company, as its row has it. */
export async function* exportAudit(
  context: Context,
  options: Pick<AuditOptions, "company">,
): AsyncGenerator<AuditRow, undefined> {
  for (const company of await companiesOf(context, options))
    yield* readChain(context.db, context.names, company);
}

/** Those of the configuration, then those that only the journal has: their chains must not be lost sight of. */
async function companiesOf(
  { db, names, config }: Context,
  { company }: Pick<AuditOptions, "company">,
): Promise<string[]> {
  if (company !== undefined) return [company];
  const configured = config.companies.map(({ id }) => id);
  return [...new Set([...configured, ...(await companiesWithChain(db, names))])];
}

async function verifyCompany(
  { db, names, files, config }: Context,
  company: string,
  rows: RowsAgainstChain,
  given: readonly KnownHead[],
): Promise<CompanyAudit> {
  const configured = config.companies.find(({ id }) => id === company);
  // Heads and tie-outs first: what they tell of is in the chain by the time it is read.
  const heads = [...given, ...(configured ? await headsOfFolders(files, configured) : [])];
  const tieOuts = await tieOutsAgainstChain(db, names, company);
  const chain = await verifyChain(company, readChain(db, names, company), heads, (row, isAsTold) => {
    tieOuts.hear(row);
    return rows.hear(row, isAsTold);
  });
  const untold = [...rows.untold(company, chain.last), ...(await tieOuts.findings())];
  const { events, last, provenTo } = chain;
  const findings = chain.findingCount + untold.length;
  return {
    company,
    result: findings === 0 ? "good" : "broken",
    events,
    last_at: last?.at ?? null,
    head: last?.hash ?? null,
    heads_known: heads.length,
    proven_to: provenTo ? { sequence: provenTo.sequence, by: provenTo.head.source } : null,
    findings: [...chain.findings, ...untold].slice(0, FINDINGS_KEPT),
    findings_total: findings,
  };
}
