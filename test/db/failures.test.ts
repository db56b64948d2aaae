import { expect, it } from "vitest";
import { CommitUnknown, DatabaseUnavailable, failureOf, isPassing } from "../../src/db/failures.ts";
import { retrying } from "../../src/db/retry.ts";

const error = (message: string, more: object = {}) => Object.assign(new Error(message), more);
/** As the driver wraps them. */
const wrapped = (inner: Error) => error(inner.message, { originalError: inner });

it.each([
  [
    "a refused connection",
    error("could not connect", { code: "ESOCKET", name: "ConnectionError" }),
    "unreachable",
  ],
  ["a socket that hung up", wrapped(error("socket hang up", { code: "ECONNRESET" })), "unreachable"],
  [
    "no answer to a connection",
    error("timeout", { code: "ETIMEOUT", name: "ConnectionError" }),
    "unreachable",
  ],
  ["no connection free in time", error("timed out", { name: "TimeoutError" }), "unreachable"],
  ["no answer to a statement", error("timeout", { code: "ETIMEOUT", name: "RequestError" }), "timed_out"],
  ["a deadlock victim", wrapped(error("chosen as the victim", { number: 1205 })), "conflict"],
  ["a database in recovery", error("being recovered", { number: 922 }), "not_ready"],
  [
    "a database that cannot be opened now",
    error('Cannot open database "P" requested by the login. The login failed.', { code: "ELOGIN" }),
    "not_ready",
  ],
  ["a wrong password", error("Login failed for user 'x'", { code: "ELOGIN" }), "login_failed"],
  ["a missing right", error("The SELECT permission was denied", { number: 229 }), "not_allowed"],
  ["a missing table", error("Invalid object name", { number: 208, code: "EREQUEST" }), "other"],
  [
    "a commit whose outcome nobody knows",
    new CommitUnknown({ cause: error("hang up", { code: "ECONNRESET" }) }),
    "other",
  ],
  ["what is no error at all", "text", "other"],
] as const)("%s is told apart", (_what, thrown, failure) => {
  expect(failureOf(thrown)).toBe(failure);
});

const QUICK = { retries: 3, firstWait: 1, longestWait: 2, longest: 10_000 };

it("what passes by itself is tried again and no more often than said, and then told with its cause", async () => {
  let tries = 0;
  const failing = retrying("reading", QUICK, async () => {
    tries++;
    throw error("hang up", { code: "ECONNRESET" });
  });
  await expect(failing).rejects.toThrow(DatabaseUnavailable);
  expect(tries).toBe(4);
  await expect(failing).rejects.toThrow("reading failed: hang up");
});

it("what will not pass by itself is not tried again", async () => {
  for (const thrown of [
    error("no", { number: 208 }),
    error("no", { number: 18456 }),
    error("no", { number: 229 }),
  ]) {
    expect(isPassing(failureOf(thrown))).toBe(false);
    let tries = 0;
    const failing = retrying("reading", QUICK, async () => {
      tries++;
      throw thrown;
    });
    await expect(failing).rejects.toBe(thrown);
    expect(tries).toBe(1);
  }
});
