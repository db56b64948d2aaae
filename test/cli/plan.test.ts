import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { tieout } from "../support/cli.ts";
import { type DatabasePair, sqlitePair } from "../support/databases.ts";
import { withWorld } from "../support/with-world.ts";
import { stageBudget, type World } from "../support/world.ts";

let pair: DatabasePair;
let world: World;
withWorld(sqlitePair, async (site) => {
  ({ world, pair } = site);
  await stageBudget(world, "25-1001", [["L1", null, "03-100", "M", "100.00"]]);
  mkdirSync(join(pair.folder, "other"));
  const company = (id: string, outbox: string) =>
    `  - { id: ${id}, sage: { client: sqlite, filename: ./sage.db }, mappings: ./mappings, outbox: ./${outbox} }\n`;
  writeFileSync(
    join(pair.folder, "tieout.yaml"),
    `staging: { client: sqlite, filename: ./staging.db }\ncompanies:\n${company("ACME", "outbox")}${company("OTHER", "other")}`,
  );
});

const run = (...args: string[]) => tieout(...args, "--config", join(pair.folder, "tieout.yaml"));
const file = (name: string): string => join(pair.folder, name);

it("plan --html writes the page beside what it prints, over an earlier one, and leaves nothing else", async () => {
  const before = readdirSync(pair.folder);
  writeFileSync(file("plan.html"), "an earlier plan");
  const { code, out } = await run("plan", "--html", file("plan.html"), "--json");
  expect(code).toBe(0);
  const { plan_id } = JSON.parse(out) as { plan_id: string };
  const page = readFileSync(file("plan.html"), "utf8");
  expect(page).toMatch(/^<!doctype html>.*<\/html>\n$/s);
  expect(page).toContain(`tieout export --only-if ${plan_id}<`);
  expect(readdirSync(pair.folder).toSorted()).toEqual([...before, "plan.html"].toSorted());
});

it("the command on the page does what the page says, also where it is for one company and a date", async () => {
  await run("plan", "--html", file("plan.html"), "--company", "ACME", "--date", "2026-04-01");
  const [, command = ""] =
    />tieout (export --only-if [^<]*)</.exec(readFileSync(file("plan.html"), "utf8")) ?? [];
  expect(command).toContain("--company ACME --date 2026-04-01");
  expect(await run(...command.split(" "))).toMatchObject({ code: 0 });
  expect(readdirSync(world.outbox)).toEqual(["ACME-000001"]);
});

it("plan --html gives the exit code of the plan: 2 where something is held", async () => {
  await world.statement("update staging.budget_line_item set cost_code = ?", "77-777");
  expect((await run("plan", "--html", file("plan.html"))).code).toBe(2);
  expect(readFileSync(file("plan.html"), "utf8")).toContain("Add a row for cost code");
});

it("a page that cannot be written is a named problem with exit code 3, and no half of it is left", async () => {
  const nowhere = await run("plan", "--html", file("nowhere/plan.html"), "--json");
  expect(nowhere.code).toBe(3);
  expect(JSON.parse(nowhere.out)).toMatchObject({ error: { name: "page_not_written" } });
  mkdirSync(file("taken"));
  const taken = await run("plan", "--html", file("taken"));
  expect(taken).toMatchObject({ code: 3, out: "" });
  expect(taken.err).toContain("[page_not_written]");
  expect(readdirSync(pair.folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});
