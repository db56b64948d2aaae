import { z } from "zod";
import { flag, group, identifier, oneOf, pathIn, text, whole } from "./fields.ts";

/** Keys whose values are never printed, wherever they came from. */
export const SECRET_KEYS: ReadonlySet<string> = new Set(["password", "clientSecret", "token"]);

/**
 * Ways to log on by Azure AD (Entra ID), named as the driver names them; it gets them and their options as they are.
 * Source: tedious, `authentication` of a connection's configuration.
 */
const authentication = group({
  type: oneOf(
    "azure-active-directory-password",
    "azure-active-directory-access-token",
    "azure-active-directory-msi-vm",
    "azure-active-directory-msi-app-service",
    "azure-active-directory-default",
    "azure-active-directory-service-principal-secret",
  ),
  options: z.record(text, text, { error: "expected a group of keys" }).default({}),
});

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
  authentication: authentication.optional(),
  encrypt: flag.default(true),
  trust_server_certificate: flag.default(false),
  /** Seconds. */
  connect_timeout: whole(1, 300).default(15),
  statement_timeout: whole(1, 3_600).default(120),
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

type LogOn = { readonly domain?: unknown; readonly authentication?: unknown };
const oneWayToLogOn = (connection: LogOn, context: z.core.$RefinementCtx) => {
  if (connection.domain !== undefined && connection.authentication !== undefined)
    context.addIssue({
      code: "custom",
      path: ["authentication"],
      message: "give a domain (Windows account) or authentication (Azure AD), not both",
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
    [
      sqliteKeys(folder),
      group(sqlserverKeys("staging")).superRefine(portOrInstance, always).superRefine(oneWayToLogOn, always),
    ],
    { error: clientError },
  );

/** Values of a column that mark the rows which are still in Sage: some copies keep what Sage has deleted. */
const rowFilter = group({
  column: identifier,
  keep: z.union([text.transform((one) => [one]), z.array(text).min(1)], {
    error: 'expected a value in quotation marks, or a list of such values, as in keep: "0"',
  }),
}).optional();

/** Where a company's copy of Sage is; a column tells companies apart where several share a database. */
export const sageSchema = (folder: string) =>
  z.discriminatedUnion(
    "client",
    [
      sqliteKeys(folder).extend({ row_filter: rowFilter }),
      group({
        ...sqlserverKeys("dbo"),
        company_column: identifier.optional(),
        company_value: text.optional(),
        row_filter: rowFilter,
      })
        .superRefine(portOrInstance, always)
        .superRefine(oneWayToLogOn, always)
        .superRefine(columnAndValue, always),
    ],
    { error: clientError },
  );
