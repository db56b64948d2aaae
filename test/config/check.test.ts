import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { configJsonSchema } from "../../src/config/schema.ts";
import { env, findings, loaded, MINIMAL, refused, tempFolder } from "./support.ts";

/** A company's further keys, as YAML that follows the minimal configuration. */
const withCompanyKeys = (keys: string) => MINIMAL + keys.replace(/^(?=.)/gm, "    ");

const invalid = async (yaml: string, variables = {}) => {
  const problem = await refused(yaml, variables);
  expect(problem.name).toBe("config_invalid");
  return findings(problem);
};

const SQLSERVER = `
staging:
  client: sqlserver
  server: sql01
  database: Procore
`;
const onSqlServer = (keys: string) =>
  MINIMAL.replace(/^staging:.*\n/m, SQLSERVER + keys.replace(/^(?=.)/gm, "  "));

describe("what the schema refuses", () => {
  test("is all told at once, each with its key's path and what stands there", async () => {
    const yaml = `
timezone: New York
staging: { client: sqlite }
companies:
  - id: ACME
    sage: { client: sqlite, filename: ./sage.db }
    mappings: ./m
    outbox: ./out
    overdue_after_days: "five"
    create_extras: yes
    formats: { job: "AA-###" }
    jce: { encoding: windows-9999, extra_field: 8, max_amount: 100000000 }
    not_before: 2026-02-30
  - id: acme
    sage: { client: oracle }
    outbox: OUT
log: { level: loud }
jobs: { export: { schedule: "61 * * * *" } }
`;
    expect((await invalid(yaml)).sort()).toEqual(
      [
        'companies[0].create_extras: expected true or false, got "yes"',
        'companies[0].formats.job: expected a format of # and separators, such as "##-###", got "AA-###"',
        "companies[0].jce.extra_field: expected a whole number from 9 to 13, got 8",
        'companies[0].jce.encoding: expected an encoding that keeps plain letters as they are, such as windows-1252, got "windows-9999"',
        "companies[0].jce.max_amount: expected an amount from 0.01 to 99999999.99, got 100000000",
        'companies[0].not_before: expected a day written YYYY-MM-DD, got "2026-02-30"',
        'companies[0].overdue_after_days: expected a whole number, got "five"',
        "companies[1].id: is the id of companies[0] too (case aside); each company needs its own",
        "companies[1].mappings: is missing, expected a text",
        "companies[1].outbox: is the outbox folder of companies[0] too (case aside); each company needs its own",
        'companies[1].sage.client: expected sqlite or sqlserver, got "oracle"',
        'jobs.export.schedule: expected a cron expression such as "5,35 * * * *", got "61 * * * *"',
        'log.level: expected error or warn or info or debug, got "loud"',
        "staging.filename: is missing, expected a text",
        'timezone: expected a time zone such as America/New_York, got "New York"',
      ].sort(),
    );
  });

  test("includes a file without content and a file without companies", async () => {
    expect(await invalid("")).toEqual(["the file: expected a group of keys, got nothing"]);
    expect(await invalid(MINIMAL.replace(/companies:[\s\S]*/, "companies: []"))).toEqual([
      "companies: expected at least one company, got an empty list",
    ]);
  });

  test("includes an offset where a time zone should be", async () => {
    expect(await invalid(`timezone: "+05:00"\n${MINIMAL}`)).toHaveLength(1);
  });

  test("includes numbers that are no whole ones, or beyond their range, once each", async () => {
    expect(await invalid(withCompanyKeys("max_lines_per_batch: 0\noverdue_after_days: 2.5\n"))).toEqual([
      "companies[0].max_lines_per_batch: expected a whole number from 1 up, got 0",
      "companies[0].overdue_after_days: expected a whole number, got 2.5",
    ]);
  });

  test("includes ids that cannot name a folder", async () => {
    for (const id of ["A/B", "..", "a b", "ACMEACMEACMEACMEACME1", '""'])
      expect(await invalid(MINIMAL.replace("ACME\n", `${id}\n`))).toHaveLength(1);
    expect(await invalid(MINIMAL.replace("ACME\n", "100\n"))).toEqual([
      "companies[0].id: expected a text, got 100: put it in quotes",
    ]);
  });

  test("includes one outbox written in two ways", async () => {
    const second =
      "  - { id: B, mappings: m, outbox: ./x/../outbox/ACME/, sage: { client: sqlite, filename: s } }\n";
    expect(await invalid(MINIMAL + second)).toEqual([
      "companies[1].outbox: is the outbox folder of companies[0] too (case aside); each company needs its own",
    ]);
  });
});

