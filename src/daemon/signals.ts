/** What is used of the process. */
export interface StoppableProcess {
  on(event: string, listener: (argument: unknown) => void): unknown;
  off(event: string, listener: (argument: unknown) => void): unknown;
  exit(code: number): void;
  readonly stderr: { write(text: string): unknown };
}

/** What shells call a process that ended by SIGINT. */
const INTERRUPTED = 130;

/**
 * Calls `stop` at the first request to end: SIGINT, SIGTERM, or pm2's `shutdown` message, which is all that
 * reaches a process on Windows. A second SIGINT ends the process at once.
 * @returns a releaser that puts things back as they were
 */
export function stopOnSignals(stop: () => void, target: StoppableProcess = process): () => void {
  const releasers: (() => void)[] = [];
  const listen = (event: string, listener: (argument: unknown) => void) => {
    target.on(event, listener);
    releasers.push(() => target.off(event, listener));
  };

  let isAsked = false;
  const ask = () => {
    if (isAsked) return;
    isAsked = true;
    stop();
  };
  let isInterrupted = false;
  listen("SIGINT", () => {
    if (isInterrupted) {
      target.stderr.write("tieout: ended at once; what was claimed is finished by the next run\n");
      target.exit(INTERRUPTED);
    }
    isInterrupted = true;
    ask();
  });
  listen("SIGTERM", ask);
  listen("message", (message) => {
    if (message === "shutdown") ask();
  });
  return () => {
    for (const release of releasers.reverse()) release();
  };
}
