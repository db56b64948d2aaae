import type { RunContext } from "../run/records.ts";
import type { AddCommand } from "./command.ts";
import { exitCodeOf, writeJson } from "./io.ts";
import { type CommonOptions, withCommonOptions } from "./session.ts";

export const addReconcile: AddCommand = (program, io, finish) => {
  withCommonOptions(program.command("reconcile"))
    .description("compare posted entries in Sage with what was exported, and free what is posted")
    .option("--full", "look at everything anew instead of what has changed")
    .action(async (options: CommonOptions & { readonly full?: boolean }) => {
      const { reconcileAll } = await import("../run/reconcile/reconcile.ts");
      const { reconcileText } = await import("../show/text/reconcile.ts");
      const { withRun } = await import("./run-session.ts");
      const work = async (context: RunContext) => {
        const result = await reconcileAll(context, options);
        if (options.json) writeJson(io, result);
        else io.stdout.write(reconcileText(result));
        return exitCodeOf(
          result.companies,
          result.companies.some(
            ({ differences, rejects, digests_lied }) =>
              digests_lied.length > 0 ||
              differences.some(({ state }) => state !== "accepted_difference") ||
              rejects.some(({ problems }) => problems.length > 0),
          ),
        );
      };
      finish(await withRun(io, options, work));
    });
};
