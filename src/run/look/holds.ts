import type { Context } from "../../context.ts";
import { readOpenHolds } from "../../journal/holds.ts";
import { lastDone } from "../../journal/runs.ts";
import { readOutline } from "../../staging/read-staging.ts";
import { companiesToRun } from "../company-run.ts";
import { unassignedHolds } from "../export/unassigned.ts";
import { type HoldResult, holdResult } from "../hold-result.ts";
import type { LookOptions } from "./options.ts";

export interface HoldsResult {
  readonly companies: readonly {
    readonly company: string;
    /** When the holds were last looked at; null if no export ever ran. */
    readonly as_of: string | null;
    readonly holds: readonly (HoldResult & { readonly began_at: string })[];
  }[];
  readonly unassigned: readonly HoldResult[];
}

/** What is held and why, as the last export saw it. */
export async function lookAtHolds(context: Context, options: LookOptions = {}): Promise<HoldsResult> {
  const { db, names, config } = context;
  const companies: HoldsResult["companies"][number][] = [];
  for (const company of companiesToRun(context, options.company)) {
    const holds = await readOpenHolds(db, names, company.id);
    companies.push({
      company: company.id,
      as_of: await lastDone(db, names, company.id, "export"),
      holds: holds.map((hold) => ({ ...holdResult(hold), began_at: hold.beganAt })),
    });
  }
  const unassigned = unassignedHolds(await readOutline(db, names), config.companies).map(holdResult);
  return { companies, unassigned };
}
