import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/core/time.ts";
import { type Examined, examine } from "../../src/doctor/examine.ts";
import { checkNode, checkTimeZones } from "../../src/doctor/machine.ts";
import { doctorResult } from "../../src/doctor/result.ts";
import { takeLease } from "../../src/journal/lease.ts";
import { exportAll } from "../../src/run/export/export.ts";
import { doctorText } from "../../src/show/text/doctor.ts";
import { type DatabasePair, eachDatabase, sqlitePair } from "../support/databases.ts";
import { tree } from "../support/instances.ts";
import { isStandIn } from "../support/stand-in.ts";
import { withWorld } from "../support/with-world.ts";
import {
  COMPANY,
  grantLeastRights,
  makeWorld,
  stageBudget,
  testConfig,
  type World,
} from "../support/world.ts";

eachDatabase("doctor", (makePair) => {
  let pair: DatabasePair;
  let world: World;
  let ignored: string[];
  withWorld(makePair, async (site) => {
    ({ world, pair } = site);
    for (const folder of ["outbox", "rejects", "reports"]) mkdirSync(join(pair.folder, folder));
    // A server that stands in for SQL Server is none of a version that it would take.
    ignored = (await isStandIn(world.db)) ? ["server_settings"] : [];
  });

  const look = async (changes: Partial<Examined> = {}) => {
    const { config, names, files, log, signal } = world.context;
    // The database has a clock of its own, so this machine's is the right one.
    const clock = systemClock;
    const subject = { config, names, clock, files, log, signal, nodeVersion: "v22.1.0", ...changes };
    const result = doctorResult(await examine(subject));
    return { ...result, findings: result.findings.filter(({ check }) => !ignored.includes(check)) };
  };
  const on = (engine: "sqlite" | "sqlserver", statement: string) =>
    pair.engine === engine ? world.db.query(world.db.sql.build.raw(statement)) : null;
  const changeStaging = (statement: string) =>
    world.statement(statement.replaceAll("{add}", pair.engine === "sqlite" ? "add column" : "add"));
  const withCompany = (changes: Record<string, unknown>): Partial<Examined> => ({
    config: testConfig(pair, changes),
  });

  it("finds nothing wrong at a site where nothing is, and looks at everything", async () => {
    const { findings, checks } = await look();
    expect(
      findings.filter(({ what }) => !what.startsWith("trust") && !what.includes("encrypt is false")),
    ).toEqual([]);
    expect(checks.filter(({ result }) => result === "not_checked")).toEqual([]);
    expect(new Set(checks.map(({ check }) => check)).size).toBe(21);
  });

  it("changes nothing: no row, no file, not even the time that a file was changed", async () => {
    await stageBudget(world, "25-1001", [["L1", null, "03-100", "M", "1.00"]]);
    const state = async () => {
      const rows = [];
      for (const table of ["lease", "run", "hold", "audit_event", "mapping_set"] as const)
        rows.push(await world.db.query(world.db.sql.build(world.context.names.journal(table)).select()));
      const files = [...tree(pair.folder)].map(([name, bytes]) => [
        name,
        createHash("sha256").update(bytes).digest("hex"),
      ]);
      const databases = readdirSync(pair.folder).filter((name) => name.endsWith(".db"));
      return { rows, files, times: databases.map((name) => statSync(join(pair.folder, name)).mtimeMs) };
    };
    const before = await state();
    await look();
    expect(await state()).toEqual(before);
  });

  it("names a column that staging lacks, with the statement that mends it, and that statement mends it", async () => {
    await changeStaging("alter table staging.budget drop column accepted_by");
    const [finding] = (await look()).findings.filter(({ check }) => check === "staging_columns");
    expect(finding).toMatchObject({ level: "problem", what: expect.stringContaining("accepted_by") });
    await world.db.query(world.db.sql.build.raw(finding?.mend.split(";")[0] ?? ""));
    const rights = (await look()).findings.filter(({ check }) => check === "staging_columns");
    expect(rights).toEqual([]);
  });

  it("warns of indexes that a table lacks, and its statements make them", async () => {
    for (const index of ["ix_budget_line_item_budget_id", "ix_budget_line_item_line_item_id"])
      await changeStaging(
        `drop index ${pair.engine === "sqlite" ? index : `staging.budget_line_item.${index}`}`,
      );
    const indexes = async () => (await look()).findings.filter(({ check }) => check === "staging_indexes");
    const [finding, ...others] = await indexes();
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      level: "warning",
      what: expect.stringContaining("has no index that begins with line_item_id, budget_id (one for each)."),
    });
    for (const statement of (finding?.mend ?? "").split("; ")) await changeStaging(statement);
    expect(await indexes()).toEqual([]);
  });

  it("asks no view for an index", async () => {
    await changeStaging("drop table staging.sub_job");
    await changeStaging(
      "create view staging.sub_job as select project_id, project_number as sub_job_code, name from staging.project",
    );
    expect((await look()).findings.filter(({ check }) => check === "staging_indexes")).toEqual([]);
  });

  it("names an amount whose type keeps no exact amounts", async () => {
    await changeStaging("alter table staging.budget_line_item drop column original_amount");
    await changeStaging("alter table staging.budget_line_item {add} original_amount real");
    expect((await look()).findings).toContainEqual(
      expect.objectContaining({
        check: "staging_columns",
        what: expect.stringContaining("keeps no exact amounts"),
      }),
    );
  });

  it("tells of a journal that is missing, older or newer, and of a table that somebody changed", async () => {
    const journal = world.context.names.journal;
    const findingsOf = async (check: string) => (await look()).findings.filter((f) => f.check === check);
    await world.db.query(world.db.sql.build.raw(`drop view ${journal("budget_action")}`));
    const [view] = await findingsOf("journal_tables");
    expect(view).toMatchObject({ what: expect.stringContaining("budget_action is not there") });
    const [, statement = ""] = /^Restore it with: (.*); then run/s.exec(view?.mend ?? "") ?? [];
    await world.db.query(world.db.sql.build.raw(statement));
    await grantLeastRights(pair, world.db, world.sageDb);
    expect((await findingsOf("journal_tables")).map(({ what }) => what)).toEqual([]);

    await world.db.query(
      world.db.sql.build(journal("layout")).where({ version: 1 }).update({ version: 999 }),
    );
    expect(await findingsOf("journal_version")).toMatchObject([
      { mend: expect.stringContaining("newer version") },
    ]);
    await world.db.query(world.db.sql.build(journal("layout")).delete());
    expect(await findingsOf("journal_version")).toMatchObject([
      { mend: expect.stringContaining("tieout db migrate") },
    ]);
    world.map("jobs", "project_number,job\n25-1001,25-1001\n25-1001,25-1002\n");
    expect((await look()).checks).toContainEqual(
      expect.objectContaining({ check: "holds", result: "not_checked" }),
    );
    expect(await findingsOf("mapping")).toMatchObject([{ level: "problem" }]);
  });

  it("goes on where a database does not answer, and says what could not be looked at", async () => {
    const closed = await closedPort();
    const gone =
      pair.staging.client === "sqlite"
        ? { ...pair.staging, filename: join(pair.folder, "nowhere.db") }
        : { ...pair.staging, port: closed };
    const { findings, checks } = await look({ config: { ...world.context.config, staging: gone } });
    expect(findings).toContainEqual(
      expect.objectContaining({
        check: "staging_connection",
        level: "problem",
        mend: expect.stringContaining("Check"),
      }),
    );
    expect(checks).toContainEqual(
      expect.objectContaining({ check: "journal_version", result: "not_checked" }),
    );
    expect(checks).toContainEqual(expect.objectContaining({ check: "sage_tables", result: "ok" }));
  });

  it("tells what Sage's copy lacks, that it is old, and that it is empty", async () => {
    const sage = (statement: string) => world.sageDb.query(world.sageDb.sql.build.raw(statement));
    await sage("drop table JCT_HISTORY__TRANSACTION");
    await sage(
      "insert into JCT_CURRENT__TRANSACTION (Job, Transaction_Type, Amount, Run, Sequence, Date_Stamp) values ('25-1001', 'JC cost', 1, 1, 1, '2026-01-02')",
    );
    const { findings, checks } = await look({ clock: world.clock });
    expect(findings).toContainEqual(
      expect.objectContaining({
        check: "sage_tables",
        what: expect.stringContaining("JCT_HISTORY__TRANSACTION is not there"),
      }),
    );
    expect(findings).toContainEqual(
      expect.objectContaining({
        check: "sage_age",
        what: expect.stringContaining("59 days old (2026-01-02"),
      }),
    );
    expect(checks).toContainEqual(
      expect.objectContaining({
        check: "sage_age",
        detail: expect.stringContaining("newest entry of 2026-01-02"),
      }),
    );
    await sage("delete from JCM_MASTER__STANDARD_CATEGORY");
    expect((await look()).findings).toContainEqual(
      expect.objectContaining({
        check: "sage_tables",
        level: "problem",
        what: expect.stringContaining("absent or empty"),
      }),
    );
  });

  it("names a column of the copy that marks what Sage has deleted, until the configuration says what to keep", async () => {
    await world.sageDb.query(
      world.sageDb.sql.build.raw("alter table JCM_MASTER__JOB add _FIVETRAN_ACTIVE bit null"),
    );
    expect((await look()).findings).toContainEqual(
      expect.objectContaining({
        check: "sage_tables",
        level: "warning",
        what: expect.stringContaining("JCM_MASTER__JOB has a column _FIVETRAN_ACTIVE"),
        mend: expect.stringContaining("row_filter: { column: _FIVETRAN_ACTIVE"),
      }),
    );
    await world.sageDb.query(world.sageDb.sql.build.raw("update JCM_MASTER__JOB set _FIVETRAN_ACTIVE = 1"));
    const sage = { ...pair.sage, row_filter: { column: "_FIVETRAN_ACTIVE", keep: ["1"] } };
    const { checks } = await look(withCompany({ sage }));
    expect(checks).toContainEqual(expect.objectContaining({ check: "sage_tables", result: "ok" }));
  });

  it("tries the folders: one that is a file, one that is missing, one that two share", async () => {
    rmSync(join(pair.folder, "outbox"), { recursive: true });
    writeFileSync(join(pair.folder, "outbox"), "not a folder");
    rmSync(join(pair.folder, "rejects"), { recursive: true });
    const { findings } = await look(withCompany({ reports: "mappings" }));
    const folders = findings.filter(({ check }) => check === "folders");
    expect(folders).toMatchObject([
      { level: "problem", what: expect.stringContaining("(outbox)") },
      {
        level: "warning",
        what: expect.stringContaining("(rejects) is not there"),
        mend: expect.stringContaining("mkdir"),
      },
    ]);
    expect(findings).toContainEqual(
      expect.objectContaining({
        check: "configuration",
        what: expect.stringContaining("is the folder of ACME: mappings too"),
      }),
    );
  });

  it("leaves no probe behind where a rename fails", async () => {
    const files = {
      ...world.context.files,
      rename: () => Promise.reject(Object.assign(new Error("cross-device link"), { code: "EXDEV" })),
    };
    const { findings } = await look({ files });
    expect(findings.filter(({ check }) => check === "folders")).toHaveLength(2);
    expect([...tree(pair.folder).keys()].filter((name) => name.includes("doctor"))).toEqual([]);
  });

  it("tells of a database file that may not be written to", async ({ skip }) => {
    if (pair.engine !== "sqlite") skip();
    const files = { ...world.context.files, mayWrite: async (path: string) => !path.endsWith("staging.db") };
    expect((await look({ files })).findings).toMatchObject([
      {
        check: "staging_rights",
        level: "problem",
        what: expect.stringContaining("staging.db may not be written to"),
      },
    ]);
  });

  it("tells of refused mapping files, of holds, of a batch that the journal does not know, and of who is at work", async () => {
    await stageBudget(world, "25-1001", [["L1", null, "99-999", "M", "1.00"]]);
    await exportAll(world.context);
    mkdirSync(join(world.outbox, `${COMPANY}-000007`));
    world.map("jobs", "project_number,job\n25-1001,25-1001\n25-1001,25-1002\n");
    const { lease } = (await takeLease(world.context.db, world.context.names, COMPANY)) as {
      lease: { holder: string };
    };
    const { findings, checks } = await look();
    expect(findings).toContainEqual(
      expect.objectContaining({ check: "holds", what: expect.stringContaining("1 unmapped_cost_code") }),
    );
    expect(findings).toContainEqual(
      expect.objectContaining({ check: "outbox", what: expect.stringContaining("ACME-000007") }),
    );
    expect(findings).toContainEqual(
      expect.objectContaining({
        check: "mapping",
        what: expect.stringContaining("last good set stays in force"),
      }),
    );
    expect(checks).toContainEqual(
      expect.objectContaining({ check: "lease", detail: expect.stringContaining(lease.holder) }),
    );
  });

  it("tells what a login may too much, and what it may not", async ({ skip }) => {
    if (pair.user === null) skip();
    const asOwner = { config: { ...world.context.config, staging: pair.owner.staging } };
    const owner = await look(asOwner);
    expect(owner.findings).toContainEqual(
      expect.objectContaining({
        check: "staging_rights",
        level: "warning",
        what: expect.stringMatching(/may do anything|more than it needs/),
      }),
    );
    expect(owner.findings).toContainEqual(
      expect.objectContaining({
        check: "journal_rights",
        what: expect.stringContaining("update tieout.movement"),
      }),
    );
    await on("sqlserver", `revoke select on staging.sub_job from ${pair.user}`);
    await on("sqlserver", `revoke insert on tieout.movement from ${pair.user}`);
    const { findings } = await look();
    expect(findings).toContainEqual(
      expect.objectContaining({
        check: "staging_rights",
        level: "problem",
        what: expect.stringContaining("may not select staging.sub_job (project_id, sub_job_code, name)"),
        mend: expect.stringContaining("grant select (project_id, sub_job_code, name) on staging.sub_job"),
      }),
    );
    expect(findings).toContainEqual(
      expect.objectContaining({ check: "journal_rights", what: "The login may not insert tieout.movement." }),
    );
  });

  it("tells of a clock that is wrong, where the database has its own", async ({ skip }) => {
    if (pair.engine === "sqlite") skip();
    const ahead = (seconds: number) => ({ clock: { now: () => new Date(Date.now() + seconds * 1000) } });
    const clockOf = async (seconds: number) =>
      (await look(ahead(seconds))).findings.filter(({ check }) => check === "clock");
    expect(await clockOf(0)).toEqual([]);
    expect(await clockOf(30)).toMatchObject([
      { level: "warning", what: expect.stringMatching(/(29|30|31) seconds behind/) },
    ]);
    expect(await clockOf(-3_600)).toMatchObject([
      { level: "problem", what: expect.stringContaining("ahead of") },
    ]);
  });
});

