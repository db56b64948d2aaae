import { z } from "zod";
import { ESTIMATE_KINDS } from "../key.ts";
import { type DifferenceState, IMPORT_LINE_STATES } from "../states.ts";
import { RECOGNITION_NAMES } from "./recognise.ts";

// What a tie-out says, as JSON. Money is text with two decimals, moments are UTC, days are the company's.

const text = z.string();
const money = z.string().regex(/^-?\d+\.\d{2}$/);
const count = z.number().int().nonnegative();
const moment = z.string();
const day = z.string();
const sha256 = z.string();
const kind = z.enum(ESTIMATE_KINDS as readonly ["original", "approved_change"]);
const documentType = z.enum(["budget", "modification"]);
const lineStates = z.partialRecord(z.enum(IMPORT_LINE_STATES), count);

const key = { job: text, extra: text, cost_code: text, category: text };

const keyRow = z.object({
  project_number: text.describe("empty where only an unexpected entry stands on the key"),
  kind,
  ...key,
  baseline: money.describe("what counted as sent before this system sent anything"),
  accepted: money.describe("baseline, and what was recorded as accepted when batches were claimed"),
  exported: money.describe("all import lines ever written for the key"),
  posted: money.describe("what Sage carries for these lines"),
  unexpected: money.describe("entries in Sage that no line explains"),
  sage_total: money.nullable().describe("JCM_MASTER__CATEGORY; null where the copy does not tell"),
  sage_expected: money
    .nullable()
    .describe("what that total should be: what was there before, and every entry"),
  ties_out: z.boolean(),
});
export type TieOutKey = z.infer<typeof keyRow>;

const DIFFERENCES = [
  ...IMPORT_LINE_STATES,
  "unexpected",
  "changed_since_export",
  "master_total_differs",
] as const satisfies readonly DifferenceState[];
const difference = z.object({
  state: z.enum(DIFFERENCES),
  since: day,
  batch_id: text.nullable(),
  line_no: count.nullable(),
  project_number: text,
  kind,
  ...key,
  exported: money,
  posted: money,
  difference: money.describe("posted less exported"),
  ambiguous: z.boolean(),
  entries: z.array(text).describe("run/sequence of the entries in Sage"),
  recognised: z.enum(RECOGNITION_NAMES).nullable(),
});
export type TieOutDifference = z.infer<typeof difference>;

const recognition = z.object({
  name: z.enum(RECOGNITION_NAMES),
  batch_id: text,
  kind,
  line_nos: z.array(count),
  message: text,
  remedy: text,
});
export type TieOutRecognition = z.infer<typeof recognition>;

const rejectFile = z.object({
  file_name: text,
  problem: text.describe("its name in docs/errors.md"),
  message: text,
  remedy: text,
});

const document = z.object({
  document: documentType,
  document_id: text,
  number: text,
  title: text,
  erp_status: text,
  accepted_by: text,
  accepted_at: text,
  amount: money
    .nullable()
    .describe(
      "of its lines as staging has them; null if one is no amount, or it is neither accepted nor exported",
    ),
});

const sides = z.object({
  baseline: money,
  accepted: money,
  exported: money,
  posted: money,
  unexpected: money,
  difference: money.describe("posted and unexpected less exported"),
});
export type Sides = z.infer<typeof sides>;

const project = z.object({
  project_id: text,
  project_number: text,
  name: text,
  job: text.describe("empty where nothing was sent yet; several, if it was"),
  originals: sides,
  approved_changes: sides,
  open_lines: count.describe("waiting for posting, overdue ones included"),
  differing_lines: count,
  ties_out: z.boolean(),
  documents: z.array(document),
});
export type TieOutProject = z.infer<typeof project>;

const threeSides = z.object({ accepted: money, exported: money, posted: money });
const batch = z.object({
  batch_id: text,
  state: z.enum(["claimed", "written"]),
  created_at: moment,
  written_at: moment.nullable(),
  transaction_date: day,
  projects: z.array(text).describe("project numbers"),
  manifest_sha256: sha256.nullable(),
  lines: count,
  states: lineStates,
  original: threeSides,
  approved_changes: threeSides,
});
export type TieOutBatch = z.infer<typeof batch>;

/** What a reconciliation found: the part of a report that cannot be read again later. */
export const tieOutSchema = z.object({
  copy: z.object({
    as_of: text.nullable().describe("the newest stamp of any entry, as the copy writes it"),
    highest_run: text.nullable(),
  }),
  notices: z.array(text),
  keys: z.array(keyRow),
  differences: z.array(difference).describe("every line that is not posted, and all that no line explains"),
  recognitions: z.array(recognition),
  reject_files: z.array(rejectFile).describe("files in the rejects folder that a person should look at"),
  projects: z.array(project),
  batches: z.array(batch),
});
export type TieOut = z.infer<typeof tieOutSchema>;

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
export type Report = z.infer<typeof reportSchema>;

/** The JSON schema of a report, as it is published. */
export const reportJsonSchema = () => z.toJSONSchema(reportSchema);
