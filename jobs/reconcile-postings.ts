import type { Job } from "../src/daemon/daemon.ts";
import { reconcileAll } from "../src/run/reconcile.ts";

/** Compares posted Job Cost entries with what was exported, and frees what is posted. */
export const reconcilePostings: Job = {
  name: "reconcile-postings",
  schedule: (config) => config.jobs.reconcile.schedule,
  async run(context) {
    const { run_id, companies } = await reconcileAll(context);
    for (const { company, lines, synced, differences, notices, error } of companies) {
      const about = { run: run_id, company };
      for (const notice of notices) context.log.warn(notice, about);
      if (error) context.log.error(error.message, { ...about, name: error.name, hint: error.hint });
      const counts = { synced: synced.length, differences: differences.length, lines };
      context.log[differences.length > 0 ? "warn" : "info"]("reconciliation ended", { ...about, ...counts });
    }
  },
};
