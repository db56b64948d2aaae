import { z } from "zod";
import { ESTIMATE_KINDS } from "../key.ts";
import { centsOf, formatMoney } from "../money.ts";
import { type DifferenceState, IMPORT_LINE_STATES } from "../states.ts";
import { RECOGNITION_NAMES } from "./recognise.ts";

// What a tie-out says. Amounts are cents here, and text with two decimals in JSON; moments are UTC, days are the
// company's.

/** An amount: cents here, text with two decimals in JSON. */
export const money = z.codec(z.string().regex(/^-?\d+\.\d{2}$/), z.bigint(), {
  decode: centsOf,
  encode: formatMoney,
});

const text = z.string();
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
export type TieOutKey = z.output<typeof keyRow>;

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
export type TieOutDifference = z.output<typeof difference>;

const recognition = z.object({
  name: z.enum(RECOGNITION_NAMES),
  batch_id: text,
  kind,
  line_nos: z.array(count),
  message: text,
  remedy: text,
});
export type TieOutRecognition = z.output<typeof recognition>;

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
export type Sides = z.output<typeof sides>;

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
export type TieOutProject = z.output<typeof project>;

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
export type TieOutBatch = z.output<typeof batch>;

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
export type TieOut = z.output<typeof tieOutSchema>;

/** The fields of a tie-out that are money. */
const MONEY_FIELDS: ReadonlySet<string> = new Set([
  ...["baseline", "accepted", "exported", "posted", "unexpected", "difference", "amount"],
  ...["sage_total", "sage_expected"],
]);

/** A part of a tie-out from what `moneyJson` made of it. The schema would read it too, at several times the cost. */
export const partFromJson = <T>(json: string): T =>
  JSON.parse(json, (field, value: unknown) =>
    typeof value === "string" && MONEY_FIELDS.has(field) ? centsOf(value) : value,
  ) as T;

/** The differences in a part of codes. */
export const differencesFromJson = (json: string): TieOut["differences"] =>
  partFromJson<Pick<TieOut, "differences">>(json).differences;
