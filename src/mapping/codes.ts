import type { Problem } from "../core/outcome.ts";
import { fitsFormat, SAGE_WIDTHS, withinWidth } from "../core/sage-codes.ts";
import { mappingProblems } from "./problems.ts";

/** The columns that hold a code of Sage's, by what they hold. */
export type CodeKind = "job" | "extra" | "cost_code" | "category";

/** How a company writes its codes: `#` is a letter or a digit, other characters stand for themselves; null: any. */
export interface CodeFormats {
  readonly job: string | null;
  readonly cost_code: string | null;
  readonly extra: string | null;
}

/**
 * Why a code cannot go to Sage as it stands, or null if it can: characters an import file cannot carry in
 * every encoding, more of them than Sage has, or another shape than the company's format. The code is trimmed.
 */
export function codeFault(kind: CodeKind, code: string, formats: CodeFormats): Problem | null {
  if (/\p{Cc}/u.test(code)) return mappingProblems.mapping_control_character(code);
  if (code.includes('"')) return mappingProblems.mapping_quote(code);
  if (code.includes(",")) return mappingProblems.mapping_comma(code);
  const foreign = /[^ -~]/u.exec(code)?.[0];
  if (foreign !== undefined) return mappingProblems.mapping_not_ascii(code, foreign);

  const format = kind === "category" ? null : formats[kind];
  const part = kind === "cost_code" ? "costCode" : kind;
  if (!withinWidth(part, code, format))
    return kind === "job"
      ? mappingProblems.mapping_job_width(code, SAGE_WIDTHS.job)
      : mappingProblems.mapping_width(code, SAGE_WIDTHS[part]);

  if (format === null || fitsFormat(code, format)) return null;
  const padded = code.padStart(format.length, "0");
  return padded !== code && fitsFormat(padded, format)
    ? mappingProblems.mapping_leading_zero(code, padded, format)
    : mappingProblems.mapping_format(code, format);
}
