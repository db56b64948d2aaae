import { z } from "zod";
import { IMPORT_LINE_STATES } from "../../core/states.ts";
import { money, tieOutSchema } from "../../core/tie-out/schema.ts";
import { publishedSchema } from "./published-schema.ts";
import type { Codes, WaitingLines } from "./rows.ts";

// A report as JSON, as a tie-out is: amounts are cents here, and text with two decimals there.

const text = z.string();
const count = z.number().int().nonnegative();
const moment = z.string();
const day = z.string();
const sha256 = z.string();
const { keys, differences, recognitions, projects, batches } = tieOutSchema.shape;
const [keyRow, difference, recognition] = [keys.element, differences.element, recognitions.element];
const [project, batch] = [projects.element, batches.element];
const { kind, job, extra, cost_code, category } = keyRow.shape;
const key = { job, extra, cost_code, category };
const sides = project.shape.originals;
const documentType = project.shape.documents.element.shape.document;

export const AGE_BUCKETS = ["0-7", "8-30", "31+"] as const;
export type AgeBucket = (typeof AGE_BUCKETS)[number];

const hold = z.object({
  project_number: text,
  document: documentType,
  document_id: text,
  staging_line_id: text.nullable(),
  field: text,
  value: text,
  rule: text,
  message: text,
  remedy: text,
  began_at: moment,
});

const agedDifference = difference.extend({
  age_days: count,
  remedy: text.describe("what the state means, and what to do"),
});

/** One company's tie-out report, `tieout/report@1`. */
export const reportSchema = z.object({
  schema: z.literal("tieout/report@1"),
  company: text,
  as_of: moment.describe("when the two sides were compared"),
  day: day.describe("the company's day of that moment"),
  time_zone: text,
  run_id: text
    .nullable()
    .describe("the reconciliation; null where the two sides were compared for this report"),
  made_by: text,
  tool_version: text,
  audit_head: sha256.describe("the head of the company's audit chain then"),
  tie_out_sha256: sha256.describe("over the part that the reconciliation stored"),
  verdict: z.enum(["ties_out", "waits_for_posting", "needs_a_person"]),
  money: z
    .object({
      waiting: money,
      held: money,
      awaiting_posting: money,
      differing: money,
      accepted_difference: money,
      posted: money,
    })
    .describe("where everything stands that is accepted; exported = the last four"),
  lines: z.record(z.enum(IMPORT_LINE_STATES), count),
  unexpected: count,
  totals: z.object({ originals: sides, approved_changes: sides }),
  open_by_age: z.array(
    z.object({
      days: z.enum(AGE_BUCKETS),
      waiting: z.object({ lines: count, amount: money }),
      differing: z.object({ lines: count, amount: money }),
    }),
  ),
  differences: z.array(agedDifference).describe("but for lines that wait in time"),
  waiting_lines: z.array(agedDifference).describe("lines that wait for posting, and not for too long"),
  recognitions: z.array(recognition),
  accepted_differences: z
    .array(
      z.object({
        batch_id: text,
        line_no: count,
        ...key,
        kind,
        state_then: text,
        exported: money,
        posted_then: money,
        posted_now: money,
        reason: text,
        actor: text,
        accepted_at: moment,
      }),
    )
    .describe("every difference that a person ever closed"),
  reject_files: tieOutSchema.shape.reject_files,
  rejects: z
    .array(
      z.object({
        file_name: text,
        file_sha256: sha256,
        read_at: moment,
        batch_id: text.nullable(),
        records: count,
        unplaced: count,
      }),
    )
    .describe("every reject file that was ever read"),
  holds: z.array(hold),
  projects: z.array(project.extend({ waiting: money.describe("accepted, not exported yet"), held: money })),
  batches: z.array(
    batch.extend({
      files: z.array(z.object({ name: text, sha256 })),
    }),
  ),
  keys: z.array(keyRow),
  baselines: z.array(
    z.object({
      project_number: text,
      job: text,
      source: text,
      amount: money,
      reason: text,
      actor: text,
      recorded_at: moment,
    }),
  ),
  mappings: z.array(
    z.object({
      version: count,
      sha256,
      in_force_since: moment,
      changes: z.array(z.object({ file: text, added: z.array(text), removed: z.array(text) })),
    }),
  ),
  runs: z.object({
    by_day: z.array(
      z.object({ day, command: text, runs: count, failed: count, last_ended_at: moment.nullable() }),
    ),
    failed: z.array(
      z.object({ run_id: text, command: text, started_at: moment, outcome: text.nullable(), actor: text }),
    ),
  }),
  notices: z.array(text),
  copy: tieOutSchema.shape.copy,
});

/** A report as it is published, with every row in it. */
export type PublishedReport = z.output<typeof reportSchema>;

/** A report as it is made: what it tells of each code and of each line that waits is asked for row by row. */
export type Report = Omit<PublishedReport, "keys" | "waiting_lines"> & {
  readonly keys: Codes;
  readonly waiting_lines: WaitingLines;
};

/** The JSON schema of a report, as it is published. */
export const reportJsonSchema = () => publishedSchema(reportSchema);
