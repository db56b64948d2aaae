import type { Job } from "../src/daemon/daemon.ts";
import { logCompany } from "../src/daemon/log-company.ts";
import { exportAll } from "../src/run/export/export.ts";

/** Pulls accepted budgets and modifications, and writes import batches. */
export const exportBudgets: Job = {
  name: "export-budgets",
  schedule: (config) => config.jobs.export.schedule,
  async run(context) {
    const { run_id, companies, unassigned } = await exportAll(context);
    for (const part of companies) {
      const { batches, holds, nothing_to_send } = part;
      logCompany(context.log, run_id, part, {
        message: "export ended",
        needsPerson: holds.length > 0,
        counts: {
          batches: batches.length,
          holds: holds.length,
          nothing_to_send: nothing_to_send.length,
        },
      });
    }
    if (unassigned.length > 0)
      context.log.warn("rows in staging belong to no configured company", {
        run: run_id,
        rows: unassigned.length,
      });
  },
};
