import { moneyJson } from "../core/money-json.ts";
import type { Problem } from "../core/outcome.ts";
import type { CompanyResult } from "../run/company-result.ts";

/** Where a command reads from and writes to: data to stdout, everything else to stderr. */
export interface CliIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: {
    write(text: string): unknown;
    /** Streams only: where `write` says false, their `drain` is worth waiting for. */
    once?(event: "drain" | "close", listener: () => void): unknown;
    off?(event: "drain" | "close", listener: () => void): unknown;
  };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
}

export const EXIT = { done: 0, failed: 1, needsPerson: 2, cannotRun: 3, leftToAnother: 4 } as const;

/**
 * A failure of the whole command: to people on stderr, to machines as the one document on stdout.
 * @returns the exit code for what cannot be run
 */
export function refuse(io: CliIo, json: boolean | undefined, { name, message, hint }: Problem): number {
  if (json) writeJson(io, { error: { name, message, hint } });
  else io.stderr.write(`tieout: ${message}\n  → ${hint}\n  [${name}]\n`);
  return EXIT.cannotRun;
}

export function writeJson(io: CliIo, document: unknown): void {
  io.stdout.write(`${moneyJson(document, 2)}\n`);
}

/** Writes text after text no faster than it is read on the other side. */
export async function writeAll({ stdout }: CliIo, texts: AsyncIterable<string>): Promise<void> {
  for await (const text of texts) if (stdout.write(text) === false) await roomIn(stdout);
}

/** When more can be written; or when whoever read it has seen enough. */
const roomIn = (stdout: CliIo["stdout"]): Promise<void> =>
  new Promise((resolve) => {
    if (!stdout.once) return resolve();
    const go = () => {
      stdout.off?.("drain", go);
      stdout.off?.("close", go);
      resolve();
    };
    stdout.once("drain", go);
    stdout.once("close", go);
  });

/**
 * The exit code of a run over companies (contract §8): mapping files wrong, a company failed, left to another
 * instance, needs a person, done.
 */
export function exitCodeOf(companies: readonly CompanyResult[], needsPerson: boolean): number {
  if (companies.some((company) => company.mappings_refused)) return EXIT.cannotRun;
  const errors = companies.flatMap((company) => company.error?.name ?? []);
  const failed = errors.filter((name) => name !== "plan_changed");
  if (failed.some((name) => name !== "company_busy")) return EXIT.failed;
  if (failed.length > 0) return EXIT.leftToAnother;
  return needsPerson || errors.length > 0 ? EXIT.needsPerson : EXIT.done;
}
