import type { AddCommand } from "./command.ts";
import { EXIT, writeJson } from "./io.ts";
import { type CommonOptions, withCommonOptions, withSession } from "./session.ts";

export const addHolds: AddCommand = (program, io, finish) => {
  withCommonOptions(program.command("holds"))
    .description("what is held and why, as the last export saw it")
    .action(async (options: CommonOptions) => {
      const { lookAtHolds } = await import("../run/look/holds.ts");
      const { holdsText } = await import("../show/text/holds.ts");
      finish(
        await withSession(io, options, async (context) => {
          const result = await lookAtHolds(context, options);
          if (options.json) writeJson(io, result);
          else io.stdout.write(holdsText(result));
          return EXIT.done;
        }),
      );
    });
};
