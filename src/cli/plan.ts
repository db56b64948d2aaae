import { isDay } from "../core/time.ts";
import type { AddCommand } from "./command.ts";
import { exitCodeOf, refuse, writeJson } from "./io.ts";
import { cliProblems } from "./problems.ts";
import { type CommonOptions, withCommonOptions, withSession } from "./session.ts";
import { writePage } from "./write-page.ts";

interface Options extends CommonOptions {
  readonly date?: string;
  readonly html?: string;
}

export const addPlan: AddCommand = (program, io, finish) => {
  withCommonOptions(program.command("plan"))
    .description("what `export` would do now; changes nothing")
    .option("--date <day>", "as if `export` were given this transaction date, YYYY-MM-DD")
    .option("--html <file>", "also as a page to read, print and pass on")
    .action(async (options: Options) => {
      const { planAll } = await import("../run/look/plan.ts");
      const { renderPlan } = await import("../show/html/plan.ts");
      const { planText } = await import("../show/text/plan.ts");
      const { company, date: transactionDate } = options;
      if (transactionDate !== undefined && !isDay(transactionDate))
        return finish(refuse(io, options.json, cliProblems.day_invalid(transactionDate)));
      finish(
        await withSession(io, options, async (context) => {
          const result = await planAll(context, { company, transactionDate });
          if (options.html !== undefined) {
            const { files, actor, toolVersion } = context;
            const page = renderPlan(result, { madeBy: actor, toolVersion });
            const written = await writePage(files, options.html, page);
            if (!written.ok) return refuse(io, options.json, written.problem);
          }
          if (options.json) writeJson(io, result);
          else io.stdout.write(planText(result));
          const held = result.unassigned.length > 0 || result.companies.some((c) => c.holds.length > 0);
          return exitCodeOf(result.companies, held);
        }),
      );
    });
};
