import { createHash } from "node:crypto";
import type { CompanyContext } from "../../context.ts";
import { joinKey } from "../../core/key.ts";
import { formatMoney, sumCents } from "../../core/money.ts";
import { documentContent } from "../../core/plan/content.ts";
import { documentKey, type PlannedBatch, type PlannedProject } from "../../core/plan/types.ts";
import type { SageEntry } from "../../core/sage.ts";
import type { StagedDocument } from "../../core/staged.ts";
import { DOCUMENT_TRANSITIONS } from "../../core/states.ts";
import { type Day, dayIn, toTimestamp } from "../../core/time.ts";
import type { Queries } from "../../db/db.ts";
import { idSet, insertRows } from "../../db/row-sets.ts";
import { integer, text, textOrNull } from "../../db/values.ts";
import { appendAudit, nextAuditEvent } from "../../journal/audit-chain.ts";
import { setExportedReason } from "../../journal/document-reasons.ts";
import { withinLease } from "../../journal/lease.ts";
import { insertMovements, insertSentDocuments } from "../../journal/movements.ts";
import { readDocuments } from "../../staging/documents.ts";
import { changeHeader, lockBudget, setLinesSynced } from "../../staging/write-flags.ts";

/** What a claim needs beside the plan. */
export interface ClaimInput {
  readonly batch: PlannedBatch;
  readonly transactionDate: Day;
  readonly mappingSha256: string;
  /** Entries that Sage's copy shows already: none of them counts for this batch. */
  readonly entries: readonly SageEntry[];
  /** Each project's budget, for its lock. */
  readonly budgets: ReadonlyMap<string, StagedDocument>;
}

export type ClaimResult =
  | { readonly batchId: string }
  /** These documents are not as they were read: the batch must be planned again without them. */
  | { readonly changed: readonly string[] };

/** Undoes the transaction when staging is found changed in the middle of it. */
class StagingChanged extends Error {
  readonly documents: readonly string[];
  constructor(documents: readonly string[]) {
    super("staging changed while it was being claimed");
    this.documents = documents;
  }
}

/**
 * Claims a batch in one transaction: takes its documents if they are still as read, sets their flags, and writes
 * down all that rendering and matching will ever need. After it nothing decides any more.
 * @throws LeaseLost if another instance has taken over
 */
export async function claimBatch(context: CompanyContext, input: ClaimInput): Promise<ClaimResult> {
  try {
    const batchId = await withinLease(context, (tx) => claim(context, tx, input));
    return { batchId };
  } catch (error) {
    if (error instanceof StagingChanged) return { changed: error.documents };
    throw error;
  }
}

