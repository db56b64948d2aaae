import type { Job } from "../src/daemon/daemon.ts";
import { logCompany } from "../src/daemon/log-company.ts";
import { reconcileAll } from "../src/run/reconcile/reconcile.ts";
import type { RunContext } from "../src/run/records.ts";

/** Compares posted Job Cost entries with what was exported, and frees what is posted. */
export const reconcilePostings: Job = {
  name: "reconcile-postings",
  schedule: (config) => config.jobs.reconcile.schedule,
  run: (context) => reconcile(context, false),
};

/** The same over everything instead of what has changed. At the start the other one catches up. */
export const reconcileEverything: Job = {
  name: "reconcile-everything",
  schedule: (config) => config.jobs.reconcile.full,
  atStart: false,
  run: (context) => reconcile(context, true),
};

async function reconcile(context: RunContext, full: boolean): Promise<void> {
  const { run_id, companies } = await reconcileAll(context, { full });
  for (const part of companies) {
    const { lines, synced, differences, digests_lied } = part;
    logCompany(context.log, run_id, part, {
      message: full ? "reconciliation of everything ended" : "reconciliation ended",
      needsPerson:
        digests_lied.length > 0 || differences.some(({ state }) => state !== "accepted_difference"),
      counts: { synced: synced.length, differences: differences.length, lines },
    });
  }
}
