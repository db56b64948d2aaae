import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { PAGE_WIDTH } from "../../src/show/text/table.ts";
import { tieout } from "../support/cli.ts";
import { type DatabasePair, sqlitePair } from "../support/databases.ts";
import { exportOne } from "../support/instances.ts";
import { withWorld } from "../support/with-world.ts";
import { stageBudget, type World } from "../support/world.ts";

const BATCH = "ACME-000001";
let pair: DatabasePair;
let world: World;
withWorld(sqlitePair, async (site) => {
  ({ world, pair } = site);
  await stageBudget(world, "25-1001", [
    ["L1", null, "03-100", "M", "9600.00"],
    ["L2", null, "16-700", "L", "70.00"],
  ]);
  await exportOne(world.context);
  await world.importBatch(BATCH);
  writeFileSync(
    join(pair.folder, "tieout.yaml"),
    "staging: { client: sqlite, filename: ./staging.db }\n" +
      "companies:\n  - { id: ACME, sage: { client: sqlite, filename: ./sage.db }, mappings: ./mappings, outbox: ./outbox, reports: ./reports }\n",
  );
});

const run = (...args: string[]) => tieout(...args, "--config", join(pair.folder, "tieout.yaml"));
const flat = (text: string) => text.replace(/\s+/g, " ");

it("report says in a few lines whether all ties out, and where the pages are, with code 0", async () => {
  await world.sage.post({ which: "all" });
  await run("reconcile");
  const { code, out } = await run("report");
  expect(code).toBe(0);
  expect(flat(out)).toContain("Everything ties out.");
  expect(flat(out)).toMatch(/Original estimates 9,670\.00 9,670\.00 9,670\.00 0\.00/);
  expect(out).toMatch(/ACME-tie-out-\d{4}-\d\d-\d\d\.html\n.*\.xlsx\n.*\.json\n$/);
});

it("report says what needs a person, since when and what to do, with code 2 and no line too long", async () => {
  await world.sage.post({ which: "all", change: ({ cents }) => (cents === 7_000n ? 6_000n : cents) });
  await run("reconcile");
  const { code, out } = await run("report");
  expect(code).toBe(2);
  expect(flat(out)).toMatch(
    /1 difference needs a person\..*1 difference of -10\.00 since .*Post what is missing/,
  );
  const words = out.split("\n").filter((line) => !line.includes(pair.folder) && !/[0-9a-f]{64}/.test(line));
  expect(words.filter((line) => line.length > PAGE_WIDTH)).toEqual([]);
  const { report } = JSON.parse((await run("report", "--json")).out).companies[0];
  expect(report.differences).toMatchObject([{ cost_code: "16-700", exported: "70.00", posted: "60.00" }]);
});

it("report of a day that is none, or that no reconciliation stored, is refused with code 3 and 1", async () => {
  expect(await run("report", "--as-of", "2026-02-30")).toMatchObject({
    code: 3,
    err: expect.stringContaining("2026-02-30"),
  });
  const { code, out } = await run("report", "--as-of", "2020-01-01");
  expect(code).toBe(1);
  expect(out).toContain("[tie_out_missing]");
});

it("accept closes a difference with a reason, says what that frees, and refuses to without one", async () => {
  await world.sage.post({ which: "all", change: ({ cents }) => (cents === 7_000n ? 6_000n : cents) });
  await run("reconcile");
  expect(await run("accept", BATCH, "2")).toMatchObject({ code: 3, err: expect.stringContaining("reason") });
  expect(await run("accept", BATCH, "two", "--reason", "memo 17")).toMatchObject({ code: 3 });
  const { code, out } = await run("accept", BATCH, "2", "--reason", "memo 17");
  expect(code).toBe(0);
  expect(flat(out)).toMatch(
    /Accepted: line 2 .* 70\.00 exported, 60\.00 posted \(amount differs\)\..*1 document synced/,
  );
  const after = await run("report");
  expect(after.code).toBe(0);
  expect(flat(after.out)).toContain("but for 1 difference that a person closed");
});

it("report --json is one document, with the rows that the report's JSON file has", async () => {
  await world.sage.post({ which: "all" });
  await run("reconcile");
  const { code, out } = await run("report", "--json");
  expect(code).toBe(0);
  const document = JSON.parse(out);
  expect(out).toBe(`${JSON.stringify(document, null, 2)}\n`);
  const [{ report, files }] = document.companies;
  expect(report).toEqual(JSON.parse(readFileSync(files.at(-1), "utf8")));
  expect(report.keys).toHaveLength(2);
  expect(report.waiting_lines).toEqual([]);
});
