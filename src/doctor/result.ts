import { CHECKS, type CheckName, type CheckResult, type FindingLevel } from "./findings.ts";

export interface DoctorResult {
  readonly findings: readonly {
    readonly check: CheckName;
    /** null where it is no company's. */
    readonly company: string | null;
    readonly level: FindingLevel;
    readonly what: string;
    readonly why: string;
    readonly mend: string;
  }[];
  readonly checks: readonly {
    readonly check: CheckName;
    readonly company: string | null;
    readonly result: "ok" | "findings" | "not_checked";
    readonly detail: string | null;
  }[];
}

/** What was seen, as `--json` gives it: problems first, then warnings, each in the order of the checks. */
export function doctorResult(results: readonly CheckResult[]): DoctorResult {
  const findings = results.flatMap(({ check, company, findings: found }) =>
    found.map(({ level, what, mend }) => ({ check, company, level, what, why: CHECKS[check].why, mend })),
  );
  return {
    findings: [
      ...findings.filter(({ level }) => level === "problem"),
      ...findings.filter(({ level }) => level === "warning"),
    ],
    checks: results.map(({ check, company, findings: found, detail, skipped }) => ({
      check,
      company,
      result: skipped !== undefined ? "not_checked" : found.length > 0 ? "findings" : "ok",
      detail: skipped ?? detail ?? null,
    })),
  };
}
