import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AuditResult } from "../../src/audit/audit.ts";
import { runCli } from "../../src/cli/cli.ts";
import { runDemo } from "../../src/demo/demo.ts";
import type { HoldsResult } from "../../src/run/look/holds.ts";
import type { StatusResult } from "../../src/run/look/status.ts";
import type { ReportResult } from "../../src/show/report/report.ts";
import { widthOf } from "../../src/show/text/characters.ts";
import { tieout } from "../support/cli.ts";
import { consoleIn, firstNotThere, shownCommands } from "../support/console.ts";
import { disagreeing, readRunRecords } from "../support/run-records.ts";

const root = mkdtempSync(join(tmpdir(), "tieout-demo-"));
const folder = join(root, "tieout-demo");
afterAll(() => rmSync(root, { recursive: true }));

async function json<Result>(...args: string[]): Promise<Result> {
  return JSON.parse((await tieout(...args, "--json", "--config", join(folder, "tieout.yaml"))).out) as Result;
}

let told: Awaited<ReturnType<typeof tieout>>;
beforeAll(async () => {
  told = await tieout("demo", "--dir", folder);
});

it("tells the whole story with every statement true, in lines that a terminal shows, and exit code 0", () => {
  expect(told.err).toBe("");
  expect(told.out.split("\n").filter((line) => line.includes("✗"))).toEqual([]);
  expect(told.out.match(/^ {2}✓ /gm)?.length).toBeGreaterThan(20);
  expect(told.code).toBe(0);
  // Paths at the end are as long as the folder's is.
  const [story = ""] = told.out.split("Open these and look");
  expect(story.split("\n").filter((line) => widthOf(line) > 80 && !line.includes(folder))).toEqual([]);
});

describe("the site that it leaves", () => {
  it("has each budget where the story says: in the books and free, or as people left it", async () => {
    const { projects } = await json<StatusResult>("status");
    const documents = projects.flatMap((project) =>
      project.documents.map((one) => [
        ...[project.project_number, one.document, one.erp_status],
        ...[one.erp_synced, one.erp_locked, project.can_unlock, project.can_import_estimate],
      ]),
    );
    expect(documents).toEqual([
      ["25-1001", "budget", "synced", true, false, true, false],
      ["25-1001", "modification", "synced", true, false, true, false],
      ["25-1002", "budget", "synced", true, false, true, false],
      ["25-1003", "budget", "synced", true, false, true, false],
      ["25-1003", "modification", "synced", true, false, true, false],
      ["25-1004", "budget", "sent", false, false, false, false],
      ["25-1005", "budget", "rejected", false, false, true, true],
      ["25-1006", "budget", "synced", true, false, true, false],
    ]);
    const { companies } = await json<HoldsResult>("holds");
    expect(companies).toMatchObject([{ company: "ACME", holds: [] }]);
  });

  it("has reports of the bad day and of month-end that say so, and an audit chain that is good", async () => {
    const reports = readdirSync(join(folder, "reports", "ACME")).filter((name) => name !== "runs");
    const days = [...new Set(reports.map((name) => name.replace(/\.\w+$/, "")))].sort();
    expect(reports.sort()).toEqual(days.flatMap((day) => [`${day}.html`, `${day}.json`, `${day}.xlsx`]));
    const contents = days.map(
      (day) =>
        JSON.parse(readFileSync(join(folder, "reports", "ACME", `${day}.json`), "utf8")) as NonNullable<
          ReportResult["companies"][number]["report"]
        >,
    );
    expect(contents.map(({ verdict }) => verdict)).toEqual([
      "needs_a_person",
      "needs_a_person",
      "ties_out",
      "ties_out",
    ]);
    const [bad] = contents;
    expect(bad?.lines).toMatchObject({ posted_twice: 20, rejected_in_sage: 1, amount_differs: 2 });
    expect(bad?.recognitions).toMatchObject([{ name: "imported_twice" }]);
    expect(contents.at(-1)).toMatchObject({
      totals: { originals: { difference: "-0.25" }, approved_changes: { difference: "0.00" } },
      accepted_differences: [{ cost_code: "01-500", exported: "33804.25", posted_now: "33804.00" }],
      holds: [],
    });
    const { companies } = await json<AuditResult>("audit", "verify");
    expect(companies).toMatchObject([{ result: "good", findings: [] }]);
  });

  it("has a record of every run that did something, and all their control totals agree", () => {
    const records = readRunRecords(join(folder, "reports", "ACME"));
    expect(new Set(records.map(({ command }) => command))).toEqual(
      new Set(["accept", "export", "reconcile"]),
    );
    expect(disagreeing(records)).toEqual([]);
    expect(new Set(records.flatMap(({ controls }) => controls.map(({ name }) => name)))).toEqual(
      new Set(["accepted", "import_file", "exported", "posted"]),
    );
  });

  it("has in Sage what stands in the files, the opposite entries and corrections included", () => {
    const sage = new Database(join(folder, "sage.db"), { readonly: true });
    const count = (where: string) =>
      sage.prepare(`select count(*) as n from JCT_CURRENT__TRANSACTION where ${where}`).get();
    // 167 + 144 + 163, then 20 twice and taken back, one correction, 3 changed and 12 of the last job.
    expect(count("1 = 1")).toEqual({ n: 167 + 144 + 163 + 40 + 1 + 3 + 12 });
    expect(count("Job in ('25-1004', '25-1005')")).toEqual({ n: 0 });
    sage.close();
  });
});

