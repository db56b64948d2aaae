import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Finding } from "./problems.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** The values of a configuration file, each reference in them replaced by what it refers to. */
export interface Interpolated {
  readonly value: unknown;
  /** Per path of a value in the file: the references in it, such as `env:DB_PASSWORD`, or `file` if there is none. */
  readonly sources: ReadonlyMap<string, string>;
  /** Variables and files that are not there. */
  readonly missing: readonly Finding[];
  /** References not written as one must be. */
  readonly malformed: readonly Finding[];
}

const REFERENCE = /\$\{(?:(env|file):([^}]+)\})?/g;

/** A path as people write it: `companies[0].sage.filename`. */
export const showPath = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((shown, part) => {
    if (typeof part === "number") return `${shown}[${part}]`;
    return shown === "" ? String(part) : `${shown}.${String(part)}`;
  }, "");

/**
 * Replaces `${env:NAME}` and `${file:PATH}` in every text, once: what comes in is not looked through again.
 * A path is relative to `folder`; of a file's content the last line end is left out.
 */
export async function interpolate(tree: unknown, folder: string, env: Environment): Promise<Interpolated> {
  const sources = new Map<string, string>();
  const missing: Finding[] = [];
  const malformed: Finding[] = [];

  const referred = async (kind: string, name: string, path: string): Promise<string> => {
    if (kind === "env") {
      const value = env[name];
      if (typeof value === "string") return value;
      missing.push({ path, text: `the environment variable ${name} is not set` });
      return "";
    }
    const file = resolve(folder, name);
    try {
      return decodeUtf8(await readFile(file)).replace(/\r?\n$/, "");
    } catch (error) {
      missing.push({ path, text: `the file ${file} cannot be read: ${readFault(error)}` });
      return "";
    }
  };

  const fill = async (written: string, path: string): Promise<string> => {
    const references: string[] = [];
    let filled = "";
    let end = 0;
    for (const match of written.matchAll(REFERENCE)) {
      const [whole, kind, name] = match;
      filled += written.slice(end, match.index);
      end = match.index + whole.length;
      if (kind === undefined || name === undefined) {
        malformed.push({ path, text: `a reference is written \${env:NAME} or \${file:PATH}` });
        continue;
      }
      references.push(`${kind}:${name}`);
      filled += await referred(kind, name, path);
    }
    sources.set(path, references.length === 0 ? "file" : references.join(", "));
    return filled + written.slice(end);
  };

  const walk = async (node: unknown, path: readonly PropertyKey[]): Promise<unknown> => {
    if (typeof node === "string") return fill(node, showPath(path));
    if (Array.isArray(node)) {
      const items: unknown[] = [];
      for (const [index, item] of node.entries()) items.push(await walk(item, [...path, index]));
      return items;
    }
    if (typeof node === "object" && node !== null) {
      const entries: [string, unknown][] = [];
      for (const [key, item] of Object.entries(node)) entries.push([key, await walk(item, [...path, key])]);
      return Object.fromEntries(entries);
    }
    sources.set(showPath(path), "file");
    return node;
  };

  return { value: await walk(tree, []), sources, missing, malformed };
}

/**
 * UTF-8 without its byte order mark.
 * @throws TypeError if the bytes are not UTF-8
 */
export const decodeUtf8 = (bytes: Uint8Array): string =>
  new TextDecoder("utf-8", { fatal: true }).decode(bytes);

export const NOT_THERE = "it does not exist";

/** Why a file could not be read, in few words. Rethrows what is not a matter of the file. */
export function readFault(error: unknown): string {
  if (!(error instanceof Error) || !("code" in error)) throw error;
  switch (error.code) {
    case "ENOENT":
    case "ENOTDIR":
      return NOT_THERE;
    case "EISDIR":
      return "it is a folder";
    case "EACCES":
    case "EPERM":
      return "access is denied";
    case "ERR_ENCODING_INVALID_ENCODED_DATA":
      return "it is not text in UTF-8";
    default:
      return String(error.code);
  }
}
