import type { CompanyContext, Context } from "../context.ts";
import { fail, type Outcome, ok } from "../core/outcome.ts";
import { sha256 } from "../core/sha256.ts";
import type { TieOut } from "../core/tie-out/schema.ts";
import { type Day, dayIn, toTimestamp } from "../core/time.ts";
import type { Queries, Row } from "../db/db.ts";
import { cents, text, textOrNull } from "../db/values.ts";
import type { Names } from "../names.ts";
import { headOf, nextSequence, tellAudit } from "./audit-chain.ts";
import { eventOf, insertCovered } from "./covered.ts";
import { withEvent } from "./events.ts";
import { withinLease } from "./lease.ts";
import { journalProblems } from "./problems.ts";
import { lastPart, NO_PARTS_SUM, sumOfParts } from "./tie-out-parts.ts";

/** What a reconciliation found that is of no part. */
export type RootContent = Pick<TieOut, "notices" | "reject_files">;

/** A tie-out as a reconciliation stored it: its parts are those that were valid when its last one was. */
export interface TieOutRoot extends RootContent {
  readonly runId: string;
  readonly at: string;
  readonly day: Day;
  /** The number of the newest part; 0 if there was none. */
  readonly last: bigint;
  /** The hash over the valid parts: the sum of theirs. */
  readonly partsSum: string;
  /** Over the sum and the content: what the audit trail tells of. */
  readonly sha256: string;
  readonly auditHead: string;
  readonly copy: TieOut["copy"];
  /** The highest run that this look, or any before it, has shown; null if none did. */
  readonly highestRun: bigint | null;
}

/** SHA-256 over what a tie-out is: its parts, and what is of none. */
export const rootSha256 = (partsSum: string, { notices, reject_files }: RootContent): string =>
  sha256(JSON.stringify({ parts: partsSum, notices, reject_files }));

/** Roots as `r`, each with the event that was the last on the chain then as `e`. */
const roots = (queries: Queries, names: Names, company: string) =>
  withEvent(queries.sql.build(`${names.journal("tie_out")} as r`), names, "r.head_event", "r.company")
    .where("r.company", company)
    .select("r.*", "e.hash as audit_head");

/**
 * Stores what a reconciliation found, its parts being kept already: those of one that died before are taken up here.
 * What says the same as before is told of once; a new one in the audit trail with its hash, so that a report of long
 * ago can be proved.
 */
export async function storeRoot(
  context: CompanyContext,
  { notices, reject_files }: RootContent,
  seen: { readonly copy: TieOut["copy"]; readonly highestRun: bigint | null },
): Promise<TieOutRoot> {
  const { names, company, clock, runId, timeZone } = context;
  const now = clock.now();
  const [at, day] = [toTimestamp(now), dayIn(timeZone, now)];
  return withinLease(context, async (tx) => {
    const before = await newestRoot(tx, names, company.id);
    const last = await lastPart(tx, names, company.id);
    // One that somebody changed is nothing to go on from.
    const since =
      before && rootSha256(before.partsSum, before) === before.sha256
        ? { last: before.last, sum: before.partsSum }
        : { last: 0n, sum: NO_PARTS_SUM };
    const partsSum = last === since.last ? since.sum : await sumOfParts(tx, names, company.id, since);
    const hash = rootSha256(partsSum, { notices, reject_files });
    const highestRun = highest(before?.highestRun ?? null, seen.highestRun);
    const table = names.journal("tie_out");
    const row = {
      company: company.id,
      run_id: runId,
      at,
      day,
      last_part: last,
      parts_sum: partsSum,
      sha256: hash,
      content: JSON.stringify({ notices, reject_files }),
      copy: JSON.stringify(seen.copy),
      highest_run: highestRun,
    };
    if (before?.sha256 !== hash) {
      const head_event = await eventOf(context, tx);
      await insertCovered(context, tx, table, TIE_OUT_COLUMNS, [{ ...row, head_event }]);
      await tellAudit(context, tx, at, {
        event: "tie_out_stored",
        subject: day,
        details: { sha256: hash, parts: partsSum, last_part: last.toString() },
      });
    } else {
      // Found again: no event tells of it, and so none stands for it.
      const head_event = (await nextSequence(tx, names, company.id)) - 1n;
      await tx.insert(table, TIE_OUT_COLUMNS, [{ ...row, head_event }]);
    }
    return {
      ...{ runId, at, day, last, partsSum, sha256: hash, notices, reject_files },
      ...{ copy: seen.copy, highestRun, auditHead: await headOf(tx, context) },
    };
  });
}

const TIE_OUT_COLUMNS = {
  company: "text",
  run_id: "text",
  at: "text",
  day: "text",
  last_part: "cents",
  parts_sum: "text",
  sha256: "text",
  content: "text",
  copy: "text",
  highest_run: "cents",
  head_event: "cents",
} as const;

const highest = (a: bigint | null, b: bigint | null): bigint | null =>
  a === null || (b !== null && b > a) ? b : a;

async function newestRoot(
  queries: Queries,
  names: Names,
  company: string,
  until?: Day,
): Promise<TieOutRoot | null> {
  const statement = roots(queries, names, company).orderBy("r.tie_out_id", "desc").limit(1);
  if (until !== undefined) statement.where("r.day", "<=", until);
  const [row] = await queries.query(statement);
  return row ? readRoot(row) : null;
}

const readRoot = (row: Row): TieOutRoot => ({
  runId: text(row, "run_id"),
  at: text(row, "at"),
  day: text(row, "day"),
  last: cents(row, "last_part"),
  partsSum: text(row, "parts_sum"),
  sha256: text(row, "sha256"),
  auditHead: text(row, "audit_head"),
  ...jsonOf<RootContent>(text(row, "content"), { notices: [], reject_files: [] }),
  copy: jsonOf<TieOut["copy"]>(text(row, "copy"), { as_of: null, highest_run: null }),
  highestRun: textOrNull(row, "highest_run") === null ? null : cents(row, "highest_run"),
});

/** What `JSON.stringify` made of a value; what stands for it, where somebody changed it: its hash tells of that. */
function jsonOf<T>(json: string, otherwise: T): T {
  try {
    return JSON.parse(json) as T;
  } catch {
    return otherwise;
  }
}

/**
 * The newest tie-out that was stored up to and including a day; without a day, the newest of all. Whether its parts
 * are what its hash says is told when they are read.
 * @returns `tie_out_altered` if it is not what its hash says
 */
export async function readTieOutRoot(
  { db, names }: Pick<Context, "db" | "names">,
  company: string,
  until?: Day,
): Promise<Outcome<TieOutRoot | null>> {
  const root = await newestRoot(db, names, company, until);
  if (root && rootSha256(root.partsSum, root) !== root.sha256)
    return fail(journalProblems.tie_out_altered(company, root.day, root.sha256));
  return ok(root);
}

/** Every root, in the order of their parts. */
export async function readRoots(queries: Queries, names: Names, company: string): Promise<TieOutRoot[]> {
  const rows = await queries.query(roots(queries, names, company).orderBy(["r.last_part", "r.tie_out_id"]));
  return rows.map(readRoot);
}
