import type { LoadedConfig } from "../config/load.ts";
import { stopOnSignals } from "../daemon/signals.ts";
import type { RunContext } from "../run/records.ts";
import { records } from "../show/records.ts";
import type { CliIo } from "./io.ts";
import { type CommonOptions, withSession } from "./session.ts";

/**
 * Runs a command that is a run: it leaves its records, and the first request to end stops it where it can stop.
 * What stands in the way ends the command with exit code 3.
 */
export async function withRun(
  io: CliIo,
  options: CommonOptions,
  work: (context: RunContext, loaded: LoadedConfig) => Promise<number>,
): Promise<number> {
  const stop = new AbortController();
  const release = stopOnSignals(() => stop.abort());
  try {
    return await withSession(io, options, (context, loaded) => work({ ...context, records }, loaded), {
      signal: stop.signal,
    });
  } finally {
    release();
  }
}
