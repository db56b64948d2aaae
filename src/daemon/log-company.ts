import type { Log } from "../log.ts";
import type { CompanyResult } from "../run/company-result.ts";

/**
 * Logs what a run tells of one company: what should be known, what stopped it, and what came of it, as a warning
 * if a person is needed.
 */
export function logCompany(
  log: Log,
  run: string,
  { company, notices, error }: CompanyResult,
  outcome: { readonly message: string; readonly needsPerson: boolean; readonly counts: object },
): void {
  const about = { run, company };
  for (const notice of notices) log.warn(notice, about);
  if (error) {
    // Another instance at work is how two share the work, not a failure.
    const level = error.name === "company_busy" ? "info" : "error";
    log[level](error.message, { ...about, name: error.name, hint: error.hint });
  }
  log[outcome.needsPerson ? "warn" : "info"](outcome.message, { ...about, ...outcome.counts });
}
