import { formatMoneyForPeople, parseMoney } from "../../core/money.ts";

/** Columns that a terminal is sure to have. */
export const WIDTH = 80;

// Terminal controls and marks that turn the reading direction have no place in text from outside.
const HARMFUL = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Outside text that can do nothing to a terminal. */
export const harmless = (text: string): string => text.replace(HARMFUL, " ");

/** An amount of a result, as people read it. */
export function money(amount: string): string {
  const parsed = parseMoney(amount);
  return parsed.ok ? formatMoneyForPeople(parsed.cents) : amount;
}

/** Breaks a text between words; every line after the first hangs by `indent`. A long word is never cut. */
export function wrap(text: string, first: string, indent: string): string {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of harmless(text).split(/\s+/).filter(Boolean)) {
    if (!isEmpty && [...line].length + 1 + [...word].length > WIDTH) {
      lines.push(line);
      line = indent + word;
    } else line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line].join("\n");
}

/** Rows in columns; a column whose heading ends in `>` is set right. Codes and amounts are never cut. */
export function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  indent = "  ",
): string {
  const isRight = headings.map((heading) => heading.endsWith(">"));
  const cells = [
    headings.map((heading) => heading.replace(/>$/, "")),
    ...rows.map((row) => row.map(harmless)),
  ];
  const widths = headings.map((_, column) =>
    Math.max(...cells.map((row) => [...(row[column] ?? "")].length)),
  );
  return cells
    .map((row) =>
      (
        indent +
        row
          .map((cell, column) => {
            const padding = " ".repeat((widths[column] ?? 0) - [...cell].length);
            return isRight[column] ? padding + cell : cell + padding;
          })
          .join("  ")
      ).trimEnd(),
    )
    .join("\n");
}

export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

/** A name of any length where room is short. */
export const shorten = (name: string, length: number): string => {
  const characters = [...harmless(name)];
  return characters.length <= length ? characters.join("") : `${characters.slice(0, length - 1).join("")}…`;
};

export const paragraphs = (parts: readonly (string | null)[]): string =>
  `${parts.filter((part) => part !== null && part !== "").join("\n")}\n`;
