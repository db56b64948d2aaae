import type { AddCommand } from "./command.ts";
import { EXIT, refuse, writeJson } from "./io.ts";
import { type CommonOptions, withCommonOptions, withSession } from "./session.ts";

export const addBatches: AddCommand = (program, io, finish) => {
  const batches = program.command("batches").description("every batch and its state");
  withCommonOptions(batches).action(async (options: CommonOptions) => {
    const { lookAtBatches } = await import("../run/look/batches.ts");
    const { batchesText } = await import("../show/text/batches.ts");
    finish(
      await withSession(io, options, async (context) => {
        const result = await lookAtBatches(context, options);
        if (options.json) writeJson(io, result);
        else io.stdout.write(batchesText(result));
        return EXIT.done;
      }),
    );
  });

  withCommonOptions(batches.command("show"), { company: false })
    .description("one batch, with its lines, totals and postings")
    .argument("<batch-id>")
    .action(async (batchId: string, _own: CommonOptions, command: { optsWithGlobals(): CommonOptions }) => {
      const { lookAtBatch } = await import("../run/look/batches.ts");
      const { batchText } = await import("../show/text/batches.ts");
      const options = command.optsWithGlobals();
      finish(
        await withSession(io, options, async (context) => {
          const result = await lookAtBatch(context, batchId);
          if (!result.ok) return refuse(io, options.json, result.problem);
          if (options.json) writeJson(io, result.value);
          else io.stdout.write(batchText(result.value));
          return EXIT.done;
        }),
      );
    });
};
