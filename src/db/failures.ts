/** Why a database did not do what it was asked, as far as that decides what to do next. */
export type FailureClass =
  /** Nobody answers, or the connection was lost: what was under way may or may not have been done. */
  | "unreachable"
  /** The server answers, and the database cannot be used for now: starting, recovering, being moved. */
  | "not_ready"
  /** The login is refused. Trying again may lock the account. */
  | "login_failed"
  /** The login may not do this. */
  | "not_allowed"
  /** The server undid the transaction so that another could go on. */
  | "conflict"
  /** The statement took longer than it may. */
  | "timed_out"
  /** Anything else: a mistake in the program, or in what it was given. */
  | "other";

/** Failures that pass by themselves. */
const PASSING: ReadonlySet<FailureClass> = new Set(["unreachable", "not_ready", "conflict", "timed_out"]);
export const isPassing = (failure: FailureClass): boolean => PASSING.has(failure);

/** Thrown where a database that the configuration names cannot be opened, or cannot be reached any more. */
export class DatabaseUnavailable extends Error {
  readonly failure: FailureClass;
  constructor(message: string, failure: FailureClass, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}

/**
 * Thrown where the answer to a commit was lost and nobody can say whether it took effect: what was to be done must
 * be looked for before it is done again.
 */
export class CommitUnknown extends Error {
  constructor(options: ErrorOptions) {
    super("the answer to a commit was lost, so it is not known whether it took effect", options);
  }
}

/** Codes of Node, of tedious and of mssql for a connection that could not be made, or was lost. */
const LOST_CONNECTION = new Set([
  "EAI_AGAIN",
  "ECONNCLOSED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "EINSTLOOKUP",
  "EINVALIDSTATE",
  "ENETUNREACH",
  "ENOCONN",
  "ENOTFOUND",
  "ENOTOPEN",
  "EPIPE",
  "ESOCKET",
  "ETIMEDOUT",
]);

/**
 * Error numbers of SQL Server that decide what to do next.
 * Source: Database Engine events and errors; list of transient errors of Azure SQL Database.
 */
const BY_NUMBER: ReadonlyMap<number, FailureClass> = new Map([
  ...numbers("conflict", 1205, 1222, 3960, 3961),
  ...numbers(
    "not_ready",
    596,
    904,
    913,
    921,
    922,
    923,
    924,
    927,
    942,
    952,
    978,
    983,
    4060,
    6005,
    17142,
    18401,
  ),
  ...numbers("not_ready", 10928, 10929, 40197, 40501, 40613, 49918, 49919, 49920),
  ...numbers("login_failed", 4064, 18452, 18456, 18470, 18486, 18487, 18488),
  ...numbers("not_allowed", 229, 230, 262, 297, 300, 916, 15247),
]);

function numbers(failure: FailureClass, ...list: number[]): [number, FailureClass][] {
  return list.map((number) => [number, failure]);
}

/** Tells a failure's class from the error that a driver threw, and from those it was thrown because of. */
export function failureOf(error: unknown): FailureClass {
  for (const cause of causesOf(error)) {
    if (cause instanceof DatabaseUnavailable) return cause.failure;
    // Whatever lost the answer: to do it again may be to do it twice.
    if (cause instanceof CommitUnknown) return "other";
    const { code, number, name, message } = cause as { code?: string; number?: unknown } & Error;
    const byNumber = typeof number === "number" ? BY_NUMBER.get(number) : undefined;
    if (byNumber) return byNumber;
    if (code === "ELOGIN")
      // A database that cannot be opened for now ends in "The login failed." as well.
      return !/cannot open database|script upgrade|being recovered/i.test(message) &&
        /login failed|password|untrusted domain/i.test(message)
        ? "login_failed"
        : "not_ready";
    if (code === "ETIMEOUT") return name === "ConnectionError" ? "unreachable" : "timed_out";
    if (code !== undefined && LOST_CONNECTION.has(code)) return "unreachable";
    // The pool's own error where no connection came free, or none could be made, in time.
    if (name === "TimeoutError") return "unreachable";
    if (/deadlock/i.test(message)) return "conflict";
    if (/permission (was )?denied/i.test(message)) return "not_allowed";
  }
  return "other";
}

/** An error and what it was thrown because of, outermost first. */
function* causesOf(error: unknown): Generator<Error> {
  let cause: unknown = error;
  for (let depth = 0; cause instanceof Error && depth < 10; depth++) {
    yield cause;
    const { originalError } = cause as { originalError?: unknown };
    cause = originalError ?? cause.cause;
  }
}