describe("an unknown key", () => {
  test("is refused at every level, with the key that was obviously meant", async () => {
    const yaml = `timezon: UTC\n${withCompanyKeys(
      "overdueAfterDays: 5\nunmapped: { cost_code: hold }\njce: { bom: true }\n",
    )}`;
    expect((await invalid(yaml)).sort()).toEqual([
      "companies[0].jce.bom: unknown key",
      "companies[0].overdueAfterDays: unknown key, did you mean overdue_after_days?",
      "companies[0].unmapped.cost_code: unknown key, did you mean cost_codes?",
      "timezon: unknown key, did you mean timezone?",
    ]);
  });

  test("is refused if it belongs to the other kind of database", async () => {
    expect(await invalid(onSqlServer("filename: x\n"))).toEqual(["staging.filename: unknown key"]);
  });

  test("that swallowed its value does not show the value", async () => {
    const yaml = MINIMAL.replace(
      "{ client: sqlite, filename: ./staging.db }",
      "{ client: sqlite, filename: s, password:hunter2 }",
    );
    expect(await invalid(yaml)).toEqual([
      "staging.password: unknown key (a blank is missing after its colon)",
    ]);
    expect(
      (await invalid(MINIMAL.replace(/staging:.*/, "staging:\n  password:hunter2"))).join(),
    ).not.toContain("hunter2");
  });
});

describe("a connection to SQL Server", () => {
  test("is encrypted and wary of certificates unless it says otherwise", async () => {
    const { config } = await loaded(onSqlServer(""));
    expect(config.staging).toEqual({
      client: "sqlserver",
      server: "sql01",
      database: "Procore",
      encrypt: true,
      trust_server_certificate: false,
      connect_timeout: 15,
      statement_timeout: 120,
      schema: "staging",
    });
  });

  test("logs on in one way: a Windows account by its domain, or Azure AD as the driver knows it", async () => {
    const azure = "authentication: { type: azure-active-directory-default, options: { clientId: abc } }\n";
    const { config } = await loaded(onSqlServer(azure));
    expect(config.staging).toMatchObject({
      authentication: { type: "azure-active-directory-default", options: { clientId: "abc" } },
    });
    expect(await invalid(onSqlServer(`domain: EXAMPLE\n${azure}`))).toEqual([
      "staging.authentication: give a domain (Windows account) or authentication (Azure AD), not both",
    ]);
    expect((await invalid(onSqlServer("authentication: { type: kerberos }\n")))[0]).toContain(
      "staging.authentication.type",
    );
  });

  test("keeps the secrets of Azure AD among those that are never shown", async () => {
    const { secrets } = await loaded(
      onSqlServer(
        "authentication: { type: azure-active-directory-access-token, options: { token: top-secret } }\n",
      ),
    );
    expect(secrets).toEqual(["top-secret"]);
  });

  test("has a port or an instance, and says so beside other findings", async () => {
    expect(await invalid(onSqlServer("port: 0\ninstance: X\nschema: a.b\n"))).toEqual([
      "staging.port: expected a whole number from 1 to 65535, got 0",
      'staging.schema: expected a name without dots, brackets and quotes, got "a.b"',
      "staging.instance: give a port or an instance, not both: an instance's port is looked up",
    ]);
  });

  test("to Sage may keep rows by a column and one value or several, on either client", async () => {
    const sage = (keys: string) => MINIMAL.replace(/sage: .*/, `sage: { ${keys} }`);
    const lite = await loaded(
      sage('client: sqlite, filename: s.db, row_filter: { column: is_deleted, keep: "0" }'),
    );
    expect(lite.config.companies[0]?.sage.row_filter).toEqual({ column: "is_deleted", keep: ["0"] });
    const server = await loaded(
      sage('client: sqlserver, server: s, database: d, row_filter: { column: _X, keep: ["0", "false"] }'),
    );
    expect(server.config.companies[0]?.sage.row_filter).toEqual({ column: "_X", keep: ["0", "false"] });
    expect(
      await invalid(sage("client: sqlite, filename: s.db, row_filter: { column: is_deleted, keep: 0 }")),
    ).toEqual([
      'companies[0].sage.row_filter.keep: expected a value in quotation marks, or a list of such values, as in keep: "0", got 0',
    ]);
  });

  test("to Sage tells companies apart by a column and its value, never by one of them", async () => {
    const sage = (keys: string) =>
      MINIMAL.replace(/sage: .*/, `sage: { client: sqlserver, server: s, database: d, ${keys} }`);
    const { config } = await loaded(sage("company_column: Data_Folder_Id, company_value: ACME"));
    expect(config.companies[0]?.sage).toMatchObject({ schema: "dbo", company_column: "Data_Folder_Id" });
    expect(await invalid(sage("company_column: DBID"))).toEqual([
      "companies[0].sage.company_value: is missing, and company_column needs it",
    ]);
    expect(await invalid(sage("company_value: ACME"))).toEqual([
      "companies[0].sage.company_column: is missing, and company_value needs it",
    ]);
  });
});

