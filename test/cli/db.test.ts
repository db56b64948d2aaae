import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tieout } from "../support/cli.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tieout-db-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs a command with a configuration of its own, and gives its exit code and what it said. */
async function run(yaml: string, ...args: string[]) {
  writeFileSync(join(folder, "tieout.yaml"), yaml);
  return tieout(...args, "--config", join(folder, "tieout.yaml"));
}

const company = (id: string, sage: string) =>
  `  - { id: ${id}, sage: ${sage}, mappings: ./m-${id}, outbox: ./o-${id} }\n`;
const onSqlite = `staging: { client: sqlite, filename: ./staging.db }\ncompanies:\n${company("ACME", "{ client: sqlite, filename: ./sage.db }")}`;
const copy =
  "{ client: sqlserver, server: sql02, database: SageCopy, user: reader, password: pw, schema: s300 }";
const onSqlServer = `staging: { client: sqlserver, server: sql01, database: Procore, user: svc, password: pw, domain: EXAMPLE, schema: erp }
companies:\n${company("ACME", copy)}${company("BETA", copy)}`;

describe("db grants", () => {
  it("prints a part for each database and user, without asking any of them", async () => {
    const { code, out } = await run(onSqlServer, "db", "grants");
    expect(code).toBe(0);
    expect(out.match(/^use .*$/gm)).toEqual(["use [Procore];", "use [SageCopy];"]);
    expect(out).toContain("grant select on [erp].[budget] to [EXAMPLE\\svc];");
    expect(out).toContain(
      "grant update ([erp_status], [erp_synced], [erp_locked], [estimate_import_blocked]) on [erp].[budget] to [EXAMPLE\\svc];",
    );
    expect(out).toContain("grant select on [s300].[JCM_MASTER__JOB] to [reader];");
    // What is only ever added to is neither changed nor deleted.
    for (const table of ["movement", "audit_event"])
      expect(out).toContain(`grant select, insert on [tieout].[${table}] to [EXAMPLE\\svc];`);
    expect(out).not.toMatch(/alter|control|db_owner|grant (insert|delete)[^[]* on \[erp\]/i);
  });

  it("takes another user's name, whatever is in it", async () => {
    const { out } = await run(onSqlServer, "db", "grants", "--user", "odd]name");
    expect(out).toContain("to [odd]]name];");
    expect(out).not.toContain("[EXAMPLE");
  });

  it("says that SQLite has no users", async () => {
    expect(await run(onSqlite, "db", "grants")).toMatchObject({
      code: 0,
      out: expect.stringContaining("no users"),
    });
  });
});

describe("db migrate --dry-run", () => {
  it("prints what would be run and runs nothing; afterwards there is nothing to run", async () => {
    await run(onSqlite, "db", "create-staging");
    const dry = await run(onSqlite, "db", "migrate", "--dry-run");
    expect(dry).toMatchObject({ code: 0, out: expect.stringMatching(/create table .tieout_movement/i) });
    expect(await run(onSqlite, "status")).toMatchObject({
      code: 3,
      err: expect.stringContaining("journal_missing"),
    });
    expect((await run(onSqlite, "db", "migrate")).code).toBe(0);
    expect((await run(onSqlite, "db", "migrate", "--dry-run")).out).toContain("there is nothing to run");
  });
});

describe("doctor", () => {
  it("ends with 2 where it finds something, 3 where there is no configuration, and says it as JSON too", async () => {
    const found = await run(onSqlite, "doctor", "--json");
    expect(found.code).toBe(2);
    const { findings, checks } = JSON.parse(found.out);
    expect(findings[0]).toMatchObject({
      level: "problem",
      why: expect.any(String),
      mend: expect.any(String),
    });
    expect(checks.map(({ check }: { check: string }) => check)).toContain("staging_connection");
    expect(await run("staging: 1", "doctor", "--json")).toMatchObject({
      code: 3,
      out: expect.stringContaining("config_invalid"),
    });
    expect(await run(onSqlite, "doctor", "--company", "NOBODY")).toMatchObject({ code: 3 });
  });

  it("ends with 0 where nothing is wrong", async () => {
    for (const name of ["m-ACME", "o-ACME"]) mkdirSync(join(folder, name));
    const files = {
      "jobs.csv": "project_number,job\n1,1\n",
      "extras.csv": "project_number,sub_job,extra,description\n",
      "cost-codes.csv": "project_number,cost_code,sage_cost_code\n,1,1\n",
      "categories.csv": "project_number,cost_type,category\n,L,L\n",
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, "m-ACME", name), text);
    await run(onSqlite, "db", "create-staging");
    await run(onSqlite, "db", "migrate");
    const { openSqlite } = await import("../../src/db/sqlite.ts");
    const { createSageCopy } = await import("../../src/demo/sage/create-copy.ts");
    const sage = openSqlite(join(folder, "sage.db"));
    await createSageCopy(sage);
    await sage.query(sage.sql.build("JCM_MASTER__JOB").insert({ Job: "1" }));
    await sage.query(sage.sql.build("JCM_MASTER__STANDARD_CATEGORY").insert({ Category: "L" }));
    await sage.close();
    const { code, out } = await run(onSqlite, "doctor");
    expect([code, out.split("\n")[0]]).toEqual([0, "Everything that a run depends on is in order."]);
  });
});
