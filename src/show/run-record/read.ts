import { createHash } from "node:crypto";
import { join } from "node:path";
import type { CompanyContext } from "../../context.ts";
import type { EstimateKind } from "../../core/key.ts";
import { type Cents, formatMoney, sumCents } from "../../core/money.ts";
import type { DocumentType } from "../../core/staged.ts";
import type { ImportLineState } from "../../core/states.ts";
import { cents, integer, text, textOrNull } from "../../db/values.ts";
import { detailsOf } from "../../journal/audit-chain.ts";
import { readBatch } from "../../journal/batches.ts";
import { headOf } from "../../journal/tie-outs.ts";
import { readJce } from "../../outbox/read-jce.ts";
import { estimateFilesOf } from "../../outbox/render/contents.ts";
import type { RunRecord } from "./schema.ts";

/** A run of a company: it may have lost its lease, or never had one. */
export type OwnRun = Omit<CompanyContext, "lease">;

/** What the journal tells of a run, and of the company when it ended. */
export interface RunInJournal {
  readonly mapping: RunRecord["data"]["mapping"];
  readonly unfinished: RunRecord["unfinished_runs"];
  readonly events: readonly RunEvent[];
  /** Documents that this run took, by what it did with them. */
  readonly sent: readonly {
    readonly event: string;
    readonly document: DocumentType;
    readonly documentId: string;
  }[];
  readonly batches: readonly RunBatch[];
  /** Amounts of all import lines that this run claimed. */
  readonly claimed: Readonly<Record<EstimateKind, Cents>>;
  /** All import lines of the company. */
  readonly lines: readonly {
    readonly state: ImportLineState;
    readonly kind: EstimateKind;
    readonly count: number;
    readonly cents: Cents;
    readonly postedCents: Cents;
  }[];
  readonly openHolds: number;
  readonly movements: RunRecord["movements"];
  readonly auditHead: string;
}

