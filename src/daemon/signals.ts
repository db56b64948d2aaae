const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/**
 * Calls `stop` at the first request to end: SIGINT, SIGTERM, or pm2's `shutdown` message, which is all that
 * reaches a process on Windows. A second SIGINT ends the process at once: what is claimed is finished by the
 * next run.
 * @returns a releaser that puts things back as they were
 */
export function stopOnSignals(stop: () => void): () => void {
  let asked = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (asked && signal === "SIGINT") process.kill(process.pid, "SIGKILL");
    if (asked) return;
    asked = true;
    stop();
  };
  const onMessage = (message: unknown) => {
    if (message === "shutdown") onSignal("SIGTERM");
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  process.on("message", onMessage);
  return () => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
    process.off("message", onMessage);
  };
}
