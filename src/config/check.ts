import type { z } from "zod";
import { SECRET_KEYS } from "./connection.ts";
import { showPath } from "./interpolate.ts";
import type { Finding } from "./problems.ts";
import { type Config, configSchema } from "./schema.ts";

/**
 * Checks interpolated values against the schema. `sources` tells which of them came by a reference; `folder` is
 * what relative paths are relative to.
 */
export function checkConfig(
  tree: unknown,
  sources: ReadonlyMap<string, string>,
  folder: string,
): { config: Config | null; findings: Finding[] } {
  const schema = configSchema(folder);
  const isReference = (path: readonly PropertyKey[]) => (sources.get(showPath(path)) ?? "file") !== "file";
  let parsed = schema.safeParse(tree);
  if (!parsed.success) {
    // References bring text; where the schema wants a number or a flag, what the text says is tried.
    for (const issue of parsed.error.issues)
      if (issue.code === "invalid_type" && isReference(issue.path)) convert(tree, issue.path, issue.expected);
    parsed = schema.safeParse(tree);
  }
  if (parsed.success) return { config: parsed.data, findings: [] };
  return {
    config: null,
    findings: firstOfEach(parsed.error.issues.flatMap((issue) => findingsOf(issue, tree, sources))),
  };
}

function convert(tree: unknown, path: readonly PropertyKey[], expected: string): void {
  const parent = valueAt(tree, path.slice(0, -1));
  const key = path.at(-1);
  const text = valueAt(tree, path);
  if (typeof parent !== "object" || parent === null || key === undefined || typeof text !== "string") return;
  if (expected === "number" && /^-?\d+(\.\d+)?$/.test(text)) Reflect.set(parent, key, Number(text));
  if (expected === "boolean" && /^(true|false)$/i.test(text))
    Reflect.set(parent, key, text.toLowerCase() === "true");
}

const valueAt = (tree: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (node, key) => (typeof node === "object" && node !== null ? Reflect.get(node, key) : undefined),
    tree,
  );

function findingsOf(
  issue: z.core.$ZodIssue,
  tree: unknown,
  sources: ReadonlyMap<string, string>,
): readonly Finding[] {
  if (issue.code === "unrecognized_keys") {
    const sentences = issue.message.split("\n");
    // A key may be `password:hunter2`, its blank forgotten.
    return issue.keys.map((key, index) => ({
      path: showPath([...issue.path, key.replace(/:.*/s, "")]),
      text: sentences[index] ?? "unknown key",
    }));
  }
  const path = showPath(issue.path);
  const value = valueAt(tree, issue.path);
  if (!issue.message.startsWith("expected")) return [{ path, text: issue.message }];
  if (value === undefined) return [{ path, text: `is missing, ${issue.message}` }];
  const isText = issue.code === "invalid_type" && issue.expected === "string";
  const advice = isText && ["number", "boolean"].includes(typeof value) ? ": put it in quotes" : "";
  const isGroup = issue.code === "invalid_type" && ["object", "array"].includes(issue.expected);
  return [{ path, text: `${issue.message}, got ${show(value, issue.path, sources, isGroup)}${advice}` }];
}

/** A value for people; none that could be a secret. */
function show(
  value: unknown,
  path: readonly PropertyKey[],
  sources: ReadonlyMap<string, string>,
  groupExpected: boolean,
): string {
  const source = sources.get(showPath(path)) ?? "file";
  if (source !== "file") return `the value of ${source}`;
  if (value === null) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "a group of keys";
  // Where a group is expected and a text stands, the text may be a key and its value run together.
  if (SECRET_KEYS.has(String(path.at(-1))) || groupExpected)
    return `a ${typeof value === "string" ? "text" : typeof value}`;
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** One finding for a key: the schema may find the same fault in several ways. */
const firstOfEach = (findings: readonly Finding[]): Finding[] =>
  findings.filter(({ path }, index) => findings.findIndex((other) => other.path === path) === index);
