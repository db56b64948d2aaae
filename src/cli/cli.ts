import { Command, CommanderError } from "commander";
import { CommitUnknown, DatabaseUnavailable } from "../db/failures.ts";
import { runProblems } from "../run/problems.ts";
import { TOOL_VERSION } from "../version.ts";
import { addAccept } from "./accept.ts";
import { addAudit } from "./audit.ts";
import { addBaseline } from "./baseline.ts";
import { addBatches } from "./batches.ts";
import { addDb } from "./db.ts";
import { addDemo } from "./demo.ts";
import { addDoctor } from "./doctor.ts";
import { addExport } from "./export.ts";
import { addHolds } from "./holds.ts";
import { type CliIo, EXIT, refuse } from "./io.ts";
import { addPlan } from "./plan.ts";
import { cliProblems } from "./problems.ts";
import { addReconcile } from "./reconcile.ts";
import { addRelease } from "./release.ts";
import { addReport } from "./report.ts";
import { addStage } from "./stage.ts";
import { addStart } from "./start.ts";
import { addStatus } from "./status.ts";
import { addTrace } from "./trace.ts";

/** Runs one command. @returns the exit code (contract §8) */
export async function runCli(args: readonly string[], io: CliIo): Promise<number> {
  let exitCode: number = EXIT.done;
  const finish = (code: number) => {
    exitCode = code;
  };
  const program = new Command("tieout")
    .description(
      "Brings accepted budgets to Sage 300 CRE as import batches, and unlocks them once they are posted.",
    )
    .version(TOOL_VERSION)
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => (args.includes("--json") ? undefined : io.stderr.write(text)),
    });
  for (const add of [
    addDemo,
    addDb,
    addStage,
    addDoctor,
    addPlan,
    addExport,
    addReconcile,
    addStart,
    addStatus,
    addHolds,
    addTrace,
    addBatches,
    addAudit,
    addBaseline,
    addRelease,
    addAccept,
    addReport,
  ])
    add(program, io, finish);
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    const json = args.includes("--json");
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT.done;
      // commander has said it already, unless a machine is listening.
      return json ? refuse(io, true, cliProblems.usage(error.message)) : EXIT.cannotRun;
    }
    if (error instanceof DatabaseUnavailable || error instanceof CommitUnknown) {
      refuse(io, json, runProblems.database_lost(error.message));
      return EXIT.failed;
    }
    const problem = cliProblems.unforeseen(
      error instanceof Error ? (error.stack ?? error.message) : String(error),
    );
    refuse(io, json, problem);
    return EXIT.failed;
  }
}
