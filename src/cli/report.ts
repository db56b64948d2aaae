import { jsonTexts } from "../core/json-texts.ts";
import { isDay } from "../core/time.ts";
import type { CompanyResult } from "../run/company-result.ts";
import type { CompanyReport } from "../show/report/report.ts";
import type { AddCommand } from "./command.ts";
import { exitCodeOf, refuse, writeAll } from "./io.ts";
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
      const { eachReport } = await import("../show/report/report.ts");
      const { reportText } = await import("../show/text/report.ts");
      if (options.asOf !== undefined && !isDay(options.asOf))
        return finish(refuse(io, options.json, cliProblems.day_invalid(options.asOf)));
      finish(
        await withSession(io, options, async (context) => {
          const done: CompanyResult[] = [];
          let needsPerson = false;
          // One company's report is let go before the next one's is made.
          const companies = async function* () {
            for await (const company of eachReport(context, options)) {
              const { report, files: _files, ...result } = company;
              done.push(result);
              needsPerson ||= report?.verdict === "needs_a_person";
              yield company;
            }
          };
          await writeAll(io, options.json ? asDocument(companies()) : reportText(companies()));
          return exitCodeOf(done, needsPerson);
        }),
      );
    });
};

/** The document, its companies, each of them, its report, and the lists of that are taken apart. */
const LEVELS = 5;

async function* asDocument(companies: AsyncIterable<CompanyReport>): AsyncGenerator<string, undefined> {
  yield* jsonTexts({ companies }, 2, LEVELS);
  yield "\n";
}
