import type { Job } from "../src/daemon/daemon.ts";
import { exportAll } from "../src/run/export.ts";

/** Pulls accepted budgets and modifications, and writes import batches. */
export const exportBudgets: Job = {
  name: "export-budgets",
  schedule: (config) => config.jobs.export.schedule,
  async run(context) {
    const { run_id, companies, unassigned } = await exportAll(context);
    for (const { company, batches, holds, notices, nothing_to_send, error } of companies) {
      const about = { run: run_id, company };
      for (const notice of notices) context.log.warn(notice, about);
      if (error) context.log.error(error.message, { ...about, name: error.name, hint: error.hint });
      const counts = {
        batches: batches.length,
        holds: holds.length,
        nothing_to_send: nothing_to_send.length,
      };
      context.log[holds.length > 0 ? "warn" : "info"]("export ended", { ...about, ...counts });
    }
    if (unassigned.length > 0)
      context.log.warn("rows in staging belong to no configured company", {
        run: run_id,
        rows: unassigned.length,
      });
  },
};
