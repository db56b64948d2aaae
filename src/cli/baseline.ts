import { Option } from "commander";
import { BASELINE_SOURCES, type BaselineSource } from "../core/baseline.ts";
import { runProblems } from "../run/problems.ts";
import type { AddCommand } from "./command.ts";
import { EXIT, refuse, writeJson } from "./io.ts";
import { type CommonOptions, withCommonOptions } from "./session.ts";

interface Options extends CommonOptions {
  readonly from?: BaselineSource;
  readonly reason?: string;
}

export const addBaseline: AddCommand = (program, io, finish) => {
  withCommonOptions(program.command("baseline"))
    .description(
      "what a job carries before anything was sent to it: look, then decide with --from and --reason",
    )
    .argument("<project-number>", "the project")
    .addOption(
      new Option(
        "--from <source>",
        "where the opening position comes from; without it nothing is recorded",
      ).choices(BASELINE_SOURCES),
    )
    .option("--reason <text>", "why; kept in the audit trail")
    .action(async (projectNumber: string, { from: source, reason, ...options }: Options) => {
      const { baselineOf } = await import("../run/decide/baseline.ts");
      const { baselineText } = await import("../show/text/baseline.ts");
      const { withRun } = await import("./run-session.ts");
      if (source !== undefined && !reason?.trim())
        return finish(refuse(io, options.json, runProblems.reason_missing()));
      const decision = source === undefined ? undefined : { source, reason: reason?.trim() ?? "" };
      finish(
        await withRun(io, options, async (context) => {
          const result = await baselineOf(context, projectNumber, { company: options.company, decision });
          if (!result.ok) {
            const code = refuse(io, options.json, result.problem);
            return result.problem.name === "company_busy" ? EXIT.leftToAnother : code;
          }
          if (options.json) writeJson(io, result.value);
          else io.stdout.write(baselineText(result.value));
          return EXIT.done;
        }),
      );
    });
};
