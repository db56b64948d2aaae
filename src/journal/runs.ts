import type { CompanyContext } from "../context.ts";
import type { Queries, Row } from "../db/db.ts";
import { text, textOrNull } from "../db/values.ts";
import type { Names } from "../names.ts";

/** A run of a command for a company; without an end it is under way, or was killed. */
export interface RunRow {
  readonly runId: string;
  readonly command: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** `done`, or the name of what it failed of. */
  readonly outcome: string | null;
  readonly actor: string;
}

export async function insertRun(
  { names, runId, company, actor, toolVersion }: CompanyContext,
  tx: Queries,
  { command, startedAt }: Pick<RunRow, "command" | "startedAt">,
): Promise<void> {
  await tx.query(
    tx.sql.build(names.journal("run")).insert({
      run_id: runId,
      company: company.id,
      command,
      started_at: startedAt,
      actor,
      tool_version: toolVersion,
    }),
  );
}

export async function endRun(
  { names, runId, company }: CompanyContext,
  tx: Queries,
  endedAt: string,
  outcome: string,
): Promise<void> {
  await tx.query(
    tx.sql
      .build(names.journal("run"))
      .where({ run_id: runId, company: company.id })
      .update({ ended_at: endedAt, outcome }),
  );
}

const readRun = (row: Row): RunRow => ({
  runId: text(row, "run_id"),
  command: text(row, "command"),
  startedAt: text(row, "started_at"),
  endedAt: textOrNull(row, "ended_at"),
  outcome: textOrNull(row, "outcome"),
  actor: text(row, "actor"),
});

/** When a command last came to its end for a company; null if it never did. */
export async function lastDone(
  queries: Queries,
  names: Names,
  company: string,
  command: string,
): Promise<string | null> {
  const [row] = await queries.query(
    queries.sql
      .build(names.journal("run"))
      .where({ company, command, outcome: "done" })
      .max("ended_at as last"),
  );
  return row ? textOrNull(row, "last") : null;
}

/**
 * Runs without an end that began since the last one that has one. A run under its lease is alone, so whatever began
 * before it and has no end was killed, or lost its database.
 */
export async function readUnfinished(
  queries: Queries,
  names: Names,
  { company, runId }: { readonly company: string; readonly runId: string },
): Promise<RunRow[]> {
  const others = () => queries.sql.build(names.journal("run")).where({ company }).whereNot({ run_id: runId });
  const [ended] = await queries.query(others().whereNotNull("ended_at").max("ended_at as last"));
  const since = (ended && textOrNull(ended, "last")) ?? "";
  const rows = await queries.query(
    others()
      .whereNull("ended_at")
      .where("started_at", ">=", since)
      .orderBy(["started_at", "run_id"])
      .select(),
  );
  return rows.map(readRun);
}

/** The runs that began after one moment, up to another; oldest first. */
export async function readRunsBetween(
  queries: Queries,
  names: Names,
  company: string,
  { after, until }: { readonly after: string; readonly until: string },
): Promise<RunRow[]> {
  const rows = await queries.query(
    queries.sql
      .build(names.journal("run"))
      .where({ company })
      .where("started_at", "<=", until)
      .where("started_at", ">", after)
      .orderBy(["started_at", "run_id"])
      .select(),
  );
  return rows.map(readRun);
}
