import { z } from "zod";
import { ESTIMATE_KINDS } from "../../core/key.ts";
import { IMPORT_LINE_STATES } from "../../core/states.ts";
import { money, tieOutSchema } from "../../core/tie-out/schema.ts";
import { publishedSchema } from "../report/published-schema.ts";

// A run's record. Amounts are cents here, and text with two decimals in JSON; moments are UTC, days are the company's.

const text = z.string();
const count = z.number().int().nonnegative();
const moment = z.string();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const kind = z.enum(ESTIMATE_KINDS as readonly ["original", "approved_change"]);
const document = { document: z.enum(["budget", "modification"]), document_id: text };

/** What became of an accepted document in an export. */
export const FATES = ["exported", "held", "waiting", "nothing_to_send", "left_for_next_run"] as const;
export type Fate = (typeof FATES)[number];

const hold = z.object({
  ...document,
  staging_line_id: text.nullable(),
  field: text,
  value: text,
  rule: text,
});

const control = z.object({
  name: z.enum(["accepted", "import_file", "exported", "posted"]),
  of: text.describe("the kind of estimate, or the import file"),
  whole: z.object({ name: text, amount: money }).describe("one side"),
  parts: z.array(z.object({ name: text, amount: money })).describe("the other side"),
  sum: money.describe("of the parts"),
  agrees: z.boolean(),
});
export type Control = z.output<typeof control>;

const acceptedDocument = z.object({
  ...document,
  number: text,
  project_number: text,
  kind,
  amount: money.nullable().describe("of its lines; null if one is no amount"),
  sent_before: money.describe(
    "of its project's original estimates, a baseline included; 0.00 of a modification",
  ),
  became: z.enum(FATES),
});
export type AcceptedDocument = z.output<typeof acceptedDocument>;

const batch = z.object({
  batch_id: text,
  recovered: z.boolean().describe("claimed by an earlier run, and written by this one"),
  state: z.enum(["claimed", "written"]),
  transaction_date: text,
  manifest_sha256: sha256.nullable(),
  lines_left_out: count.describe("keys that came to 0.00: recorded, and in no file"),
  files: z.array(
    z.object({
      name: text,
      kind,
      sha256: sha256.nullable().describe("of the file in the outbox; null if it could not be read"),
      lines: count.describe("C records in the file"),
      amount_total: money.describe("of these records"),
    }),
  ),
});

/** One run of a company, `tieout/run@1`. */
export const runRecordSchema = z.object({
  schema: z.literal("tieout/run@1"),
  company: text,
  run_id: text.describe("companies that were run together have the same"),
  command: text,
  actor: text,
  tool_version: text,
  started_at: moment,
  ended_at: moment,
  day: text.describe("the company's day on which it began"),
  time_zone: text,
  outcome: z.enum(["done", "failed"]),
  error: z.object({ name: text, message: text, hint: text }).nullable(),
  data: z
    .object({
      copy: tieOutSchema.shape.copy.nullable().describe("Sage's copy; null where it was not read"),
      mapping: z
        .object({ version: count, sha256, in_force_since: moment })
        .nullable()
        .describe("the set of mapping files in force at the end; null if there was none"),
    })
    .describe("from which data"),
  unfinished_runs: z
    .array(z.object({ run_id: text, command: text, started_at: moment, actor: text }))
    .describe("runs of the company that began before and have no end in the journal: they have no record"),
  decision: z
    .object({ event: text, subject: text, reason: text })
    .nullable()
    .describe("what a person decided by this run"),
  accepted: z.array(acceptedDocument).describe("what staging had accepted, and what became of it"),
  batches: z.array(batch).describe("claimed or written by this run"),
  synced: z.array(z.object(document)).describe("documents that became synced"),
  holds: z
    .object({ began: z.array(hold), ended: z.array(hold), current: count })
    .nullable()
    .describe("null where the journal could not be read"),
  lines: z
    .partialRecord(z.enum(IMPORT_LINE_STATES), count)
    .nullable()
    .describe("all import lines of the company by state, at the end"),
  differences: z
    .array(tieOutSchema.shape.differences.element)
    .describe("found by a reconciliation: all but what waits for posting in time"),
  movements: z
    .array(z.object({ from: text, to: text, kind, amount: money, movements: count }))
    .describe("amounts in and out: what this run moved from one account of the journal to another"),
  controls: z.array(control),
  events: z
    .array(z.object({ sequence: text, event: text, subject: text, hash: sha256 }))
    .describe("the run's part of the audit chain"),
  notices: z.array(text),
  audit_head: sha256
    .nullable()
    .describe("the head of the company's audit chain at the end; null where the journal could not be read"),
});
export type RunRecord = z.output<typeof runRecordSchema>;

/** The JSON schema of a run's record, as it is published. */
export const runRecordJsonSchema = () => publishedSchema(runRecordSchema);