describe("docs/auditors.md", () => {
  /** The day of each chapter, in the demo that the page shows. */
  const SHOWN_DAYS = ["03-19", "03-19", "03-21", "03-21", "03-23", "03-27", "03-31"].map(
    (day) => `2026-${day}`,
  );
  const page = readFileSync(new URL("../../docs/auditors.md", import.meta.url), "utf8");

  it.skipIf(process.platform === "win32")("shows commands that end as it says, with what it shows", () => {
    const days = [...told.out.matchAll(/^\d {2}(\d{4}-\d\d-\d\d) /gm)].map(([, day = ""]) => day);
    expect(days).toHaveLength(SHOWN_DAYS.length);
    // A moment of the page is not a day of the story, and compared by its form only.
    const ownDays = page.replace(
      /\b\d{4}-\d\d-\d\d\b(?! \d\d:)/g,
      (day) => days[SHOWN_DAYS.indexOf(day)] ?? day,
    );
    const commands = shownCommands(ownDays);
    expect(commands.length).toBeGreaterThan(15);
    const program = fileURLToPath(new URL("../../dist/src/cli/main.js", import.meta.url));
    const enter = consoleIn(root, program);
    const hashes = new Map<string, string>();
    const wrong = commands.flatMap(({ command, output, exitCode }) => {
      const answer = enter(command);
      const notThere = firstNotThere(output, answer.output.split(/\r?\n/), hashes);
      return notThere === null && answer.exitCode === exitCode
        ? []
        : [{ command, notThere, output: answer.output, exitCode: answer.exitCode, exitCodeShown: exitCode }];
    });
    expect(wrong).toEqual([]);
  });

  it("names every section of the report in its order", () => {
    const [day = ""] = readdirSync(join(folder, "reports", "ACME")).filter((name) => name.endsWith(".html"));
    const report = readFileSync(join(folder, "reports", "ACME", day), "utf8");
    const sections = [...report.matchAll(/<h2>([^<]*)<\/h2>/g)].map(([, title]) => title);
    const [, table = ""] = /^\| section \|.*\n\|[-|]+\|\n((?:\|.*\n)+)/m.exec(page) ?? [];
    expect([...table.matchAll(/^\| ([^|]*) \|/gm)].map(([, title]) => title)).toEqual(sections);
  });
});

it("is made anew each time, and touches no folder that is not its own", async () => {
  // The last of those that look at the site: it is no longer as the story left it.
  writeFileSync(join(folder, "left by a visitor.txt"), "");
  expect(await runDemo(folder, () => {})).toEqual({ ok: true, value: 0 });
  expect(readdirSync(folder)).not.toContain("left by a visitor.txt");

  rmSync(join(folder, ".tieout-demo"));
  const before = readdirSync(folder);
  const refused = await tieout("demo", "--dir", folder);
  expect(refused.code).toBe(3);
  expect(refused.err).toContain("holds files that are not the demo's; nothing was touched.");
  expect(readdirSync(folder)).toEqual(before);
});

it("does not claim what is not so: a cent that goes astray in Sage is told, with exit code 1", async () => {
  const broken = join(root, "broken");
  const lines: string[] = [];
  const io = {
    env: {},
    stdout: {
      write: (text: string) => {
        lines.push(text);
        if (!/^7 .* Month-end/.test(text.trim())) return;
        const sage = new Database(join(broken, "sage.db"));
        sage.exec(
          "update JCT_CURRENT__TRANSACTION set Amount = Amount + 0.01 where Run = 1 and Sequence = 1",
        );
        sage.close();
      },
    },
    stderr: { write: () => true },
  };
  expect(await runCli(["demo", "--dir", broken], io)).toBe(1);
  expect(lines.join("")).toContain("✗ NOT accepted, exported and posted agree to the cent");
  expect(lines.join("")).toMatch(/\d of the statements above did not prove true/);
});
