import type { AddCommand } from "./command.ts";
import { EXIT, refuse, writeJson } from "./io.ts";
import { type CommonOptions, withCommonOptions, withSession } from "./session.ts";

export const addTrace: AddCommand = (program, io, finish) => {
  withCommonOptions(program.command("trace"), { company: false })
    .description("the life of one line of staging")
    .argument("<line-id>", "line_item_id or modification_line_id")
    .action(async (lineId: string, options: CommonOptions) => {
      const { traceLine } = await import("../run/look/trace.ts");
      const { traceText } = await import("../show/text/trace.ts");
      finish(
        await withSession(io, options, async (context) => {
          const result = await traceLine(context, lineId.trim());
          if (!result.ok) return refuse(io, options.json, result.problem);
          if (options.json) writeJson(io, result.value);
          else io.stdout.write(traceText(result.value));
          return EXIT.done;
        }),
      );
    });
};
