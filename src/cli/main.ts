#!/usr/bin/env node
import { setFlagsFromString } from "node:v8";
import { runCli } from "./cli.ts";

// V8 would let its heap grow to several times what is in use before it clears up. Runs hold little at a time and leave
// much behind: clearing up more often keeps a process small, and takes no longer.
setFlagsFromString("--heap-growing-percent=80");

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
