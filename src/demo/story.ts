import { type Column, table, wrap } from "../show/text/table.ts";

/** Tells what happens, and keeps count of what was not as it should be. */
export interface Story {
  heading(text: string): void;
  say(text: string): void;
  /** Begins something new within a chapter. */
  scene(text: string): void;
  item(text: string): void;
  table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): void;
  /** What the program said, and what it said to do. */
  quote(message: string, remedy?: string): void;
  /** A statement that must be true: told either way. */
  check(statement: string, isTrue: boolean): void;
  readonly failures: number;
}

export function tellStory(write: (text: string) => void): Story {
  let failures = 0;
  const lines = (all: readonly string[]) => write(all.map((line) => `${line}\n`).join(""));
  return {
    heading: (text) => lines(["", ...wrap(text), "─".repeat(text.length)]),
    say: (text) => lines(wrap(text, 2, 2)),
    scene: (text) => lines(["", ...wrap(text, 2, 2)]),
    item: (text) => lines(wrap(text, 4, 6)),
    table: (columns, rows) => lines(table(columns, rows, 2)),
    quote: (message, remedy) =>
      lines([...wrap(`» ${message}`, 2, 4), ...(remedy ? wrap(`→ ${remedy}`, 4, 6) : [])]),
    check(statement, isTrue) {
      if (!isTrue) failures++;
      lines(wrap(`${isTrue ? "✓" : "✗ NOT"} ${statement}`, 2, 4));
    },
    get failures() {
      return failures;
    },
  };
}
