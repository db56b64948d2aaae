import type { HoldRuleName } from "../holds.ts";
import { joinKey, keyId, type SageKey, splitKey } from "../key.ts";
import type { SageMasters } from "../sage.ts";

/** The parts of a key, each with the staging column it comes from. */
export const KEY_FIELDS = {
  job: "project_number",
  extra: "sub_job_code",
  costCode: "cost_code",
  category: "cost_type",
} as const;
export type KeyPart = keyof typeof KEY_FIELDS;
const WHOLE_KEY: ReadonlySet<KeyPart> = new Set(["job", "extra", "costCode", "category"]);

/** What Sage has against a part of a key. */
export interface Objection {
  readonly part: KeyPart;
  readonly rule: HoldRuleName;
}

/** Questions that planning asks of Sage's masters. */
export interface SageLookup {
  hasJob(job: string): boolean;
  hasExtra(job: string, extra: string): boolean;
  /** Standard, or on the job and extra. */
  hasCostCode(job: string, extra: string, costCode: string): boolean;
  hasCategory(category: string): boolean;
  /** How Sage writes the code if only capital letters differ; null if it has no such code. */
  inOtherCase(part: KeyPart, key: SageKey): string | null;
  /** Whether the key stands on the job already, so that an import would create nothing. */
  hasKey(key: SageKey): boolean;
  /** What Sage would reject, create or misplace, told of the parts of the key that are known. */
  objections(
    key: SageKey,
    rules: { readonly create_cost_codes: boolean; readonly create_extras: boolean },
    known?: ReadonlySet<KeyPart>,
  ): Objection[];
  /** Sage's description of the cost code: on the job and extra, else the standard one, else empty. */
  costCodeDescription(key: SageKey): string;
}

export function sageLookup(masters: SageMasters): SageLookup {
  const spellings = (keys: Iterable<string>) => new Map([...keys].map((key) => [key.toLowerCase(), key]));
  const jobs = spellings(masters.jobs.keys());
  const extras = spellings(masters.extras.keys());
  const costCodes = spellings(masters.costCodes.keys());
  const standardCostCodes = spellings(masters.standardCostCodes.keys());
  const standardCategories = spellings(masters.standardCategories);

  const lastPart = (joined: string | undefined): string | null =>
    joined === undefined ? null : (splitKey(joined).at(-1) ?? null);
  const onJob = (key: SageKey) => masters.costCodes.get(joinKey(key.job, key.extra, key.costCode));

  const inOtherCase = (part: KeyPart, { job, extra, costCode, category }: SageKey): string | null => {
    switch (part) {
      case "job":
        return masters.jobs.has(job) ? null : lastPart(jobs.get(job.toLowerCase()));
      case "extra":
        return masters.extras.has(joinKey(job, extra))
          ? null
          : lastPart(extras.get(joinKey(job, extra).toLowerCase()));
      case "costCode": {
        const full = joinKey(job, extra, costCode);
        if (masters.costCodes.has(full) || masters.standardCostCodes.has(costCode)) return null;
        const spelling = lastPart(
          costCodes.get(full.toLowerCase()) ?? standardCostCodes.get(costCode.toLowerCase()),
        );
        // It may be the job or the extra above it that Sage has in other case.
        return spelling === costCode ? null : spelling;
      }
      case "category":
        return masters.standardCategories.has(category)
          ? null
          : lastPart(standardCategories.get(category.toLowerCase()));
    }
  };

  return {
    hasJob: (job) => masters.jobs.has(job),
    hasExtra: (job, extra) => masters.extras.has(joinKey(job, extra)),
    hasCostCode: (job, extra, costCode) =>
      masters.standardCostCodes.has(costCode) || masters.costCodes.has(joinKey(job, extra, costCode)),
    hasCategory: (category) => masters.standardCategories.has(category),
    inOtherCase,
    hasKey: (key) => masters.categories.has(keyId(key)),

    objections(key, rules, known = WHOLE_KEY) {
      const found: Objection[] = [];
      const job = masters.jobs.get(key.job);
      if (!known.has("job")) {
        // Nothing can be said of it.
      } else if (!job)
        found.push({ part: "job", rule: inOtherCase("job", key) ? "case_differs" : "job_not_in_sage" });
      else if (job.closed) found.push({ part: "job", rule: "job_closed" });

      // What stands on a job that is not there, or on an extra under another spelling, cannot be told.
      let isPlaced = job !== undefined && known.has("extra");
      if (key.extra !== "" && known.has("extra")) {
        const extra = masters.extras.get(joinKey(key.job, key.extra));
        if (extra?.closed) found.push({ part: "extra", rule: "extra_closed" });
        else if (!extra && inOtherCase("extra", key)) {
          found.push({ part: "extra", rule: "case_differs" });
          isPlaced = false;
        } else if (!extra && job && !rules.create_extras)
          found.push({ part: "extra", rule: "extra_not_in_sage" });
      }

      const costCode = isPlaced ? onJob(key) : undefined;
      const standard = masters.standardCostCodes.get(key.costCode);
      if (known.has("costCode")) {
        if (costCode?.group || standard?.group) found.push({ part: "costCode", rule: "group_cost_code" });
        if (costCode?.closed) found.push({ part: "costCode", rule: "cost_code_closed" });
        if (!costCode && !standard) {
          if (inOtherCase("costCode", key)) found.push({ part: "costCode", rule: "case_differs" });
          else if (isPlaced && !rules.create_cost_codes)
            found.push({ part: "costCode", rule: "cost_code_not_in_sage" });
        }
      }

      if (known.has("category")) {
        if (!masters.standardCategories.has(key.category)) {
          const rule = inOtherCase("category", key) ? "case_differs" : "category_not_standard";
          found.push({ part: "category", rule });
        }
        const isWhole = isPlaced && known.has("costCode");
        if (isWhole && masters.categories.get(keyId(key))?.closed)
          found.push({ part: "category", rule: "category_closed" });
      }
      return found;
    },

    costCodeDescription: (key) =>
      onJob(key)?.description || masters.standardCostCodes.get(key.costCode)?.description || "",
  };
}
