/** Characters that Sage 300 CRE keeps of each code; a job's are counted without its separators. */
export const SAGE_WIDTHS = { job: 10, extra: 10, costCode: 12, category: 3 } as const;
export type SageCodePart = keyof typeof SAGE_WIDTHS;

/** Characters of a job in Sage's import file, separators included. */
const JOB_FILE_WIDTH = 13;
const SEPARATORS = /[-. ]/g;

/**
 * Whether Sage has room for a code. A job's width counts data characters: the `#` of its format, or, where the
 * company has none, all but the usual separators.
 */
export function withinWidth(part: SageCodePart, code: string, format: string | null): boolean {
  if (part === "job" && [...code].length > JOB_FILE_WIDTH) return false;
  if (part !== "job") return [...code].length <= SAGE_WIDTHS[part];
  const data = format
    ? [...code].filter((_, position) => format[position] === "#" || position >= format.length).length
    : [...code.replace(SEPARATORS, "")].length;
  return data <= SAGE_WIDTHS.job;
}

/** Whether a code has a format's form: a letter or digit for each `#`, other characters as they are; null fits all. */
export function fitsFormat(code: string, format: string | null): boolean {
  if (format === null) return true;
  const characters = [...code];
  return (
    characters.length === format.length &&
    [...format].every((expected, position) => {
      const found = characters[position] ?? "";
      return expected === "#" ? /^[\p{L}\p{N}]$/u.test(found) : expected === found;
    })
  );
}
