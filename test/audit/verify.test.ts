import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Knex } from "knex";
import { expect, it } from "vitest";
import { type AuditOptions, exportAudit, verifyAudit } from "../../src/audit/audit.ts";
import { type AuditRow, hashOfRow, readChain } from "../../src/journal/audit-chain.ts";
import { exportAll } from "../../src/run/export/export.ts";
import { reconcileAll } from "../../src/run/reconcile/reconcile.ts";
import { type DatabasePair, eachDatabase } from "../support/databases.ts";
import { withWorld } from "../support/with-world.ts";
import { stageBudget, type World } from "../support/world.ts";

eachDatabase("a chain that is verified", (makePair) => {
  let pair: DatabasePair;
  let world: World;
  let chain: AuditRow[];
  withWorld(makePair, async (site) => {
    ({ world, pair } = site);
    await stageBudget(world, "25-1001", [["L1", null, "03-100", "M", "100.00"]]);
    await exportAll(world.context);
    world.clock.addDays(1);
    await stageBudget(world, "25-1002", [["L2", null, "16-700", "L", "50.00"]]);
    await exportAll(world.context);
    for (const batch of ["ACME-000001", "ACME-000002"]) await world.importBatch(batch);
    await world.sage.post({ which: "all" });
    await reconcileAll(world.context);
    // A report carries a head as well: what manifests alone prove is to be seen.
    rmSync(join(pair.folder, "reports"), { recursive: true });
    chain = await eventsNow();
    expect(chain.map(({ event, subject }) => `${event} ${subject}`)).toEqual([
      "mapping_in_force version 1",
      "batch_claimed ACME-000001",
      "batch_written ACME-000001",
      "batch_claimed ACME-000002",
      "batch_written ACME-000002",
      "reconciled 25-1001",
      "reconciled 25-1002",
      "tie_out_stored 2026-03-03",
    ]);
  });

  const eventsNow = async () => {
    const rows: AuditRow[] = [];
    for await (const row of readChain(world.context.db, world.context.names, "ACME")) rows.push(row);
    return rows;
  };
  const verify = async (options: AuditOptions = {}) => {
    const result = await verifyAudit(world.context, options);
    const company = result.ok ? result.value.companies[0] : undefined;
    if (!company) throw new Error(JSON.stringify(result));
    return company;
  };
  /** What is found: name and number of the event, with the words for it left out. */
  const found = async (options: AuditOptions = {}) =>
    (await verify(options)).findings.map(({ name, sequence }) => `${name} ${sequence}`);
  /** As somebody does who owns the database. */
  const tamper = async (statement: (events: Knex.QueryBuilder) => Knex.QueryBuilder) => {
    await world.db.query(statement(world.db.sql.build(world.context.names.journal("audit_event"))));
  };
  const event = (sequence: number): AuditRow => {
    const row = chain[sequence - 1];
    if (!row) throw new Error(`there is no event ${sequence}`);
    return row;
  };
  /** One who knows how hashes are made: every row anew from the one that is given. */
  const forge = async (from: AuditRow) => {
    let previous = from.previous_hash;
    for (const row of chain.slice(Number(from.sequence) - 1)) {
      const forged = { ...row, ...(row.sequence === from.sequence ? from : {}), previous_hash: previous };
      previous = hashOfRow(forged);
      const { sequence, ...columns } = { ...forged, hash: previous };
      await tamper((events) => events.where({ sequence }).update(columns));
    }
  };

  it("is good as it was written, and is proven up to the newest manifest", async () => {
    expect(await verify()).toMatchObject({
      result: "good",
      events: 8,
      head: event(8).hash,
      heads_known: 2,
      proven_to: { sequence: "4", by: expect.stringContaining("ACME-000002-manifest.json") },
      findings: [],
    });
  });

  it.each([
    ["its payload", { details: '{"original":"100000.00"}' }],
    ["its time", { at: "2026-03-01T15:00:00Z" }],
    ["who did it", { actor: "somebody@else" }],
    ["what happened", { event: "noted" }],
    ["its run", { run_id: "another" }],
    ["its subject", { subject: "25-1009" }],
    ["its hash", { hash: "f".repeat(64) }],
  ])("names an event when %s was changed", async (_what, change) => {
    await tamper((events) => events.where({ sequence: 6 }).update(change));
    const [first] = (await verify()).findings;
    expect(first).toMatchObject({ name: "event_changed", sequence: "6" });
    expect(first?.message).toMatch(/^Event 6 of ACME \(.*\) was changed/);
    // The one after it carries the old hash: it fits as long as the hash itself is the old one.
    expect(await found()).toEqual(
      "hash" in change ? ["event_changed 6", "event_link_broken 7"] : ["event_changed 6"],
    );
  });

  it("names the event after one that was changed together with its hash", async () => {
    const changed = { ...event(5), actor: "somebody@else" };
    await tamper((events) =>
      events.where({ sequence: 5 }).update({ actor: changed.actor, hash: hashOfRow(changed) }),
    );
    expect(await found()).toEqual(["event_link_broken 6"]);
    expect((await verify()).findings[0]?.message).toContain("event 5 of ACME (batch_written ACME-000002");
  });

  it("names what was taken out of the middle", async () => {
    await tamper((events) => events.where({ sequence: 5 }).delete());
    expect(await found()).toEqual(["event_missing 5", "rows_untold null"]);
    expect((await verify()).findings[0]?.message).toMatch(
      /^Event 5 of ACME is missing: between event 4 .*batch_claimed ACME-000002.* and event 6/,
    );
  });

  it("names what was taken from the beginning", async () => {
    await tamper((events) => events.where("sequence", "<=", 2).delete());
    expect(await found()).toEqual([
      "event_missing 1",
      "head_not_in_chain null",
      "rows_untold null",
      "rows_untold null",
    ]);
    expect((await verify()).findings[0]?.message).toMatch(
      /^Events 1 to 2 of ACME are missing: before event 3/,
    );
  });

  it("finds an end cut off before the newest head, and names the head and where the chain ends now", async () => {
    await tamper((events) => events.where("sequence", ">", 3).delete());
    const { findings, proven_to } = await verify();
    expect(findings.map(({ name }) => name)).toEqual([
      "head_not_in_chain",
      ...Array(5).fill("rows_untold"),
      "tie_out_disagrees",
    ]);
    expect(findings[0]?.message).toContain(event(4).hash);
    expect(findings[0]?.message).toMatch(/ACME-000002-manifest\.json.*ends with event 3 of ACME/);
    expect(proven_to?.sequence).toBe("2");
  });

  /** The last event, and what it tells of. */
  const cutOffTieOut = async () => {
    await tamper((events) => events.where({ sequence: 8 }).delete());
    await world.db.query(world.db.sql.build(world.context.names.journal("tie_out")).delete());
  };

  it("finds an end cut off after the newest manifest by a head that was kept, and only by that", async () => {
    await cutOffTieOut();
    expect(await found()).toEqual([]);
    expect(await found({ head: event(8).hash })).toEqual(["head_not_in_chain null"]);
    expect(await verify({ head: event(7).hash })).toMatchObject({
      result: "good",
      proven_to: { sequence: "7", by: "--head" },
    });
  });

  it("says that it cannot tell about the end where no head is known anywhere", async () => {
    for (const batch of readdirSync(world.outbox)) rmSync(join(world.outbox, batch), { recursive: true });
    await cutOffTieOut();
    expect(await verify()).toMatchObject({ result: "good", heads_known: 0, proven_to: null });
  });

  it("names an event that was put there, and all that had to move for it", async () => {
    for (const sequence of [8, 7, 6])
      await tamper((events) => events.where({ sequence }).update({ sequence: sequence + 1 }));
    await tamper((events) => events.insert({ ...event(5), sequence: 6 }));
    expect(await found()).toEqual([
      "event_changed 6",
      "event_link_broken 6",
      "event_changed 7",
      "event_changed 8",
      "event_changed 9",
    ]);
  });

  it("names one that was put at the end", async () => {
    await tamper((events) =>
      events.insert({ ...event(8), sequence: 9, previous_hash: event(8).hash, actor: "somebody@else" }),
    );
    expect(await found()).toEqual(["event_changed 9"]);
  });

  it("names two that changed places", async () => {
    await tamper((events) => events.where({ sequence: 6 }).update({ sequence: 99 }));
    await tamper((events) => events.where({ sequence: 7 }).update({ sequence: 6 }));
    await tamper((events) => events.where({ sequence: 99 }).update({ sequence: 7 }));
    expect(await found()).toEqual([
      "event_changed 6",
      "event_link_broken 6",
      "event_changed 7",
      "event_link_broken 7",
      "event_link_broken 8",
    ]);
  });

  it("names a number that is there twice, in a table that has lost its key", async () => {
    const table = world.context.names.journal("audit_event");
    for (const statement of pair.engine === "sqlite"
      ? [
          `create table copied as select * from ${table}`,
          `drop table ${table}`,
          `alter table copied rename to ${table}`,
        ]
      : [`alter table ${table} drop constraint pk_audit_event`])
      await world.db.query(world.db.sql.build.raw(statement));
    const second = { ...event(6), actor: "somebody@else" };
    await tamper((events) => events.insert({ ...second, hash: hashOfRow(second) }));
    expect(await found()).toEqual(["event_twice 6"]);
  });

  it("finds a chain that somebody made anew by a head that is kept outside, and only by that", async () => {
    await forge({ ...event(2), actor: "somebody@else" });
    expect(await found()).toEqual(["head_not_in_chain null", "head_not_in_chain null"]);
    rmSync(world.outbox, { recursive: true });
    expect(await found()).toEqual([]);
    expect(await found({ head: event(8).hash })).toEqual(["head_not_in_chain null"]);
  });

  it("finds a chain that is gone altogether", async () => {
    await tamper((events) => events.delete());
    expect((await found()).filter((name) => name === "head_not_in_chain null")).toHaveLength(2);
  });

  it("takes heads from files: a manifest, a report, an export; and says which file gives none", async () => {
    const file = (name: string, text: string) => {
      const path = join(pair.folder, name);
      writeFileSync(path, text);
      return path;
    };
    const lines: string[] = [];
    for await (const row of exportAudit(world.context, {})) lines.push(JSON.stringify(row));
    const exported = file("chain.jsonl", `${lines.slice(0, 5).join("\n")}\n`);
    const report = file("report.json", JSON.stringify({ company: "ACME", audit_head: event(6).hash }));
    expect(await verify({ headFrom: [exported] })).toMatchObject({
      proven_to: { sequence: "5", by: exported },
    });
    expect(await verify({ headFrom: [report, exported] })).toMatchObject({ proven_to: { sequence: "6" } });
    await tamper((events) => events.where("sequence", ">", 5).delete());
    expect(await found({ headFrom: [exported] })).toEqual([
      ...Array(3).fill("rows_untold null"),
      "tie_out_disagrees null",
    ]);
    expect(await found({ headFrom: [report] })).toEqual([
      "head_not_in_chain null",
      ...Array(3).fill("rows_untold null"),
      "tie_out_disagrees null",
    ]);

    const refused = async (options: AuditOptions) => {
      const result = await verifyAudit(world.context, options);
      return result.ok ? "" : `${result.problem.name}: ${result.problem.message}`;
    };
    expect(await refused({ headFrom: [join(pair.folder, "nothing.json")] })).toMatch(
      /^head_file_unusable: .*read/,
    );
    expect(await refused({ headFrom: [file("x.json", "{}")] })).toMatch(
      /^head_file_unusable: .*no audit_head/,
    );
    const foreign = file("o.json", JSON.stringify({ company: "OTHER", audit_head: event(1).hash }));
    expect(await refused({ headFrom: [foreign] })).toMatch(/^head_file_unusable: .*OTHER/);
    expect(await refused({ head: "abc" })).toMatch(/^head_invalid/);
  });

  it("takes the head of an empty chain, which a report of the first day has, for no sign of a cut", async () => {
    const report = join(pair.folder, "first-day.json");
    writeFileSync(report, JSON.stringify({ company: "ACME", audit_head: "0".repeat(64) }));
    expect(await verify({ headFrom: [report] })).toMatchObject({ result: "good" });
  });

  it("finds heads in the folder of reports", async () => {
    const [company] = world.context.config.companies;
    await world.context.files.makeFolder(company?.reports ?? "");
    const report = join(company?.reports ?? "", "tie-out.json");
    writeFileSync(report, JSON.stringify({ companies: [{ company: "ACME", audit_head: event(8).hash }] }));
    expect(await verify()).toMatchObject({ proven_to: { sequence: "8", by: report }, heads_known: 3 });
    await cutOffTieOut();
    expect(await found()).toEqual(["head_not_in_chain null"]);
  });

  it("finds a stored tie-out that was altered, is gone, or that no event tells of", async () => {
    const journal = (table: "tie_out" | "tie_out_part") =>
      world.db.sql.build(world.context.names.journal(table));
    const changed = async (table: "tie_out" | "tie_out_part", column: string, value: string) => {
      const [row] = await world.db.query(journal(table).orderBy(column, "desc").limit(1).select());
      const id = table === "tie_out" ? "tie_out_id" : "part_no";
      const own = () => journal(table).where({ [id]: String(row?.[id]) });
      await world.db.query(own().update({ [column]: value }));
      const result = await found();
      await world.db.query(own().update({ [column]: String(row?.[column]) }));
      return result;
    };
    expect(await found()).toEqual([]);
    expect(await changed("tie_out_part", "body", "H4sI")).toEqual(["tie_out_disagrees 8"]);
    expect(await changed("tie_out_part", "sha256", "0".repeat(64))).toEqual(["tie_out_disagrees 8"]);
    expect(await changed("tie_out", "content", '{"notices":["other"],"reject_files":[]}')).toEqual([
      "rows_disagree 8",
      "tie_out_disagrees 8",
    ]);
    expect(await found()).toEqual([]);
    await world.db.query(
      journal("tie_out_part").where({ kind: "codes" }).whereNull("replaced_by").update({ keys: 99 }),
    );
    expect(await found()).toEqual(Array(2).fill("counts_disagree null"));
    await reconcileAll(world.context, { full: true });
    expect(await found()).toEqual([]);
    await world.db.query(journal("tie_out_part").del());
    expect(await found()).toEqual(["tie_out_disagrees 8"]);
    await world.db.query(journal("tie_out").update({ sha256: "0".repeat(64) }));
    expect(await found()).toEqual(["rows_disagree 8", "tie_out_disagrees null", "tie_out_disagrees 8"]);
  });

  it("checks the chain of a company that is in no configuration any more, and asks whose a head is then", async () => {
    const gone = { ...event(1), company: "GONE", sequence: "1" };
    await tamper((events) => events.insert({ ...gone, hash: hashOfRow(gone), actor: "somebody@else" }));
    const result = await verifyAudit(world.context, {});
    expect(result.ok && result.value.companies.map(({ company, result }) => [company, result])).toEqual([
      ["ACME", "good"],
      ["GONE", "broken"],
    ]);
    const asked = await verifyAudit(world.context, { head: event(8).hash });
    expect(!asked.ok && asked.problem.name).toBe("head_of_which_company");
    expect(await verify({ head: event(8).hash, company: "ACME" })).toMatchObject({ result: "good" });
  });
});
