import { gunzipSync, gzipSync } from "node:zlib";
import type { CompanyContext, Context } from "../context.ts";
import { fail, type Outcome, ok } from "../core/outcome.ts";
import { sha256 } from "../core/sha256.ts";
import { type TieOut, tieOutFromJson, tieOutJson } from "../core/tie-out/schema.ts";
import { type Day, dayIn, toTimestamp } from "../core/time.ts";
import type { Queries } from "../db/db.ts";
import { text } from "../db/values.ts";
import type { Names } from "../names.ts";
import { headOf, nextSequence, tellAudit } from "./audit-chain.ts";
import { eventOf, insertCovered } from "./covered.ts";
import { withEvent } from "./events.ts";
import { withinLease } from "./lease.ts";
import { journalProblems } from "./problems.ts";

/** A tie-out as a reconciliation stored it. */
export interface StoredTieOut {
  readonly runId: string;
  readonly at: string;
  readonly day: Day;
  readonly sha256: string;
  readonly auditHead: string;
  readonly tieOut: TieOut;
}

/** SHA-256 over the tie-out as JSON in UTF-8. */
export const tieOutSha256 = (tieOut: TieOut): string => sha256(tieOutJson(tieOut));

/**
 * Stores what a reconciliation found. The same content is kept once, however often it is found again; a new one is
 * told of in the audit trail with its hash, so that a report of long ago can be proved.
 */
export async function storeTieOut(context: CompanyContext, tieOut: TieOut): Promise<StoredTieOut> {
  const { names, company, clock, runId, timeZone } = context;
  const now = clock.now();
  const at = toTimestamp(now);
  const day = dayIn(timeZone, now);
  const hash = tieOutSha256(tieOut);
  return withinLease(context, async (tx) => {
    const { sql } = tx;
    const [last] = await tx.query(
      sql
        .build(names.journal("tie_out"))
        .where({ company: company.id })
        .orderBy("tie_out_id", "desc")
        .limit(1)
        .select("content_sha256"),
    );
    const [known] = await tx.query(
      sql.build(names.journal("tie_out_content")).where({ sha256: hash }).select("sha256"),
    );
    if (!known)
      await tx.query(
        sql
          .build(names.journal("tie_out_content"))
          .insert({ sha256: hash, body: packed(tieOutJson(tieOut)) }),
      );
    const isNews = last?.content_sha256 === undefined || text(last, "content_sha256") !== hash;
    const table = names.journal("tie_out");
    const row = { company: company.id, run_id: runId, at, day, content_sha256: hash };
    if (isNews) {
      const event = await eventOf(context, tx);
      await insertCovered(context, tx, table, TIE_OUT_COLUMNS, [{ ...row, head_event: event }]);
      await tellAudit(context, tx, at, {
        event: "tie_out_stored",
        subject: day,
        details: { sha256: hash, keys: tieOut.keys.length, differences: tieOut.differences.length },
      });
    } else {
      // Found again: no event tells of it, and so none stands for it.
      const head_event = (await nextSequence(tx, names, company.id)) - 1n;
      await tx.insert(table, TIE_OUT_COLUMNS, [{ ...row, head_event }]);
    }
    return { runId, at, day, sha256: hash, auditHead: await headOf(tx, context), tieOut };
  });
}

const TIE_OUT_COLUMNS = {
  company: "text",
  run_id: "text",
  at: "text",
  day: "text",
  content_sha256: "text",
  head_event: "cents",
} as const;

/**
 * The newest tie-out that was stored up to and including a day; without a day, the newest of all.
 * @returns `tie_out_altered` if it is not what its hash says
 */
export async function readTieOut(
  { db, names }: Context,
  company: string,
  until?: Day,
): Promise<Outcome<StoredTieOut | null>> {
  const newest = withEvent(
    db.sql.build(`${names.journal("tie_out")} as o`),
    names,
    "o.head_event",
    "o.company",
  )
    .where("o.company", company)
    .orderBy("o.tie_out_id", "desc")
    .limit(1)
    .select("o.*", "e.hash as audit_head");
  const [row] = await db.query(until === undefined ? newest : newest.where("o.day", "<=", until));
  if (!row) return ok(null);
  const hash = text(row, "content_sha256");
  const json = await readTieOutJson(db, names, hash);
  if (json === null) return fail(journalProblems.tie_out_altered(company, text(row, "day"), hash));
  return ok({
    runId: text(row, "run_id"),
    at: text(row, "at"),
    day: text(row, "day"),
    sha256: hash,
    auditHead: text(row, "audit_head"),
    tieOut: tieOutFromJson(json),
  });
}

/** A stored tie-out by its hash; null if it is not there, or not what its hash says. */
export async function readTieOutJson(
  db: Pick<Context["db"], "query" | "sql">,
  names: Context["names"],
  hash: string,
): Promise<string | null> {
  const [content] = await db.query(
    db.sql.build(names.journal("tie_out_content")).where({ sha256: hash }).select("body"),
  );
  const json = content ? unpacked(text(content, "body")) : null;
  return json !== null && sha256(json) === hash ? json : null;
}

/** The first day on which each content was stored, by its hash. */
export async function readTieOutDays(
  queries: Queries,
  names: Names,
  company: string,
): Promise<ReadonlyMap<string, Day>> {
  const rows = await queries.query(
    queries.sql
      .build(names.journal("tie_out"))
      .where({ company })
      .groupBy("content_sha256")
      .min("day as day")
      .select("content_sha256"),
  );
  return new Map(rows.map((row) => [text(row, "content_sha256"), text(row, "day")]));
}

const packed = (json: string): string => gzipSync(json).toString("base64");

/** null if it is not what `packed` made. */
function unpacked(body: string): string | null {
  try {
    return gunzipSync(Buffer.from(body, "base64")).toString("utf8");
  } catch {
    return null;
  }
}
