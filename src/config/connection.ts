import { z } from "zod";
import { flag, group, identifier, pathIn, text, whole } from "./fields.ts";

/** Keys whose values are never printed, wherever they came from. */
export const SECRET_KEYS: ReadonlySet<string> = new Set(["password"]);

const sqlserverKeys = (schema: string) => ({
  client: z.literal("sqlserver"),
  server: text,
  port: whole(1, 65_535).optional(),
  instance: text.optional(),
  database: text,
  user: text.optional(),
  password: text.optional(),
  /** With a domain, user and password log on by NTLM. */
  domain: text.optional(),
  encrypt: flag.default(true),
  trust_server_certificate: flag.default(false),
  schema: identifier.default(schema),
});

const sqliteKeys = (folder: string) => group({ client: z.literal("sqlite"), filename: pathIn(folder) });

const clientError: z.core.$ZodErrorMap = (issue) =>
  issue.code === "invalid_union" ? "expected sqlite or sqlserver" : "expected a group of keys";

type Connection = { readonly port?: unknown; readonly instance?: unknown };
const portOrInstance = (connection: Connection, context: z.core.$RefinementCtx) => {
  if (connection.port !== undefined && connection.instance !== undefined)
    context.addIssue({
      code: "custom",
      path: ["instance"],
      message: "give a port or an instance, not both: an instance's port is looked up",
    });
};

type CompanyFilter = { readonly company_column?: unknown; readonly company_value?: unknown };
const columnAndValue = (filter: CompanyFilter, context: z.core.$RefinementCtx) => {
  if ((filter.company_column === undefined) === (filter.company_value === undefined)) return;
  const [given, missing] =
    filter.company_value === undefined
      ? ["company_column", "company_value"]
      : ["company_value", "company_column"];
  context.addIssue({ code: "custom", path: [missing], message: `is missing, and ${given} needs it` });
};

/** Lets a rule over several keys speak although one of the keys has a finding of its own. */
export const always = {
  when: ({ value }: z.core.ParsePayload) => typeof value === "object" && value !== null,
};

/** Where staging and the journal are. `folder` is what relative paths are relative to. */
export const stagingSchema = (folder: string) =>
  z.discriminatedUnion(
    "client",
    [sqliteKeys(folder), group(sqlserverKeys("staging")).superRefine(portOrInstance, always)],
    { error: clientError },
  );

/** Where a company's copy of Sage is; a column tells companies apart where several share a database. */
export const sageSchema = (folder: string) =>
  z.discriminatedUnion(
    "client",
    [
      sqliteKeys(folder),
      group({
        ...sqlserverKeys("dbo"),
        company_column: identifier.optional(),
        company_value: text.optional(),
      })
        .superRefine(portOrInstance, always)
        .superRefine(columnAndValue, always),
    ],
    { error: clientError },
  );