describe("the largest amount", () => {
  const cents = async (written: string) =>
    (await loaded(withCompanyKeys(`jce: { max_amount: ${written} }\n`))).config.companies[0]?.jce.max_amount;

  test("is read to the cent, from a number as from a text", async () => {
    await fc.assert(
      fc.asyncProperty(fc.bigInt(1n, 9_999_999_999n), fc.boolean(), async (amount, quoted) => {
        const written = `${amount / 100n}.${(amount % 100n).toString().padStart(2, "0")}`;
        expect(await cents(quoted ? `"${written}"` : written)).toBe(amount);
      }),
      { numRuns: 50 },
    );
  });

  test("is above zero, within the file's width and without fractions of a cent", async () => {
    for (const written of ["0", "-1", "0.001", "100000000.00", "1e9", "much", '"1,000.00"'])
      expect(await invalid(withCompanyKeys(`jce: { max_amount: ${written} }\n`))).toEqual([
        expect.stringContaining("companies[0].jce.max_amount: expected an amount from 0.01 to 99999999.99"),
      ]);
  });
});

test("no message ever shows a value that a reference brought, whichever key it stands at", async () => {
  const secret = "hunter2-{}:";
  const at = [
    MINIMAL.replace("sqlite", `"${env("S")}"`),
    MINIMAL.replace("client: sqlite, filename: ./sage.db", `client: "${env("S")}"`),
    MINIMAL.replace("ACME", env("S")),
    MINIMAL.replace(/staging: .*/, `staging: ${env("S")}`),
    MINIMAL.replace(/companies:[\s\S]*/, `companies: ${env("S")}`),
    onSqlServer(`port: ${env("S")}\nencrypt: ${env("S")}\nschema: "[${env("S")}"\n`),
    onSqlServer(`passwort: ${env("S")}\n`),
    `timezone: ${env("S")}\n${MINIMAL}`,
    ...["overdue_after_days", "not_before", "batch_by", "formats", "timezone", "create_extras"].map((key) =>
      withCompanyKeys(`${key}: ${env("S")}\n`),
    ),
    ...["max_amount", "encoding", "zero_lines"].map((key) =>
      withCompanyKeys(`jce: { ${key}: "${env("S")}" }\n`),
    ),
  ];
  for (const yaml of at) {
    const problem = await refused(yaml, { S: secret });
    expect(problem.name).toBe("config_invalid");
    expect(JSON.stringify(problem)).not.toContain("hunter2");
  }
});

test("a password of the wrong type is not shown", async () => {
  expect(await invalid(onSqlServer("user: sa\npassword: 12345678\n"))).toEqual([
    "staging.password: expected a text, got a number: put it in quotes",
  ]);
});

test("optional folders come out absolute too", async () => {
  const folder = tempFolder();
  const { config } = await loaded(
    `${withCompanyKeys("rejects: r\nreports: p\n")}log: { folder: logs }\n`,
    {},
    folder,
  );
  expect(config.companies[0]).toMatchObject({ rejects: join(folder, "r"), reports: join(folder, "p") });
  expect(config.log.folder).toBe(join(folder, "logs"));
});

test("the JSON schema describes the file as it is written", () => {
  expect(configJsonSchema()).toMatchObject({
    type: "object",
    additionalProperties: false,
    required: ["staging", "companies"],
    properties: { timezone: { type: "string", default: "America/New_York" } },
  });
});
