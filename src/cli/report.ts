import { isDay } from "../core/time.ts";
import type { AddCommand } from "./command.ts";
import { exitCodeOf, refuse, writeJson } from "./io.ts";
import { cliProblems } from "./problems.ts";
import { type CommonOptions, withCommonOptions, withSession } from "./session.ts";

interface Options extends CommonOptions {
  readonly asOf?: string;
}

export const addReport: AddCommand = (program, io, finish) => {
  withCommonOptions(program.command("report"))
    .description("the tie-out of accepted, exported and posted, as text, page, workbook and JSON")
    .option(
      "--as-of <day>",
      "as the last reconciliation up to this day stored it, YYYY-MM-DD (default: compare now)",
    )
    .action(async (options: Options) => {
      const { reportAll } = await import("../show/report/report.ts");
      const { reportText } = await import("../show/text/report.ts");
      if (options.asOf !== undefined && !isDay(options.asOf))
        return finish(refuse(io, options.json, cliProblems.day_invalid(options.asOf)));
      finish(
        await withSession(io, options, async (context) => {
          const result = await reportAll(context, options);
          if (options.json) writeJson(io, result);
          else io.stdout.write(reportText(result));
          return exitCodeOf(
            result.companies,
            result.companies.some(({ report }) => report?.verdict === "needs_a_person"),
          );
        }),
      );
    });
};
