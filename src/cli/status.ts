import type { AddCommand } from "./command.ts";
import { EXIT, refuse, writeJson } from "./io.ts";
import { type CommonOptions, withCommonOptions, withSession } from "./session.ts";

export const addStatus: AddCommand = (program, io, finish) => {
  withCommonOptions(program.command("status"))
    .description("where each budget stands, and what may be done with it")
    .argument("[project-number]", "only this project")
    .action(async (projectNumber: string | undefined, options: CommonOptions) => {
      const { lookAtStatus } = await import("../run/look/status.ts");
      const { statusText } = await import("../show/text/status.ts");
      finish(
        await withSession(io, options, async (context) => {
          const result = await lookAtStatus(context, { company: options.company, projectNumber });
          if (!result.ok) return refuse(io, options.json, result.problem);
          if (options.json) writeJson(io, result.value);
          else io.stdout.write(statusText(result.value));
          return EXIT.done;
        }),
      );
    });
};
