/**
 * What a person is told when something cannot be done: a name listed in `docs/errors.md`, what happened
 * to what, and what to do about it.
 */
export interface Problem {
  readonly name: string;
  readonly message: string;
  readonly hint: string;
}

/** An expected outcome: a value, or the problem that stands in its way. Exceptions are for bugs and broken infrastructure. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: Problem };

export const ok = <T>(value: T): Outcome<T> => ({ ok: true, value });
export const fail = (problem: Problem): { readonly ok: false; readonly problem: Problem } => ({
  ok: false,
  problem,
});
