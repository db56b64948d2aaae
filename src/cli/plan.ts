import { planAll } from "../run/plan.ts";
import type { AddCommand } from "./command.ts";
import { exitCodeOf, writeJson } from "./io.ts";
import { type CommonOptions, withCommonOptions, withSession } from "./session.ts";
import { planText } from "./text/plan.ts";

export const addPlan: AddCommand = (program, io, finish) => {
  withCommonOptions(program.command("plan"))
    .description("what `export` would do now; changes nothing")
    .action(async (options: CommonOptions) => {
      finish(
        await withSession(io, options, async (context) => {
          const result = await planAll(context, options);
          if (options.json) writeJson(io, result);
          else io.stdout.write(planText(result));
          const held = result.unassigned.length > 0 || result.companies.some((c) => c.holds.length > 0);
          return exitCodeOf(result.companies, held);
        }),
      );
    });
};
