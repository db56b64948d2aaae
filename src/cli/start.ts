import { stopOnSignals } from "../daemon/signals.ts";
import type { AddCommand } from "./command.ts";
import { EXIT } from "./io.ts";
import { type CommonOptions, withCommonOptions, withSession } from "./session.ts";

export const addStart: AddCommand = (program, io, finish) => {
  withCommonOptions(program.command("start"), { company: false, json: false })
    .description("the daemon: export and reconcile by their schedules, until stopped")
    .action(async (options: CommonOptions) => {
      const { exportBudgets } = await import("../../jobs/export-budgets.ts");
      const { reconcileEverything, reconcilePostings } = await import("../../jobs/reconcile-postings.ts");
      const { startDaemon } = await import("../daemon/daemon.ts");
      const { records } = await import("../show/records.ts");
      const stopping = new AbortController();
      finish(
        await withSession(
          io,
          options,
          async (context, { file, config }) => {
            const companies = config.companies.map((company) => company.id);
            context.log.info("tieout started", { version: context.toolVersion, config: file, companies });
            const daemon = startDaemon(
              { ...context, records },
              [exportBudgets, reconcilePostings, reconcileEverything],
              stopping,
            );
            let release = () => {};
            await new Promise<void>((resolve) => {
              release = stopOnSignals(resolve);
            });
            context.log.info("stopping: what has begun is finished first");
            await daemon.stop();
            release();
            context.log.info("tieout stopped");
            return EXIT.done;
          },
          { signal: stopping.signal },
        ),
      );
    });
};
