import pRetry from "p-retry";
import type { Log } from "../log.ts";
import { DatabaseUnavailable, failureOf, isPassing } from "./failures.ts";

/** How often and how long something is tried again, and who may end it. Times in milliseconds. */
export interface RetryPolicy {
  readonly retries: number;
  readonly firstWait: number;
  readonly longestWait: number;
  /** All tries and waits together. */
  readonly longest: number;
  readonly log?: Log | undefined;
  /** Aborted when the process is asked to stop: no further try is made. */
  readonly signal?: AbortSignal | undefined;
}

/** A server that restarts is back within a minute; what takes longer is told, and the next run tries again. */
export const PATIENT = { retries: 8, firstWait: 250, longestWait: 15_000, longest: 90_000 } as const;
/** For the first connection of a command: a person waits for it. */
export const BRIEF = { retries: 3, firstWait: 250, longestWait: 2_000, longest: 10_000 } as const;

/**
 * Does something again when the database failed in a way that passes by itself, waiting longer each time and never
 * equally long. Only what is known to have had no effect, or to have the same effect twice, may be given here.
 * @throws DatabaseUnavailable when the failure has not passed; the error itself where it is of another kind
 */
export async function retrying<T>(
  what: string,
  { log, signal, ...policy }: RetryPolicy,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await pRetry(work, {
      retries: policy.retries,
      minTimeout: policy.firstWait,
      maxTimeout: policy.longestWait,
      maxRetryTime: policy.longest,
      randomize: true,
      signal,
      // What has been given up on already was tried often enough.
      shouldRetry: ({ error }) => !(error instanceof DatabaseUnavailable) && isPassing(failureOf(error)),
      onFailedAttempt: ({ error, attemptNumber, retriesLeft }) => {
        if (retriesLeft > 0 && isPassing(failureOf(error)))
          log?.warn(`${what} failed and is tried again`, {
            attempt: attemptNumber,
            failure: failureOf(error),
            detail: error.message,
          });
      },
    });
  } catch (error) {
    const failure = failureOf(error);
    if (!isPassing(failure) || error instanceof DatabaseUnavailable) throw error;
    throw new DatabaseUnavailable(`${what} failed: ${(error as Error).message}`, failure, { cause: error });
  }
}
