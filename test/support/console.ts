import { spawnSync } from "node:child_process";
import { join } from "node:path";
import Database from "better-sqlite3";

/** A command that a page shows behind `$`, with the lines that it shows of what comes out. */
export interface ShownCommand {
  readonly command: string;
  /** `…` stands for anything left out: in a line for a part of it, alone for lines. */
  readonly output: readonly string[];
  readonly exitCode: number;
}

/** The commands of a page's `console` blocks, in order. A command goes on while a double quote is open. */
export function shownCommands(page: string): ShownCommand[] {
  const lines = [...page.matchAll(/^```console\n(.*?)^```$/gms)].flatMap(([, block = ""]) =>
    block.trimEnd().split("\n"),
  );
  const shown: { command: string; output: string[]; exitCode: number }[] = [];
  for (const line of lines) {
    const last = shown.at(-1);
    if (line.startsWith("$ ")) shown.push({ command: line.slice(2), output: [], exitCode: 0 });
    else if (!last) throw new Error(`a console block begins with "${line}", not with a command`);
    else if (last.output.length === 0 && last.command.split('"').length % 2 === 0)
      last.command += `\n${line}`;
    else if (/^\(exit code \d+\)$/.test(line)) last.exitCode = Number(/\d+/.exec(line)?.[0]);
    else last.output.push(line);
  }
  return shown;
}

const MOMENT = String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?:(?::\d\d)?Z| UTC)`;
const HASH = "[0-9a-f]{64}";
const COMPACT_DAY = String.raw`\b\d{8}\b(?=,0\.00)`;
const VOLATILE = new RegExp(`(${MOMENT})|(${HASH})|(${COMPACT_DAY})`, "g");

/**
 * Compares what a page shows with what came out. Moments may be any; a hash may be any, but what the page shows as
 * the same hash must have come out the same, and what it shows as two must be two.
 * @param hashes what each hash of the page came out as so far; is added to
 * @returns the first line shown that did not come out, in its order; null if all did
 */
export function firstNotThere(
  shown: readonly string[],
  actual: readonly string[],
  hashes: Map<string, string>,
): string | null {
  let from = 0;
  let gap = false;
  for (const line of shown) {
    if (line === "…") {
      gap = true;
      continue;
    }
    const found = findLine(line, actual, from, gap ? actual.length : from + 1, hashes);
    if (found === null) return line;
    from = found + 1;
    gap = false;
  }
  const rest = actual.slice(from).find((line) => line !== "");
  return gap || rest === undefined ? null : `(nothing after it, but there is: ${rest})`;
}

function findLine(
  line: string,
  actual: readonly string[],
  from: number,
  to: number,
  hashes: Map<string, string>,
): number | null {
  const newHashes: string[] = [];
  const pattern = line
    .split("…")
    .map((part) => {
      let text = "";
      let end = 0;
      for (const { 0: token, 1: moment, 2: hash, index } of part.matchAll(VOLATILE)) {
        text += literally(part.slice(end, index));
        end = index + token.length;
        if (moment !== undefined) text += MOMENT;
        else if (hash === undefined) text += String.raw`\d{8}`;
        else if (hashes.has(hash)) text += hashes.get(hash);
        else {
          newHashes.push(hash);
          text += `(${HASH})`;
        }
      }
      return text + literally(part.slice(end));
    })
    .join(".*");
  for (let at = from; at < Math.min(to, actual.length); at++) {
    const match = new RegExp(`^${pattern}$`).exec(actual[at] ?? "");
    const known = new Set(hashes.values());
    if (!match || match.slice(1).some((hash) => known.has(hash))) continue;
    newHashes.forEach((hash, i) => {
      hashes.set(hash, match[i + 1] ?? "");
    });
    return at;
  }
  return null;
}

const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");

/**
 * Runs commands one by one as a person would who stands in a folder: `tieout` is the program as built, and what is
 * exported stays. `sqlite3 FILE "QUERY"` is answered here as that program would, since a machine may lack it.
 */
export function consoleIn(folder: string, program: string) {
  const exported: Record<string, string> = {};
  return (command: string): { readonly output: string; readonly exitCode: number | null } => {
    const [, name, value] = /^export (\w+)=(\S+)$/.exec(command) ?? [];
    if (name !== undefined && value !== undefined) {
      exported[name] = value;
      return { output: "", exitCode: 0 };
    }
    const [, file, query] = /^sqlite3 (\S+) "([^"]*)"$/s.exec(command) ?? [];
    if (file !== undefined && query !== undefined)
      return { output: asSqlite3Prints(join(folder, file), query), exitCode: 0 };
    const { stdout, stderr, status } = spawnSync(
      "sh",
      ["-c", `tieout() { "${process.execPath}" "${program}" "$@"; }\n${command}`],
      { cwd: folder, encoding: "utf8", env: { ...process.env, ...exported } },
    );
    return { output: stdout + stderr, exitCode: status };
  };
}

function asSqlite3Prints(file: string, query: string): string {
  const db = new Database(file, { readonly: true });
  try {
    const rows = db.prepare(query).safeIntegers().raw().all() as unknown[][];
    return rows.map((row) => `${row.map(printed).join("|")}\n`).join("");
  } finally {
    db.close();
  }
}

const printed = (value: unknown): string =>
  typeof value === "number" && Number.isInteger(value) ? value.toFixed(1) : String(value ?? "");
