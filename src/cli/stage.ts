import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { formatMoney, formatMoneyForPeople } from "../core/money.ts";
import type { Problem } from "../core/outcome.ts";
import type { LoadResult } from "../staging/load/load-budget.ts";
import type { AddCommand } from "./command.ts";
import { type CliIo, EXIT, refuse, writeJson } from "./io.ts";
import { cliProblems } from "./problems.ts";
import { type CommonOptions, withCommonOptions, withSession } from "./session.ts";

interface Options extends CommonOptions {
  readonly company: string;
  readonly project: string;
  readonly name: string;
  readonly accept?: boolean;
  readonly acceptedBy?: string;
  readonly ignoreApprovedCos?: boolean;
}

export const addStage: AddCommand = (program, io, finish) => {
  withCommonOptions(program.command("stage"), { company: false })
    .description("load a Procore budget export into staging")
    .argument("<file>", "the export, CSV")
    .requiredOption("--company <id>", "the company it belongs to")
    .requiredOption("--project <number>", "the project's number")
    .requiredOption("--name <name>", "the project's name")
    .option("--accept", "count it as accepted by accounting at once")
    .option("--accepted-by <name>", "who accepted it")
    .option("--ignore-approved-cos", "leave approved change orders aside instead of refusing the file")
    .action(async (file: string, options: Options) => {
      const { loadBudget } = await import("../staging/load/load-budget.ts");
      const { readProcoreExport } = await import("../staging/load/procore-export.ts");
      const json = options.json ?? false;
      if (options.accept && !options.acceptedBy?.trim())
        return finish(
          refuse(
            io,
            json,
            cliProblems.usage("--accept needs --accepted-by NAME: an acceptance carries a name"),
          ),
        );
      const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => error);
      if (bytes instanceof Error) {
        const reason = bytes.code === "ENOENT" ? "it does not exist" : bytes.message;
        return finish(refuse(io, json, cliProblems.file_unreadable(file, reason)));
      }
      const parsed = readProcoreExport(basename(file), bytes, {
        ignoreApprovedCos: options.ignoreApprovedCos ?? false,
      });
      if (!parsed.ok) {
        return finish(refuseFile(io, json, parsed.problems, parsed.found));
      }
      finish(
        await withSession(
          io,
          options,
          async ({ db, names, clock }) => {
            const loaded = await loadBudget(
              db,
              names,
              {
                company: options.company,
                projectNumber: options.project,
                projectName: options.name,
                rows: parsed.rows,
                accept: options.accept ?? false,
                acceptedBy: options.acceptedBy ?? "",
              },
              clock,
            );
            if (!loaded.ok) return refuse(io, json, loaded.problem);
            if (json) writeJson(io, loadJson(options.project, loaded.value));
            else io.stdout.write(loadText(options.project, loaded.value));
            return EXIT.done;
          },
          { journal: false },
        ),
      );
    });
};

/** Every mistake of the file at once: people read them one by one, machines as one error named after the first. */
function refuseFile(io: CliIo, json: boolean, problems: readonly Problem[], found: number): number {
  const [first] = problems;
  if (first && json)
    refuse(io, true, { ...first, message: problems.map(({ message }) => message).join("\n") });
  if (!json) for (const problem of problems) refuse(io, false, problem);
  if (found > problems.length) io.stderr.write(`tieout: and ${found - problems.length} more\n`);
  return EXIT.cannotRun;
}

function loadText(projectNumber: string, result: LoadResult): string {
  if (result.unchanged)
    return `Project ${projectNumber} stands in staging like this already; nothing was written.\n`;
  const { linesAdded, linesChanged, linesRemoved, modification } = result;
  const lines = [
    `Project ${projectNumber}: budget of ${formatMoneyForPeople(result.budgetTotal)} is ${result.status}.`,
    `  Lines: ${linesAdded} added, ${linesChanged} changed, ${linesRemoved} removed.`,
  ];
  if (modification)
    lines.push(
      `  Modification ${modification.number}: ${modification.lines} lines, ${formatMoneyForPeople(modification.total)} in all.`,
    );
  return `${lines.join("\n")}\n`;
}

const loadJson = (projectNumber: string, { modification, ...result }: LoadResult) => ({
  project_number: projectNumber,
  project_id: result.projectId,
  budget_id: result.budgetId,
  status: result.status,
  unchanged: result.unchanged,
  lines: { added: result.linesAdded, changed: result.linesChanged, removed: result.linesRemoved },
  budget_total: formatMoney(result.budgetTotal),
  modification: modification && {
    number: modification.number,
    lines: modification.lines,
    total: formatMoney(modification.total),
  },
});
