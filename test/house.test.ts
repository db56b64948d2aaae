import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { JOURNAL_TABLES } from "../src/names.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/**
 * The rooms of the house, the foundation first: a file imports only from its own room and from rooms before it.
 * docs/architecture.md says what each is for, in this order.
 */
const ROOMS = [
  "src/core",
  "src/core/plan",
  "src/core/match",
  "src/core/tie-out",
  "src/config",
  "src/html",
  "src/files.ts",
  "src/log.ts",
  "src/version.ts",
  "src/db",
  "src/names.ts",
  "src/context.ts",
  "src/journal",
  "src/staging",
  "src/staging/load",
  "src/sage",
  "src/mapping",
  "src/outbox/render",
  "src/outbox",
  "src/run",
  "src/run/export",
  "src/run/reconcile",
  "src/run/look",
  "src/run/decide",
  "src/audit",
  "src/doctor",
  "src/show/report",
  "src/show/text",
  "src/show/html",
  "src/show/run-record",
  "src/show",
  "src/demo/sage",
  "src/demo",
  "src/daemon",
  "jobs",
  "src/cli",
];

interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const listed = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).replaceAll("\\", "/"));

const files: readonly SourceFile[] = ["src", "jobs"].flatMap(listed).map((path) => {
  const text = readFileSync(join(ROOT, path), "utf8");
  const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map(([, to = ""]) =>
    posix.join(dirname(path), to),
  );
  return { path, text, imports };
});

/** The innermost room that a file is in; -1 if it is in none. */
function floorOf(path: string): number {
  const rooms = ROOMS.filter((room) => path === room || path.startsWith(`${room}/`));
  const innermost = rooms.sort((a, b) => b.length - a.length)[0];
  return innermost === undefined ? -1 : ROOMS.indexOf(innermost);
}

/** The lines of some files that have something, each with its place. */
const linesWith = (pattern: RegExp, among: (path: string) => boolean): string[] =>
  files
    .filter(({ path }) => among(path))
    .flatMap(({ path, text }) =>
      text
        .split("\n")
        .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
    );

