import type { Job } from "../src/daemon/daemon.ts";
import { logCompany } from "../src/daemon/log-company.ts";
import { reconcileAll } from "../src/run/reconcile/reconcile.ts";

/** Compares posted Job Cost entries with what was exported, and frees what is posted. */
export const reconcilePostings: Job = {
  name: "reconcile-postings",
  schedule: (config) => config.jobs.reconcile.schedule,
  async run(context) {
    const { run_id, companies } = await reconcileAll(context);
    for (const part of companies) {
      const { lines, synced, differences } = part;
      logCompany(context.log, run_id, part, {
        message: "reconciliation ended",
        needsPerson: differences.some(({ state }) => state !== "accepted_difference"),
        counts: { synced: synced.length, differences: differences.length, lines },
      });
    }
  },
};
