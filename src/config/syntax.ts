import { LineCounter, parseDocument, visit } from "yaml";
import { fail, type Outcome, ok } from "../core/outcome.ts";
import { configProblems } from "./problems.ts";

/** Where the parser's own words may quote the file, and with it a password, we say it in ours. */
const WORDS: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: "the key is there a second time",
  UNEXPECTED_TOKEN: "YAML does not allow at this place what is written here",
  BAD_ALIAS: "a value that begins with * goes in quotes",
  TAG_RESOLVE_FAILED: "a value that begins with ! goes in quotes",
  BAD_SCALAR_START: "a value that begins like this goes in quotes",
  BAD_DQ_ESCAPE: "a backslash in double quotes begins an escape; use single quotes, or write it twice",
  BAD_DIRECTIVE: "a line that begins with % is not allowed here",
};

/** Reads YAML (1.2, one document, no key twice) into plain values. */
export function parseYaml(file: string, source: string): Outcome<unknown> {
  const lines = new LineCounter();
  const document = parseDocument(source, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    uniqueKeys: true,
  });
  const faults: { at: number; text: string }[] = [...document.errors, ...document.warnings].map((error) => ({
    at: error.pos[0],
    text: WORDS[error.code] ?? error.message,
  }));
  // The parser finds out about an alias that leads nowhere only when values are made, and then not where it is.
  visit(document, {
    Alias(_key, alias, parents) {
      const target = alias.resolve(document);
      const text =
        target === undefined
          ? "a value that begins with * goes in quotes, unless it repeats an anchor (&) above it"
          : parents.includes(target) && "the alias is inside what it repeats";
      if (text) faults.push({ at: alias.range?.[0] ?? 0, text });
    },
  });
  if (faults.length > 0)
    return fail(
      configProblems.config_syntax(
        file,
        faults
          .sort((a, b) => a.at - b.at)
          .map(({ at, text }) => {
            const { line, col } = lines.linePos(at);
            return { line, column: col, text };
          }),
      ),
    );
  return ok(document.toJS({ maxAliasCount: -1 }));
}
