#!/usr/bin/env node
import { runCli } from "./cli.ts";

// Whoever reads the output may have seen enough (`| head`): what is left of it is for nobody.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});
// The code is set and the process left to end by itself: an exit could cut off what is still being written.
process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
});
// A process manager's message channel would keep a process alive that has nothing left to do.
process.channel?.unref();
