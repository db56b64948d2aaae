import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { configFile, loadConfig } from "../../src/config/load.ts";
import { companyTimezone } from "../../src/config/schema.ts";
import { findings, load, loaded, MINIMAL, refused, tempFolder } from "./support.ts";

describe("a configuration file", () => {
  test("is named by the option, else by TIEOUT_CONFIG, else by its usual place", () => {
    expect(configFile("a.yaml", { TIEOUT_CONFIG: "b.yaml" })).toBe("a.yaml");
    expect(configFile(undefined, { TIEOUT_CONFIG: "b.yaml" })).toBe("b.yaml");
    expect(configFile(undefined, { TIEOUT_CONFIG: "" })).toBe("config/tieout.yaml");
    expect(configFile(undefined, {})).toBe("config/tieout.yaml");
  });

  test("that says the least gets the documented defaults", async () => {
    const folder = tempFolder();
    const { config, file, secrets } = await loaded(MINIMAL, {}, folder);
    expect(file).toBe(join(folder, "tieout.yaml"));
    expect(secrets).toEqual([]);
    expect(config).toEqual({
      timezone: "America/New_York",
      staging: { client: "sqlite", filename: join(folder, "staging.db") },
      companies: [
        {
          id: "ACME",
          sage: { client: "sqlite", filename: join(folder, "sage.db") },
          mappings: join(folder, "mappings/ACME"),
          outbox: join(folder, "outbox/ACME"),
          rejects: null,
          reports: null,
          timezone: null,
          formats: { job: null, cost_code: null, extra: null },
          unmapped: { cost_codes: "hold", categories: "hold", jobs: "hold", extras: "hold" },
          create_cost_codes: false,
          create_extras: true,
          batch_by: "project",
          max_lines_per_batch: 5000,
          overdue_after_days: 5,
          require_accepted_by: true,
          removal_limit: 25,
          not_before: null,
          jce: {
            comment: false,
            quote_record_ids: false,
            extra_field: 13,
            encoding: "windows-1252",
            max_amount: 9_999_999_999n,
            zero_lines: "omit",
          },
        },
      ],
      jobs: {
        export: { schedule: "*/15 6-20 * * 1-5", time_limit: 60 },
        reconcile: { schedule: "5,35 * * * *", full: "15 3 * * *", time_limit: 60 },
      },
      log: { level: "info", folder: null },
    });
  });

  test("may be written in flow style with every common key", async () => {
    const { config } = await loaded(`timezone: America/New_York
staging:
  client: sqlite                 # sqlite | sqlserver
  filename: ./staging.db
companies:
  - id: ACME
    sage: { client: sqlite, filename: ./sage.db }
    mappings: ./mappings/ACME
    outbox: ./outbox/ACME
    rejects: ./rejects/ACME
    reports: ./reports/ACME
    formats: { job: "##-####", cost_code: "##-###", extra: null }
    unmapped: { cost_codes: hold, categories: hold, jobs: hold, extras: hold }
    create_cost_codes: false
    create_extras: true
    batch_by: project
    overdue_after_days: 5
    jce: {}
jobs:
  export:    { schedule: "*/15 6-20 * * 1-5" }
  reconcile: { schedule: "5,35 * * * *" }
`);
    expect(config.companies[0]?.formats).toEqual({ job: "##-####", cost_code: "##-###", extra: null });
  });

  test("may name absolute paths, which stay as they are", async () => {
    const outbox = resolve("/srv/outbox");
    const { config } = await loaded(MINIMAL.replace("./outbox/ACME", outbox));
    expect(config.companies[0]?.outbox).toBe(outbox);
  });

  test("gives a company its own time zone, or the common one", async () => {
    const { config } = await loaded(`timezone: America/Denver\n${MINIMAL}    timezone: America/Phoenix
  - id: B
    sage: { client: sqlite, filename: ./b.db }
    mappings: b
    outbox: b-out
`);
    expect(config.companies.map((company) => companyTimezone(config, company))).toEqual([
      "America/Phoenix",
      "America/Denver",
    ]);
  });

  test("may repeat a part by anchor and alias", async () => {
    const { config } = await loaded(`${MINIMAL}    formats: &same { job: "##-####" }
  - id: B
    sage: { client: sqlite, filename: ./b.db }
    mappings: b
    outbox: b-out
    formats: *same
`);
    expect(config.companies[1]?.formats.job).toBe("##-####");
  });

  test("may begin with a byte order mark and have Windows line ends", async () => {
    const { config } = await loaded(`\uFEFF${MINIMAL.replaceAll("\n", "\r\n")}`);
    expect(config.companies[0]?.id).toBe("ACME");
  });
});

describe("a file that cannot be read", () => {
  test("is config_missing if it is not there", async () => {
    const outcome = await loadConfig(join(tempFolder(), "nowhere", "tieout.yaml"), {});
    expect(outcome).toMatchObject({ ok: false, problem: { name: "config_missing" } });
  });

  test("is config_unreadable if it is a folder, or not UTF-8", async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, "tieout.yaml"));
    expect(await loadConfig(join(folder, "tieout.yaml"), {})).toMatchObject({
      ok: false,
      problem: { name: "config_unreadable", message: expect.stringContaining("it is a folder") },
    });
    const problem = await refused(Buffer.from("timezone: Z\u00fcrich", "latin1"));
    expect(problem).toMatchObject({
      name: "config_unreadable",
      message: expect.stringContaining("not text in UTF-8"),
    });
  });
});

describe("YAML that is not good", () => {
  const places = async (yaml: string) => {
    const problem = await refused(yaml);
    expect(problem.name).toBe("config_syntax");
    return findings(problem);
  };

  test("is told with line and column", async () => {
    expect(await places('timezone: UTC\nlog:\n  level: "info\n')).toEqual([
      expect.stringMatching(/^line \d+, column \d+: Missing closing "quote$/),
    ]);
    expect(await places("log:\n\tlevel: info\n")).toContainEqual(
      "line 2, column 1: Tabs are not allowed as indentation",
    );
  });

  test("is refused if a key is there twice", async () => {
    expect(await places(`timezone: UTC\n${MINIMAL}timezone: UTC\n`)).toEqual([
      "line 9, column 1: the key is there a second time",
    ]);
  });

  test("is explained where a schedule lacks its quotes", async () => {
    expect(
      (await places("jobs:\n  export: { schedule: x }\n  reconcile:\n    schedule: */15 * * * *\n"))[0],
    ).toBe(
      "line 4, column 15: a value that begins with * goes in quotes, unless it repeats an anchor (&) above it",
    );
  });

  test("is refused if an alias is inside what it repeats", async () => {
    expect(await places("log: &log\n  level: *log\n")).toEqual([
      "line 2, column 10: the alias is inside what it repeats",
    ]);
  });

  test("never has a password of the file in what is told", async () => {
    for (const password of [
      "*hunter2",
      "!hunter2",
      "@hunter2",
      '"hunter2',
      "%hunter2",
      "x: hunter2",
      '"\\qhunter2"',
      "[hunter2",
    ]) {
      const outcome = await load(`staging:\n  password: ${password}\n  user: x\n`);
      expect(JSON.stringify(outcome)).not.toContain("hunter2");
    }
  });
});
