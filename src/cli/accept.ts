import { count } from "../core/count.ts";
import { LINE_STATE_WORDS } from "../core/state-words.ts";
import { runProblems } from "../run/problems.ts";
import type { AddCommand } from "./command.ts";
import { EXIT, refuse, writeJson } from "./io.ts";
import { type CommonOptions, withCommonOptions } from "./session.ts";

interface Options extends CommonOptions {
  readonly reason?: string;
}

export const addAccept: AddCommand = (program, io, finish) => {
  withCommonOptions(program.command("accept"), { company: false })
    .description(
      "close the difference of one import line as it is, for good; every report lists it from then on",
    )
    .argument("<batch-id>", "the batch, as `tieout reconcile` shows it")
    .argument("<line>", "the number of the line within the batch, as `tieout batches show` lists it")
    .option("--reason <text>", "why; kept in the audit trail and listed in every report")
    .action(async (batchId: string, lineText: string, { reason, ...options }: Options) => {
      const { acceptDifference } = await import("../run/decide/accept.ts");
      const { money } = await import("../show/text/parts.ts");
      const { page, wrap } = await import("../show/text/table.ts");
      const { withRun } = await import("./run-session.ts");
      if (!reason?.trim()) return finish(refuse(io, options.json, runProblems.reason_missing()));
      const line = { batchId, lineNo: /^\d{1,9}$/.test(lineText) ? Number(lineText) : 0 };
      finish(
        await withRun(io, options, async (context) => {
          const result = await acceptDifference(context, line, reason.trim());
          if (!result.ok) {
            const code = refuse(io, options.json, result.problem);
            return result.problem.name === "company_busy" ? EXIT.leftToAnother : code;
          }
          const { line_no, state, exported, posted, synced, project_number, notices } = result.value;
          if (options.json) writeJson(io, result.value);
          else
            io.stdout.write(
              page([
                wrap(
                  `Accepted: line ${line_no} of ${batchId}, project ${project_number}: ${money(exported)} exported, ${money(posted)} posted (${LINE_STATE_WORDS[state]}).`,
                ),
                wrap(
                  synced.length > 0
                    ? `It was the last one open: ${count(synced.length, "document")} synced and free again.`
                    : "Its documents wait for other lines, or were synced before.",
                  2,
                ),
                notices.flatMap((notice) => wrap(`Note: ${notice}`, 2)),
              ]),
            );
          return EXIT.done;
        }),
      );
    });
};
