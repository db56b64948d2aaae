import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const guide = readFileSync(join(root, "docs", "auditors.md"), "utf8");
const walk = guide.slice(guide.indexOf("## Following a number"));
const [told = "", queries = ""] = walk.split("### The same by SQL");

const place = mkdtempSync(join(tmpdir(), "tieout-walk-"));
afterAll(() => rmSync(place, { recursive: true }));

/** The commands of the walk with the lines that the guide shows of what they print. */
const steps = [...told.matchAll(/^```console\n([\s\S]*?)^```$/gm)].flatMap(([, block = ""]) =>
  block
    .split(/^\$ /m)
    .slice(1)
    .map((step) => {
      const [command = "", ...lines] = step.trimEnd().split("\n");
      return { command, lines: lines.filter((line) => line !== "…") };
    }),
);

/** Days, times and hashes are a site's own. */
const ofAnySite = (line: string): string =>
  line
    .trimEnd()
    .replace(/\b[0-9a-f]{64}\b/g, "HASH")
    .replace(/\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ| \d\d:\d\d UTC)?/g, "DAY")
    .replace(/(?<=,)\d{8}(?=,)/g, "DAY");

interface Printed {
  readonly status: number | null;
  readonly out: string;
}
const printed = new Map<string, Printed>();

// One shell would stop at the first mistake, so every command has its own, with what was exported before it.
beforeAll(() => {
  const bin = join(place, "bin");
  mkdirSync(bin);
  const program = join(bin, "tieout");
  writeFileSync(
    program,
    `#!/bin/sh\nexec "${process.execPath}" "${join(root, "dist", "src", "cli", "main.js")}" "$@"\n`,
  );
  chmodSync(program, 0o755);
  const env: NodeJS.ProcessEnv = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ""}` };
  for (const { command } of steps) {
    const [, name, value] = /^export (\w+)=(\S+)$/.exec(command) ?? [];
    if (name) env[name] = value;
    const { status, stdout, stderr } = spawnSync("sh", ["-c", command], {
      cwd: place,
      env,
      encoding: "utf8",
    });
    printed.set(command, { status, out: `${stdout}${stderr}` });
  }
}, 60_000);

const onUnix = describe.skipIf(process.platform === "win32");

onUnix("the auditor's walk through the demo's site", () => {
  it("has the commands that lead from the report to Sage", () => {
    const commands = steps.map(({ command }) => command).join("\n");
    for (const part of [
      "tieout report",
      "tieout trace",
      "tieout batches show",
      "tieout audit verify",
      "grep",
    ])
      expect(commands).toContain(part);
  });

  it.each(steps)("$command prints what the guide shows", ({ command, lines }) => {
    const { status, out } = printed.get(command) ?? { status: null, out: "" };
    expect([status, out]).toEqual([0, expect.anything()]);
    const actual = out.split("\n").map(ofAnySite);
    let from = 0;
    for (const line of lines.map(ofAnySite)) {
      const at = actual.indexOf(line, from);
      expect(at, `after line ${from} there is no "${line}" in\n${out}`).toBeGreaterThanOrEqual(0);
      from = at + 1;
    }
  });

  it("finds the file's hash in the trace and in the manifest, as the guide says", () => {
    const outputOf = (beginning: string) =>
      [...printed].find(([command]) => command.startsWith(beginning))?.[1].out ?? "";
    const [hash = ""] = outputOf("sha256sum").split(" ");
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(outputOf("tieout trace")).toContain(hash);
    const manifest = join(place, "tieout-demo/outbox/ACME/ACME-000004/ACME-000004-manifest.json");
    expect(readFileSync(manifest, "utf8")).toContain(hash);
  });

  it("finds the row in staging and the entry in Sage by the guide's statements", () => {
    const statements = [...told.matchAll(/^```sql\n([\s\S]*?;)\n-- (.*)\n```$/gm)];
    expect(statements).toHaveLength(2);
    for (const [, sql = "", row = ""] of statements)
      expect(rowsOf(/JCT_/.test(sql) ? "sage.db" : "staging.db", sql)).toEqual([row]);
  });

  it("finds the same by every statement on the journal", () => {
    const statements = [...queries.matchAll(/^```\n([\s\S]*?;)\n```$/gm)].map(([, sql = ""]) =>
      sql.replace("'…'", "'681c87ee-df85-5464-91eb-236e2f2119cb'"),
    );
    const [back, forth, balance] = statements.map((sql) => rowsOf("staging.db", sql));
    expect(statements).toHaveLength(3);
    expect(back?.join("\n")).toContain("Dana Whitfield");
    expect(forth).toHaveLength(4);
    expect(forth?.at(-1)).toContain("posted | 27 | 2");
    expect(balance).toContain("25-1002 |  | 02-919 | OTH | 15000000 | 15000000");
  });
});

function rowsOf(file: string, sql: string): string[] {
  const db = new Database(join(place, "tieout-demo", file), { readonly: true });
  try {
    return db
      .prepare(sql)
      .raw()
      .all()
      .map((row) => (row as unknown[]).join(" | "));
  } finally {
    db.close();
  }
}
