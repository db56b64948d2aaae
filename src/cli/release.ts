import { runProblems } from "../run/problems.ts";
import type { AddCommand } from "./command.ts";
import { EXIT, refuse, writeJson } from "./io.ts";
import { type CommonOptions, withCommonOptions } from "./session.ts";

interface Options extends CommonOptions {
  readonly reason?: string;
}

export const addRelease: AddCommand = (program, io, finish) => {
  withCommonOptions(program.command("release"))
    .description("let go a budget that is held since it has lost many lines, as it is accepted now")
    .argument("<document-id>", "the budget's id, as `tieout holds` shows it")
    .option("--reason <text>", "why; kept in the audit trail")
    .action(async (documentId: string, { reason, ...options }: Options) => {
      const { releaseDocument } = await import("../run/decide/release.ts");
      const { page, wrap } = await import("../show/text/table.ts");
      const { withRun } = await import("./run-session.ts");
      if (!reason?.trim()) return finish(refuse(io, options.json, runProblems.reason_missing()));
      finish(
        await withRun(io, options, async (context) => {
          const result = await releaseDocument(context, documentId, {
            company: options.company,
            reason: reason.trim(),
          });
          if (!result.ok) {
            const code = refuse(io, options.json, result.problem);
            return result.problem.name === "company_busy" ? EXIT.leftToAnother : code;
          }
          const { document, document_id, project_number, message, notices } = result.value;
          if (options.json) writeJson(io, result.value);
          else
            io.stdout.write(
              page([
                wrap(
                  `Released: ${document} ${document_id} of project ${project_number}. The next export sends it.`,
                ),
                wrap(`It was held: ${message}`, 2, 4),
                notices.flatMap((notice) => wrap(`Note: ${notice}`, 2)),
              ]),
            );
          return EXIT.done;
        }),
      );
    });
};