describe("doctor", () => {
  it("tells of a damaged database file", async () => {
    const pair = await sqlitePair();
    const world = await makeWorld(pair);
    await stageBudget(world, "25-1001", [["L1", null, "03-100", "M", "1.00"]]);
    await world.close();
    const file = join(pair.folder, "staging.db");
    const bytes = readFileSync(file);
    bytes.fill(0x5a, 8_192, 16_384);
    writeFileSync(file, bytes);
    const { config, names, clock, files, log, signal } = world.context;
    const { findings } = doctorResult(
      await examine({ config, names, clock, files, log, signal, nodeVersion: "v22.1.0" }),
    );
    expect(findings.find(({ check }) => check === "server_settings")).toMatchObject({
      level: "problem",
      what: expect.stringMatching(/damaged|malformed/),
    });
    await pair.remove();
  });

  it("leaves alone what a killed process left beside a database file", async () => {
    const pair = await sqlitePair();
    const world = await makeWorld(pair);
    await world.db.query(world.db.sql.build.raw("pragma journal_mode = wal"));
    await stageBudget(world, "25-1001", [["L1", null, "03-100", "M", "1.00"]]);
    // As it stands while somebody writes: the file, and beside it what is not merged into it yet.
    const left = await sqlitePair();
    for (const name of ["staging.db", "staging.db-wal", "sage.db"])
      cpSync(join(pair.folder, name), join(left.folder, name));
    const bytes = () =>
      ["staging.db", "staging.db-wal"].map((name) =>
        readFileSync(join(left.folder, name)).toString("base64"),
      );
    const before = bytes();
    expect(before[1]?.length).toBeGreaterThan(1_000);
    const { names, clock, files, log, signal } = world.context;
    const { checks } = doctorResult(
      await examine({ config: testConfig(left), names, clock, files, log, signal, nodeVersion: "v22.1.0" }),
    );
    expect(checks).toContainEqual(expect.objectContaining({ check: "journal_version", result: "ok" }));
    expect(bytes()).toEqual(before);
    await world.close();
    await pair.remove();
    await left.remove();
  });

  it("knows which versions of Node.js are too old", () => {
    expect(["v18.20.0", "v20.18.3"].flatMap((version) => checkNode(version).findings)).toHaveLength(2);
    expect(["v20.19.0", "v22.0.0", "v24.1.0"].flatMap((version) => checkNode(version).findings)).toEqual([]);
  });

  it("notices time zone data that knows no clock changes", async () => {
    const pair = await sqlitePair();
    const config = testConfig(pair);
    expect(checkTimeZones(config, new Date()).findings).toEqual([]);
    const withoutChanges = (_zone: string, moment: Date) =>
      new Date(moment.getTime() - 5 * 3_600_000).toISOString().slice(0, 10);
    expect(checkTimeZones(config, new Date(), withoutChanges).findings.length).toBeGreaterThan(0);
    await pair.remove();
  });

  it("puts problems before warnings, each with why it matters and how to mend it, within 80 columns", () => {
    const text = doctorText(
      doctorResult([
        {
          check: "disk_space",
          company: "ACME",
          findings: [{ level: "warning", what: "Little room.", mend: "Make room." }],
        },
        {
          check: "mapping",
          company: "ACME",
          findings: [{ level: "problem", what: `Refused: ${"a mistake, ".repeat(20)}`, mend: "Correct it." }],
        },
        { check: "holds", company: "ACME", findings: [], skipped: "there is no journal to look at" },
      ]),
    );
    expect(text).toMatch(/^1 problem, 1 warning/);
    expect(text.indexOf("Problem [mapping of ACME]")).toBeLessThan(
      text.indexOf("Warning [disk_space of ACME]"),
    );
    expect(text).toContain("→ Make room.");
    expect(text).toContain("could not be checked");
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});

/** A port of this machine that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return typeof address === "object" && address ? address.port : 1;
}