describe("the house", () => {
  it("has a room for every file", () => {
    expect(files.map(({ path }) => path).filter((path) => floorOf(path) < 0)).toEqual([]);
  });

  it("lets a file import only from its own room and from rooms before it", () => {
    const up = files.flatMap(({ path, imports }) =>
      imports
        .filter((to) => floorOf(to) < 0 || floorOf(to) > floorOf(path))
        .map((to) => `${path} imports ${to}`),
    );
    expect(up).toEqual([]);
  });

  it("has no circle of files that import one another", () => {
    expect(circles()).toEqual([]);
  });

  it("keeps the core without files, databases and clocks of its own", () => {
    const touches = /from "node:(?!crypto)|\bDate\.now\(|\bnew Date\(\)|\bprocess\./;
    const found = linesWith(touches, (path) => path.startsWith("src/core/"));
    expect(found.filter((line) => !line.startsWith("src/core/time.ts"))).toEqual([]);
  });

  it("reads and writes the journal's tables in the journal alone", () => {
    // The doctor compares their columns with what they should be; the script of rights names them all.
    const elsewhere = ["src/doctor/journal.ts", "src/staging/rights.ts"];
    const found = linesWith(
      /\.journal\(/,
      (path) => !path.startsWith("src/journal/") && !elsewhere.includes(path),
    );
    expect(found.filter((line) => !line.startsWith("src/names.ts"))).toEqual([]);
  });

  it("names each table of the journal in its own file, and elsewhere only where it is joined", () => {
    const named = files
      .filter(({ path }) => path.startsWith("src/journal/") && !MAKING.includes(path))
      .flatMap(({ path, text }) =>
        [...text.matchAll(/\.journal\("(\w+)"\)/g)].map(([, table = ""]) => `${path}: ${table}`),
      );
    const own = Object.entries(OWNERS).map(([table, file]) => `src/journal/${file}.ts: ${table}`);
    expect([...new Set(named)].filter((one) => !own.includes(one)).sort()).toEqual(JOINED);
    expect(own.filter((one) => !named.includes(one))).toEqual([]);
    // A joined table has another name there, by which it cannot be written.
    const joined = JOINED.flatMap((one) => {
      const [file, table = ""] = one.split(": ");
      return linesWith(new RegExp(`\\.journal\\("${table}"\\)`), (path) => path === file);
    });
    expect(joined.filter((line) => !/"\)\} as (\w+|\$\{as\})`/.test(line))).toEqual([]);
  });

  it("loads no library for a command before it is known which, but the one that reads the command line", () => {
    expect(librariesOf("src/cli/main.ts")).toEqual(["commander"]);
  });

  it("prints and ends the process in no place but the command line", () => {
    const found = linesWith(
      /\bconsole\.|\bprocess\.(exit|stdout|stderr)\b/,
      (path) => !path.startsWith("src/cli/"),
    );
    expect(found).toEqual([]);
  });
});

/** The one file that writes a table of the journal. */
const OWNERS = {
  layout: "migrate",
  lease: "lease",
  run: "runs",
  mapping_set: "mapping-sets",
  project: "projects",
  batch: "batches",
  sent_document: "sent-documents",
  import_line: "import-lines",
  line_state: "line-states",
  movement: "movements",
  known_entry: "known-entries",
  posting: "postings",
  hold: "holds",
  document_reason: "document-reasons",
  baseline: "baselines",
  release: "releases",
  rejected_record: "rejected-records",
  accepted_difference: "accepted-differences",
  opening_total: "opening-totals",
  job: "jobs",
  tie_out_part: "tie-out-parts",
  tie_out: "tie-outs",
  audit_event: "audit-chain",
} as const satisfies Record<(typeof JOURNAL_TABLES)[number], string>;

/** Other files that read a table beside their own. */
const JOINED = Object.entries({
  "accepted-differences": "batch import_line project",
  "batch-refs": "batch",
  batches: "tie_out_part",
  events: "audit_event",
  "import-lines": "batch movement project",
  "lines-among": "batch import_line movement project",
  movements: "baseline batch import_line project sent_document",
  postings: "batch",
  "read-covered": "batch import_line line_state",
  "rejected-records": "batch",
  "sent-documents": "project",
}).flatMap(([file, tables]) => tables.split(" ").map((table) => `src/journal/${file}.ts: ${table}`));

/** Files that make the tables and the view. */
const MAKING = ["src/journal/tables.ts", "src/journal/budget-action-view.ts", "src/journal/old-layout.ts"];

/** The packages that are loaded with a file, by what it and its imports name that is more than a type. */
function librariesOf(entry: string): string[] {
  const seen = new Set<string>();
  const libraries = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    const text = files.find((file) => file.path === path)?.text ?? "";
    for (const [, names = "", to = ""] of text.matchAll(
      /^(?:import|export) (?!type )([^"]*?) from "([^"]+)";/gms,
    )) {
      const values = names
        .replace(/[{}]/g, "")
        .split(",")
        .map((name) => name.trim());
      if (values.every((name) => name === "" || name.startsWith("type "))) continue;
      if (to.startsWith(".")) visit(posix.join(dirname(path), to));
      else if (!to.startsWith("node:")) libraries.add(to);
    }
  };
  visit(entry);
  return [...libraries];
}

/** Each circle once, by the files on it. */
function circles(): string[] {
  const importsOf = new Map(files.map(({ path, imports }) => [path, imports]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, way: readonly string[]): void => {
    const start = way.indexOf(path);
    if (start >= 0) {
      found.push([...way.slice(start), path].join(" → "));
      return;
    }
    if (done.has(path)) return;
    for (const next of importsOf.get(path) ?? []) visit(next, [...way, path]);
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
  return found;
}
