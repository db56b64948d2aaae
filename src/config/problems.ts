import type { Problem } from "../core/outcome.ts";

/** One thing wrong in a configuration file: the key's path, and what about it. Never a secret's value. */
export interface Finding {
  readonly path: string;
  readonly text: string;
}

const list = (findings: readonly Finding[]): string =>
  findings.map(({ path, text }) => `\n${path === "" ? "the file" : path}: ${text}`).join("");

export const configProblems = {
  config_missing: (file: string): Problem => ({
    name: "config_missing",
    message: `There is no configuration file ${file}.`,
    hint: "Name it with --config FILE or in the environment variable TIEOUT_CONFIG, or begin with a copy of config/tieout.sample.yaml.",
  }),
  config_unreadable: (file: string, reason: string): Problem => ({
    name: "config_unreadable",
    message: `The configuration file ${file} cannot be read: ${reason}.`,
    hint: "It has to be a file in UTF-8 that the account running tieout may read.",
  }),
  config_syntax: (
    file: string,
    faults: readonly { line: number; column: number; text: string }[],
  ): Problem => ({
    name: "config_syntax",
    message: `The configuration file ${file} is not good YAML:${faults
      .map(({ line, column, text }) => `\nline ${line}, column ${column}: ${text}`)
      .join("")}`,
    hint: "Mend the first place first; those after it may follow from it. A value with any of * & ! # : { } [ ] % @ ` or quotes in it goes in quotes.",
  }),
  config_invalid: (file: string, findings: readonly Finding[]): Problem => ({
    name: "config_invalid",
    message: `The configuration file ${file} cannot be used:${list(findings)}`,
    hint: "Mend every key named; config/tieout.sample.yaml shows them all, with their defaults.",
  }),
  config_secret_missing: (file: string, findings: readonly Finding[]): Problem => ({
    name: "config_secret_missing",
    message: `The configuration file ${file} refers to what is not there:${list(findings)}`,
    hint: "Set the variables, and put the files where the account running tieout can read them; a service does not see the variables of a login.",
  }),
};