async function claim(context: CompanyContext, tx: Queries, input: ClaimInput): Promise<string> {
  const { names, runId, actor } = context;
  const company = context.company.id;

  const projects = input.batch.projects;
  const documents = projects.flatMap((planned) => planned.documents);
  const read = await readDocuments(tx, names, documents);
  const changed = changedDocuments(documents, read);
  if (changed.length > 0) throw new StagingChanged(changed);

  const now = context.clock.now();
  const at = toTimestamp(now);
  const previous = await lastBatch(tx, context);
  const number = (previous?.number ?? 0) + 1;
  const batchId = batchIdOf(company, number);
  const lines = projects.flatMap((planned) =>
    planned.lines.map((line) => ({ ...line, project: planned.project })),
  );

  await setFlags(context, tx, projects, read, input.budgets);
  await insertRows(
    tx,
    names.journal("import_line"),
    IMPORT_LINE_COLUMNS,
    lines.map((line, index) => ({
      batch_id: batchId,
      line_no: index + 1,
      company,
      kind: line.kind,
      project_id: line.project.projectId,
      project_number: line.project.projectNumber,
      project_name: line.project.name,
      job: line.key.job,
      extra: line.key.extra,
      cost_code: line.key.costCode,
      category: line.key.category,
      job_description: line.jobDescription,
      extra_description: line.extraDescription,
      extra_is_new: line.extraIsNew ? 1 : 0,
      cost_code_description: line.costCodeDescription,
      cost_code_is_new: line.costCodeIsNew ? 1 : 0,
      cents: line.cents,
      in_file: line.inFile ? 1 : 0,
      // What comes to 0.00 has nothing to be posted: it counts as tied out.
      state: line.cents === 0n ? "posted" : "awaiting_posting",
      state_since: at,
      posted_cents: 0n,
      ambiguous: 0,
      tied_out_at: line.cents === 0n ? at : null,
    })),
  );
  await insertSentDocuments(context, tx, { event: "claimed", batchId, at, documents });
  await insertMovements(context, tx, { event: "claimed", batchId, at, lines });
  await insertKnownEntries(context, tx, number, input.entries, new Set(lines.map((line) => line.key.job)));

  const event = await nextAuditEvent(
    tx,
    names,
    { company, at, actor, runId },
    {
      event: "batch_claimed",
      subject: batchId,
      details: {
        transaction_date: input.transactionDate,
        mapping_sha256: input.mappingSha256,
        lines: lines.length,
        original: formatMoney(sumCents(lines.filter((l) => l.kind === "original").map((l) => l.cents))),
        approved_changes: formatMoney(
          sumCents(lines.filter((l) => l.kind !== "original").map((l) => l.cents)),
        ),
        documents: documents.map((document) => ({
          document: document.document,
          document_id: document.documentId,
          accepted_by: document.acceptedBy,
          accepted_at: document.acceptedAt,
          content_sha256: contentSha256(document),
        })),
      },
    },
  );
  const { create_cost_codes, jce } = context.company;
  const { comment, quote_record_ids, extra_field, encoding } = jce;
  await tx.query(
    tx.sql.build(names.journal("batch")).insert({
      batch_id: batchId,
      company,
      number,
      state: "claimed",
      created_at: at,
      claim_day: dayIn(context.timeZone, now),
      transaction_date: input.transactionDate,
      run_id: runId,
      tool_version: context.toolVersion,
      mapping_sha256: input.mappingSha256,
      jce: JSON.stringify({ comment, quote_record_ids, extra_field, encoding, create_cost_codes }),
      previous_manifest_sha256: previous?.manifestSha256 ?? null,
      audit_head: event.hash,
    }),
  );
  for (const planned of projects)
    await setExportedReason(
      context,
      tx,
      planned.project.projectId,
      planned.documents,
      at,
      "nothing of it has an amount to be posted; the next reconciliation frees it",
    );
  await appendAudit(tx, names, event);
  return batchId;
}

const IMPORT_LINE_COLUMNS = {
  batch_id: "text",
  line_no: "integer",
  company: "text",
  kind: "text",
  project_id: "text",
  project_number: "text",
  project_name: "text",
  job: "text",
  extra: "text",
  cost_code: "text",
  category: "text",
  job_description: "text",
  extra_description: "text",
  extra_is_new: "integer",
  cost_code_description: "text",
  cost_code_is_new: "integer",
  cents: "cents",
  in_file: "integer",
  state: "text",
  state_since: "text",
  posted_cents: "cents",
  ambiguous: "integer",
  tied_out_at: "text",
} as const;

const contentSha256 = (document: StagedDocument): string =>
  createHash("sha256").update(documentContent(document), "utf8").digest("hex");

/** Numbers have six digits at least, and count up without gaps. */
export const batchIdOf = (company: string, number: number): string =>
  `${company}-${String(number).padStart(6, "0")}`;

/** The number that the company's next batch will have. */
export async function nextBatchNumber(
  tx: Queries,
  { names, company }: Pick<CompanyContext, "names" | "company">,
): Promise<number> {
  const [row] = await tx.query(
    tx.sql.build(names.journal("batch")).where({ company: company.id }).max("number as last"),
  );
  return (row?.last ? integer(row, "last") : 0) + 1;
}

