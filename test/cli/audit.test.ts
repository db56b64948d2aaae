import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runCli } from "../../src/cli/cli.ts";
import { exportAll } from "../../src/run/export/export.ts";
import { tieout } from "../support/cli.ts";
import { type DatabasePair, sqlitePair } from "../support/databases.ts";
import { withWorld } from "../support/with-world.ts";
import { stageBudget, type World } from "../support/world.ts";

let pair: DatabasePair;
let world: World;
withWorld(sqlitePair, async (site) => {
  ({ world, pair } = site);
  await stageBudget(world, "25-1001", [["L1", null, "03-100", "M", "100.00"]]);
  await world.statement("update staging.budget set accepted_by = ?", 'Łódź "quoted" \u2028 \u0001 🏗️');
  await exportAll(world.context);
  writeFileSync(
    join(pair.folder, "tieout.yaml"),
    "staging: { client: sqlite, filename: ./staging.db }\n" +
      "companies:\n  - { id: ACME, sage: { client: sqlite, filename: ./sage.db }, mappings: ./mappings, outbox: ./outbox }\n",
  );
});

const run = (...args: string[]) => tieout(...args, "--config", join(pair.folder, "tieout.yaml"));
const break_ = () =>
  world.statement("update tieout_audit_event set actor = 'somebody@else' where sequence = 2");

it("verify says that a chain is good and up to where that is proven, with code 0", async () => {
  const { code, out } = await run("audit", "verify");
  expect(code).toBe(0);
  expect(out.replace(/\s+/g, " ")).toMatch(
    /^Company ACME Good: 3 events, the last of 2026-03-02 15:00 UTC; each fits its hash and the one before it\. Head: [0-9a-f]{64} Proven up to event 2, by .*ACME-000001-manifest\.json\. Whether events after it were cut off cannot be told: no head is known of the one that followed\. $/,
  );
  await world.context.files.remove(world.outbox);
  expect((await run("audit", "verify")).out.replace(/\s+/g, " ")).toContain(
    "No head of this chain is known, so it cannot be told whether its end was cut off",
  );
});

it("verify names what is broken, with code 1, as text and as one document", async () => {
  await break_();
  const asText = await run("audit", "verify");
  expect(asText.code).toBe(1);
  expect(asText.out.replace(/\s+/g, " ")).toMatch(
    /BROKEN: 3 events.*; 1 finding\. .*Event 2 of ACME \(batch_claimed ACME-000001.*by somebody@else\) was changed or put there.*\[event_changed\] → Somebody wrote/,
  );
  const asJson = await run("audit", "verify", "--json");
  expect(asJson.code).toBe(1);
  expect(JSON.parse(asJson.out)).toMatchObject({
    companies: [{ company: "ACME", result: "broken", findings: [{ name: "event_changed", sequence: "2" }] }],
  });
});

it("verify refuses a head that is none, with code 3", async () => {
  const { code, out } = await run("audit", "verify", "--head", "abc", "--json");
  expect(code).toBe(3);
  expect(JSON.parse(out)).toMatchObject({ error: { name: "head_invalid" } });
  expect((await run("audit", "verify", "--head-from", join(pair.folder, "tieout.yaml"))).err).toContain(
    "[head_file_unusable]",
  );
});

it("what export writes can be recomputed by the script that docs/auditors.md shows", async () => {
  const [, script = ""] =
    /```js\n(.*?)```/s.exec(readFileSync(new URL("../../docs/auditors.md", import.meta.url), "utf8")) ?? [];
  const check = (text: string) => {
    writeFileSync(join(pair.folder, "chain.jsonl"), text);
    writeFileSync(join(pair.folder, "check.mjs"), script);
    return spawnSync(process.execPath, ["check.mjs", "chain.jsonl"], { encoding: "utf8", cwd: pair.folder });
  };
  const { code, out } = await run("audit", "export");
  expect(code).toBe(0);
  expect(out).toContain("Łódź");
  const { companies } = JSON.parse((await run("audit", "verify", "--json")).out) as {
    companies: { head: string }[];
  };
  expect(check(out)).toMatchObject({ status: 0, stdout: `ACME: 3 events, head ${companies[0]?.head}\n` });
  await break_();
  expect(check((await run("audit", "export")).out).stderr).toContain("the chain of ACME is broken at 2");
});

it("export gives one document with --json, of a chain without events too", async () => {
  expect(JSON.parse((await run("audit", "export", "--json")).out)).toMatchObject({
    events: [{ sequence: "1" }, { sequence: "2", event: "batch_claimed" }, { sequence: "3" }],
  });
  await world.statement("delete from tieout_audit_event");
  expect(JSON.parse((await run("audit", "export", "--json")).out)).toEqual({ events: [] });
  expect(await run("audit", "export")).toMatchObject({ code: 0, out: "" });
});

it("export goes on no faster than it is read, and ends when nobody reads on", async () => {
  const full: string[] = [];
  let waiting: (() => void)[] = [];
  const stdout = {
    write: (text: string) => {
      full.push(text);
      return false;
    },
    once: (_event: string, listener: () => void) => waiting.push(listener),
  };
  const done = runCli(["audit", "export", "--config", join(pair.folder, "tieout.yaml")], {
    env: {},
    stdout,
    stderr: { write: () => true },
  });
  for (let written = 1; written <= 3; written++) {
    while (waiting.length === 0) await new Promise(setImmediate);
    expect(full).toHaveLength(written);
    const [goOn] = waiting;
    waiting = [];
    goOn?.();
  }
  expect(await done).toBe(0);
});
