import type { Config, SageConfig, StagingConfig } from "../config/schema.ts";
import type { Names } from "../names.ts";
import { SAGE_TABLES } from "../sage/needs.ts";
import { sageGrants } from "../sage/rights.ts";
import { stagingGrants } from "../staging/rights.ts";

type Sqlserver = Extract<StagingConfig | SageConfig, { client: "sqlserver" }>;

/** The script of least rights for a DBA: each database with the user who reads it and what it may do there. */
export function grantsScript(config: Config, names: Names, user: string | undefined): string {
  const parts: string[] = [];
  const { staging } = config;
  if (staging.client === "sqlserver") {
    const who = userOf(staging, user);
    parts.push(section("Staging and the journal", staging, who, stagingGrants(names, who)));
  }
  // Companies may share a copy: each database, schema and user once.
  const copies = new Map(
    config.companies.flatMap(({ sage }) => {
      if (sage.client !== "sqlserver") return [];
      const who = userOf(sage, user);
      return [
        [[sage.server, sage.database, sage.schema, who].join("/").toLowerCase(), { sage, who }] as const,
      ];
    }),
  );
  for (const { sage, who } of copies.values())
    parts.push(section("Sage's copy", sage, who, sageGrants(sage.schema, SAGE_TABLES, who)));
  return parts.length > 0
    ? parts.join("\n")
    : "-- SQLite has no users: whoever may write the file may do everything.\n";
}

/** The name in the database of whoever logs on: the one given, else the configuration's. */
const userOf = ({ user, domain, authentication }: Sqlserver, given: string | undefined): string =>
  given ??
  (user === undefined
    ? (authentication?.options.userName ?? "tieout")
    : domain === undefined
      ? user
      : `${domain}\\${user}`);

function section(
  what: string,
  { server, database }: Sqlserver,
  who: string,
  grants: readonly string[],
): string {
  return [
    `-- ${what}: database ${database} on ${server}, for ${who}.`,
    `-- The user must be there: create user [${who}] for login [${who}];`,
    `use [${database}];`,
    ...grants,
    "",
  ].join("\n");
}
