import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/**
 * The rooms of the house, from the foundation up: a file imports only from its own room and from rooms before it.
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
  "src/outbox",
  "src/outbox/render",
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

describe("the house", () => {
  it("has a room for every file", () => {
    expect(files.map(({ path }) => path).filter((path) => floorOf(path) < 0)).toEqual([]);
  });

  it("lets a file import only from its own room and from those below it", () => {
    const up = files.flatMap(({ path, imports }) =>
      imports.filter((to) => floorOf(to) > floorOf(path)).map((to) => `${path} imports ${to}`),
    );
    expect(up).toEqual([]);
  });

  it("has no circle of files that import one another", () => {
    expect(circles()).toEqual([]);
  });
});

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
