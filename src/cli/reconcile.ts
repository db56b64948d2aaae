import { stopOnSignals } from "../daemon/signals.ts";
import { reconcileAll } from "../run/reconcile/reconcile.ts";
import { reconcileText } from "../show/text/reconcile.ts";
import type { AddCommand } from "./command.ts";
import { exitCodeOf, writeJson } from "./io.ts";
import { type CommonOptions, withCommonOptions, withSession } from "./session.ts";

export const addReconcile: AddCommand = (program, io, finish) => {
  withCommonOptions(program.command("reconcile"))
    .description("compare posted entries in Sage with what was exported, and free what is posted")
    .action(async (options: CommonOptions) => {
      const stop = new AbortController();
      const release = stopOnSignals(() => stop.abort());
      const work = async (context: Parameters<Parameters<typeof withSession>[2]>[0]) => {
        const result = await reconcileAll(context, options);
        if (options.json) writeJson(io, result);
        else io.stdout.write(reconcileText(result));
        return exitCodeOf(
          result.companies,
          result.companies.some(
            ({ differences, rejects }) =>
              differences.some(({ state }) => state !== "accepted_difference") ||
              rejects.some(({ problems }) => problems.length > 0),
          ),
        );
      };
      try {
        finish(await withSession(io, options, work, { signal: stop.signal }));
      } finally {
        release();
      }
    });
};
