import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type LoadedConfig, loadConfig } from "../../src/config/load.ts";
import type { Problem } from "../../src/core/outcome.ts";

export type Environment = Record<string, string | undefined>;

/** The least a configuration says, as lines to add to. */
export const MINIMAL = `
staging: { client: sqlite, filename: ./staging.db }
companies:
  - id: ACME
    sage: { client: sqlite, filename: ./sage.db }
    mappings: ./mappings/ACME
    outbox: ./outbox/ACME
`;

export const env = (name: string): string => `\${env:${name}}`;
export const file = (path: string): string => `\${file:${path}}`;

export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "tieout-config-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

export async function load(yaml: string | Buffer, variables: Environment = {}, folder = tempFolder()) {
  writeFileSync(join(folder, "tieout.yaml"), yaml);
  return loadConfig(join(folder, "tieout.yaml"), variables);
}

export async function loaded(
  yaml: string | Buffer,
  variables?: Environment,
  folder?: string,
): Promise<LoadedConfig> {
  const outcome = await load(yaml, variables, folder);
  if (!outcome.ok) throw new Error(outcome.problem.message);
  return outcome.value;
}

export async function refused(
  yaml: string | Buffer,
  variables?: Environment,
  folder?: string,
): Promise<Problem> {
  const outcome = await load(yaml, variables, folder);
  if (outcome.ok) throw new Error("the configuration was taken");
  return outcome.problem;
}

/** The lines of a problem that name a key or a place each. */
export const findings = (problem: Problem): string[] => problem.message.split("\n").slice(1);