export interface RunEvent {
  readonly sequence: string;
  readonly event: string;
  readonly subject: string;
  readonly hash: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export type RunBatch = RunRecord["batches"][number] & {
  /** What the journal's lines of each file come to, by the file's name. */
  readonly lineTotals: ReadonlyMap<string, Cents>;
};

/** Reads what a run left in the journal, and the files of its batches. */
export async function readRun(run: OwnRun): Promise<RunInJournal> {
  const { db } = run;
  const told = await db.reading(async () => ({
    mapping: await mappingOf(run),
    unfinished: await unfinishedBefore(run),
    events: await eventsOf(run),
    sent: await sentBy(run),
    claimed: await claimedBy(run),
    claimedBatches: await batchesClaimedBy(run),
    lines: await linesOf(run),
    openHolds: await openHoldsOf(run),
    movements: await movementsOf(run),
    auditHead: await headOf(db, run),
  }));
  const written = told.events.filter(({ event }) => event === "batch_written").map(({ subject }) => subject);
  const ids = [...new Set([...written, ...told.claimedBatches])].sort();
  const batches: RunBatch[] = [];
  for (const id of ids) batches.push(await batchOf(run, id, !told.claimedBatches.includes(id)));
  return { ...told, batches };
}

async function mappingOf({ db, names, company }: OwnRun): Promise<RunInJournal["mapping"]> {
  const [row] = await db.query(
    db.sql
      .build(names.journal("mapping_set"))
      .where({ company: company.id })
      .orderBy("version", "desc")
      .limit(1)
      .select("version", "sha256", "in_force_since"),
  );
  return row
    ? {
        version: integer(row, "version"),
        sha256: text(row, "sha256"),
        in_force_since: text(row, "in_force_since"),
      }
    : null;
}

/**
 * Runs without an end that began since the last one that has one. A run under its lease is alone, so whatever began
 * before it and has no end was killed, or lost its database.
 */
async function unfinishedBefore({ db, names, company, runId }: OwnRun): Promise<RunInJournal["unfinished"]> {
  const others = () =>
    db.sql.build(names.journal("run")).where({ company: company.id }).whereNot({ run_id: runId });
  const [ended] = await db.query(others().whereNotNull("ended_at").max("ended_at as last"));
  const since = (ended && textOrNull(ended, "last")) ?? "";
  const rows = await db.query(
    others()
      .whereNull("ended_at")
      .where("started_at", ">=", since)
      .orderBy(["started_at", "run_id"])
      .select("run_id", "command", "started_at", "actor"),
  );
  return rows.map((row) => ({
    run_id: text(row, "run_id"),
    command: text(row, "command"),
    started_at: text(row, "started_at"),
    actor: text(row, "actor"),
  }));
}

async function eventsOf({ db, names, company, runId }: OwnRun): Promise<RunEvent[]> {
  const rows = await db.query(
    db.sql
      .build(names.journal("audit_event"))
      .where({ company: company.id, run_id: runId })
      .orderBy("sequence")
      .select("sequence", "event", "subject", "hash", "details"),
  );
  return rows.map((row) => ({
    sequence: text(row, "sequence"),
    event: text(row, "event"),
    subject: text(row, "subject"),
    hash: text(row, "hash"),
    details: detailsOf({ details: text(row, "details") }),
  }));
}

async function sentBy({ db, names, company, runId }: OwnRun): Promise<RunInJournal["sent"]> {
  const rows = await db.query(
    db.sql
      .build(names.journal("sent_document"))
      .where({ company: company.id, run_id: runId })
      .orderBy(["document", "document_id"])
      .select("event", "document", "document_id"),
  );
  return rows.map((row) => ({
    event: text(row, "event"),
    document: text(row, "document") as DocumentType,
    documentId: text(row, "document_id"),
  }));
}

async function batchesClaimedBy({ db, names, company, runId }: OwnRun): Promise<string[]> {
  const rows = await db.query(
    db.sql
      .build(names.journal("batch"))
      .where({ company: company.id, run_id: runId })
      .orderBy("number")
      .select("batch_id"),
  );
  return rows.map((row) => text(row, "batch_id"));
}

async function claimedBy({ db, names, company, runId }: OwnRun): Promise<RunInJournal["claimed"]> {
  const rows = await db.query(
    db.sql
      .build(`${names.journal("import_line")} as l`)
      .join(`${names.journal("batch")} as b`, "b.batch_id", "l.batch_id")
      .where({ "b.company": company.id, "b.run_id": runId })
      .groupBy("l.kind")
      .select("l.kind as kind")
      .sum("l.cents as total"),
  );
  const totals = { original: 0n, approved_change: 0n };
  for (const row of rows) totals[text(row, "kind") as EstimateKind] = cents(row, "total");
  return totals;
}

async function linesOf({ db, names, company }: OwnRun): Promise<RunInJournal["lines"]> {
  const rows = await db.query(
    db.sql
      .build(names.journal("import_line"))
      .where({ company: company.id })
      .groupBy("state", "kind")
      .select("state", "kind")
      .count("line_no as n")
      .sum("cents as total")
      .sum("posted_cents as posted"),
  );
  return rows.map((row) => ({
    state: text(row, "state") as ImportLineState,
    kind: text(row, "kind") as EstimateKind,
    count: integer(row, "n"),
    cents: cents(row, "total"),
    postedCents: cents(row, "posted"),
  }));
}

async function openHoldsOf({ db, names, company }: OwnRun): Promise<number> {
  const [row] = await db.query(
    db.sql
      .build(names.journal("hold"))
      .where({ company: company.id })
      .whereNull("ended_at")
      .count("hold_id as n"),
  );
  return row ? integer(row, "n") : 0;
}

async function movementsOf({ db, names, company, runId }: OwnRun): Promise<RunRecord["movements"]> {
  const rows = await db.query(
    db.sql
      .build(names.journal("movement"))
      .where({ company: company.id, run_id: runId })
      .groupBy("from_account", "to_account", "kind")
      .orderBy(["from_account", "to_account", "kind"])
      .select("from_account", "to_account", "kind")
      .count("movement_id as n")
      .sum("cents as total"),
  );
  return rows.map((row) => ({
    from: text(row, "from_account"),
    to: text(row, "to_account"),
    kind: text(row, "kind") as EstimateKind,
    amount: formatMoney(cents(row, "total")),
    movements: integer(row, "n"),
  }));
}

/** A batch of this run: the journal's lines on one side, the files as they lie in the outbox on the other. */
async function batchOf(run: OwnRun, batchId: string, recovered: boolean): Promise<RunBatch> {
  const { db, names, company, files } = run;
  const batch = await readBatch(db, names, batchId);
  if (!batch) throw new Error(`batch ${batchId} has gone from the journal`);
  const { header, record } = batch;
  const { encoding, extra_field: extraField } = record.jce;
  const estimateFiles = estimateFilesOf(record);
  const inOutbox: RunBatch["files"][number][] = [];
  for (const { name, kind } of header.state === "written" ? estimateFiles : []) {
    const bytes = await files.read(join(company.outbox, batchId, name)).catch(() => null);
    const parsed = bytes && readJce(bytes, { encoding, extraField });
    const lines = parsed?.ok ? parsed.value.lines : [];
    inOutbox.push({
      ...{ name, kind, lines: lines.length },
      sha256: bytes && createHash("sha256").update(bytes).digest("hex"),
      amount_total: formatMoney(sumCents(lines.map((line) => line.cents))),
    });
  }
  return {
    batch_id: batchId,
    recovered,
    state: header.state,
    transaction_date: header.transactionDate,
    manifest_sha256: header.manifestSha256,
    lines_left_out: record.lines.filter(({ inFile }) => !inFile).length,
    files: inOutbox,
    lineTotals: new Map(
      estimateFiles.map(({ name, lines }) => [name, sumCents(lines.map((line) => line.cents))]),
    ),
  };
}
