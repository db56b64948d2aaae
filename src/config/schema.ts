import { resolve } from "node:path";
import { z } from "zod";
import { always, sageSchema, stagingSchema } from "./connection.ts";
import {
  amount,
  codeFormat,
  day,
  encoding,
  flag,
  group,
  oneOf,
  pathIn,
  schedule,
  text,
  timezone,
  whole,
} from "./fields.ts";

const unmapped = oneOf("hold", "same_code").default("hold");

// Defaults are checked like written values (`prefault`) where the check depends on the machine or converts.
const jceSchema = group({
  comment: flag.default(false),
  quote_record_ids: flag.default(false),
  extra_field: whole(9, 13).default(13),
  encoding: encoding.prefault("windows-1252"),
  max_amount: amount.prefault("99999999.99"),
  zero_lines: oneOf("omit", "when_new").default("omit"),
});

const companySchema = (folder: string) =>
  group({
    id: text.regex(/^[A-Za-z0-9_-]{1,20}$/, {
      error: "expected 1 to 20 letters, digits, _ and -, because it names folders",
    }),
    sage: sageSchema(folder),
    mappings: pathIn(folder),
    outbox: pathIn(folder),
    rejects: pathIn(folder).nullable().default(null),
    reports: pathIn(folder).nullable().default(null),
    timezone: timezone.nullable().default(null),
    formats: group({ job: codeFormat, cost_code: codeFormat, extra: codeFormat }).prefault({}),
    unmapped: group({
      cost_codes: unmapped,
      categories: unmapped,
      jobs: unmapped,
      extras: unmapped,
    }).prefault({}),
    create_cost_codes: flag.default(false),
    create_extras: flag.default(true),
    batch_by: oneOf("project", "company").default("project"),
    max_lines_per_batch: whole(1).default(5_000),
    overdue_after_days: whole(0).default(5),
    require_accepted_by: flag.default(true),
    removal_limit: whole(0, 100).default(25),
    not_before: day.nullable().default(null),
    jce: jceSchema.prefault({}),
  });

const jobKeys = (expression: string) => ({
  schedule: schedule.prefault(expression),
  /** Minutes. */
  time_limit: whole(1, 1_440).default(60),
});

/**
 * The configuration's form: keys as in the YAML, defaults filled in, paths absolute (relative ones are relative
 * to `folder`), `max_amount` in cents.
 */
export const configSchema = (folder: string) =>
  group({
    timezone: timezone.prefault("America/New_York"),
    staging: stagingSchema(folder),
    companies: z
      .array(companySchema(folder), { error: "expected a list of companies" })
      .min(1, { error: "expected at least one company" })
      .superRefine((companies, context) => tellApart(companies, folder, context), always),
    jobs: group({
      export: group(jobKeys("*/15 6-20 * * 1-5")).prefault({}),
      reconcile: group({
        ...jobKeys("5,35 * * * *"),
        /** When everything is looked at anew. */
        full: schedule.prefault("15 3 * * *"),
      }).prefault({}),
    }).prefault({}),
    log: group({
      level: oneOf("error", "warn", "info", "debug").default("info"),
      folder: pathIn(folder).nullable().default(null),
    }).prefault({}),
  });

export type Config = z.infer<ReturnType<typeof configSchema>>;
export type CompanyConfig = Config["companies"][number];
export type StagingConfig = Config["staging"];
export type SageConfig = CompanyConfig["sage"];

/** The JSON schema of the file as it is written, for editors. */
export const configJsonSchema = () => z.toJSONSchema(configSchema("."), { io: "input" });

/** The zone in which a company's days begin and end. */
export const companyTimezone = (config: Config, company: CompanyConfig): string =>
  company.timezone ?? config.timezone;

/**
 * Two companies with one id or one outbox would write each other's batches. Case is ignored: folders on
 * Windows do not know it. The companies may have findings of their own, so nothing is taken for granted.
 */
function tellApart(companies: readonly unknown[], folder: string, context: z.core.$RefinementCtx): void {
  const ids = new Map<string, number>();
  const outboxes = new Map<string, number>();
  const refuseSecond = (
    seen: Map<string, number>,
    value: string,
    index: number,
    key: string,
    what: string,
  ) => {
    const first = seen.get(value);
    if (first === undefined) seen.set(value, index);
    else
      context.addIssue({
        code: "custom",
        path: [index, key],
        message: `is the ${what} of companies[${first}] too (case aside); each company needs its own`,
      });
  };
  companies.forEach((company, index) => {
    if (typeof company !== "object" || company === null) return;
    const { id, outbox } = company as { id?: unknown; outbox?: unknown };
    if (typeof id === "string") refuseSecond(ids, id.toLowerCase(), index, "id", "id");
    if (typeof outbox === "string")
      refuseSecond(outboxes, resolve(folder, outbox).toLowerCase(), index, "outbox", "outbox folder");
  });
}
