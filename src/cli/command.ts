import type { Command } from "commander";
import type { CliIo } from "./io.ts";

/** Adds one command to the program; `finish` takes its exit code. */
export type AddCommand = (program: Command, io: CliIo, finish: (exitCode: number) => void) => void;
