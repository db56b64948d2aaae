/** Tells what happens, and keeps count of what was not as it should be. */
export interface Story {
  heading(text: string): void;
  say(text: string): void;
  /** A statement that must be true: told either way. */
  check(statement: string, isTrue: boolean): void;
  readonly failures: number;
}

export function tellStory(write: (text: string) => void): Story {
  let failures = 0;
  return {
    heading: (text) => write(`\n${text}\n`),
    say: (text) => write(`  ${text}\n`),
    check(statement, isTrue) {
      if (!isTrue) failures++;
      write(`  ${isTrue ? "✓" : "✗ NOT"} ${statement}\n`);
    },
    get failures() {
      return failures;
    },
  };
}
