import { isDay } from "../core/time.ts";
import { stopOnSignals } from "../daemon/signals.ts";
import { exportAll } from "../run/export.ts";
import type { AddCommand } from "./command.ts";
import { exitCodeOf, refuse, writeJson } from "./io.ts";
import { cliProblems } from "./problems.ts";
import { type CommonOptions, withCommonOptions, withSession } from "./session.ts";
import { exportText } from "./text/export.ts";

interface Options extends CommonOptions {
  readonly date?: string;
}

export const addExport: AddCommand = (program, io, finish) => {
  withCommonOptions(program.command("export"))
    .description("write import batches for what is accepted")
    .option(
      "--date <day>",
      "transaction date to write, YYYY-MM-DD (default: today in the company's time zone)",
    )
    .action(async (options: Options) => {
      if (options.date !== undefined && !isDay(options.date))
        return finish(refuse(io, options.json, cliProblems.day_invalid(options.date)));
      const stop = new AbortController();
      const release = stopOnSignals(() => stop.abort());
      const work = async (context: Parameters<Parameters<typeof withSession>[2]>[0]) => {
        const result = await exportAll(context, { company: options.company, transactionDate: options.date });
        if (options.json) writeJson(io, result);
        else io.stdout.write(exportText(result));
        const held = result.unassigned.length > 0 || result.companies.some((c) => c.holds.length > 0);
        return exitCodeOf(result.companies, held);
      };
      try {
        finish(await withSession(io, options, work, { signal: stop.signal }));
      } finally {
        release();
      }
    });
};
