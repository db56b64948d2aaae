import { isDay } from "../core/time.ts";
import { runProblems } from "../run/problems.ts";
import type { RunContext } from "../run/records.ts";
import type { AddCommand } from "./command.ts";
import { EXIT, exitCodeOf, refuse, writeJson } from "./io.ts";
import { cliProblems } from "./problems.ts";
import { type CommonOptions, withCommonOptions } from "./session.ts";

interface Options extends CommonOptions {
  readonly date?: string;
  readonly onlyIf?: string;
}

export const addExport: AddCommand = (program, io, finish) => {
  withCommonOptions(program.command("export"))
    .description("write import batches for what is accepted")
    .option(
      "--date <day>",
      "transaction date to write, YYYY-MM-DD (default: today in the company's time zone)",
    )
    .option(
      "--only-if <plan-id>",
      "only what this plan says: if it would be something else now, nothing is done",
    )
    .action(async (options: Options) => {
      const { exportAll } = await import("../run/export/export.ts");
      const { planAll } = await import("../run/look/plan.ts");
      const { exportText } = await import("../show/text/export.ts");
      const { withRun } = await import("./run-session.ts");
      if (options.date !== undefined && !isDay(options.date))
        return finish(refuse(io, options.json, cliProblems.day_invalid(options.date)));
      const work = async (context: RunContext) => {
        const { company, date: transactionDate } = options;
        let onlyIf: ReadonlyMap<string, string> | undefined;
        if (options.onlyIf !== undefined) {
          const plan = await planAll(context, { company, transactionDate });
          if (plan.plan_id !== options.onlyIf) {
            refuse(io, options.json, runProblems.plan_changed());
            return EXIT.needsPerson;
          }
          onlyIf = new Map(plan.companies.map((company) => [company.company, company.plan_id]));
        }
        const result = await exportAll(context, { company, transactionDate, onlyIf });
        if (options.json) writeJson(io, result);
        else io.stdout.write(exportText(result));
        const held = result.unassigned.length > 0 || result.companies.some((c) => c.holds.length > 0);
        return exitCodeOf(result.companies, held);
      };
      finish(await withRun(io, options, work));
    });
};