async function lastBatch(tx: Queries, { names, company }: CompanyContext) {
  const [row] = await tx.query(
    tx.sql
      .build(names.journal("batch"))
      .where({ company: company.id })
      .orderBy("number", "desc")
      .limit(1)
      .select("batch_id", "number", "manifest_sha256"),
  );
  if (!row) return null;
  const manifestSha256 = textOrNull(row, "manifest_sha256");
  // Its hash goes into the next manifest, so batches are published in order.
  if (!manifestSha256)
    throw new Error(`batch ${text(row, "batch_id")} must be published before another is claimed`);
  return { number: integer(row, "number"), manifestSha256 };
}

/** The documents that are gone, repeated, no longer accepted, or say something else than when they were planned. */
export function changedDocuments(
  planned: readonly StagedDocument[],
  read: readonly StagedDocument[],
): string[] {
  const same = (a: StagedDocument, b: StagedDocument) =>
    a.status === b.status &&
    a.projectId === b.projectId &&
    a.acceptedBy === b.acceptedBy &&
    a.acceptedAt === b.acceptedAt &&
    a.number === b.number &&
    documentContent(a) === documentContent(b);
  return planned
    .filter((document) => {
      const now = read.filter((d) => documentKey(d) === documentKey(document));
      return now.length !== 1 || !now[0] || !same(document, now[0]);
    })
    .map(documentKey);
}

async function setFlags(
  { names }: CompanyContext,
  tx: Queries,
  projects: readonly PlannedProject[],
  read: readonly StagedDocument[],
  budgets: ReadonlyMap<string, StagedDocument>,
): Promise<void> {
  for (const planned of projects) {
    const sending = new Set(
      // What comes to 0.00 on its key counts as tied out: nothing of it is under way.
      planned.lines
        .filter((line) => line.cents !== 0n)
        .flatMap((line) =>
          line.sources
            .filter((source) => source.cents !== 0n)
            .map((source) => joinKey(documentKey(source.document), source.stagingLineId ?? "")),
        ),
    );
    for (const document of read.filter((d) =>
      planned.documents.some((p) => documentKey(p) === documentKey(d)),
    )) {
      if (!(await changeHeader(tx, names, document, DOCUMENT_TRANSITIONS.claimed)))
        throw new StagingChanged([documentKey(document)]);
      const rawIds = document.lines
        .filter((line) => sending.has(joinKey(documentKey(document), line.lineId)))
        .map((line) => line.rawId);
      await setLinesSynced(tx, names, document.document, rawIds, false);
    }
    const budget = budgets.get(planned.project.projectId);
    if (budget) await lockBudget(tx, names, budget);
  }
}

/** Notes which entries the copy shows already: none of them counts for a line of the batch of that number, or of a later one. */
export async function insertKnownEntries(
  { names, company }: CompanyContext,
  tx: Queries,
  number: number,
  entries: readonly SageEntry[],
  jobs: ReadonlySet<string>,
): Promise<void> {
  const table = names.journal("known_entry");
  const known = await tx.query(
    tx.sql
      .build(table)
      .where({ company: company.id })
      .whereIn("job", idSet(tx, [...jobs]))
      .select("job", "run", "sequence"),
  );
  const identity = (job: string, run: unknown, sequence: unknown) =>
    joinKey(job, String(run), String(sequence));
  const already = new Set(known.map((row) => identity(text(row, "job"), row.run, row.sequence)));
  await insertRows(
    tx,
    table,
    { company: "text", job: "text", run: "cents", sequence: "cents", known_at_batch: "integer" },
    entries
      .filter((entry) => jobs.has(entry.job) && !already.has(identity(entry.job, entry.run, entry.sequence)))
      .map((entry) => ({
        company: company.id,
        job: entry.job,
        run: entry.run,
        sequence: entry.sequence,
        known_at_batch: number,
      })),
  );
}
