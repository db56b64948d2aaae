import type { Problem } from "../core/outcome.ts";

const HINT =
  "Sage would stumble over this record or misread it. If Tieout wrote the file, report it; if it is a reject file, correct the record and save the file again as plain text.";

const problem = (name: string, record: number, what: string): Problem => ({
  name,
  message: `record ${record}: ${what}`,
  hint: HINT,
});

/** Where in a file: the record is its line number, the field counts from 1 and is named as people know it. */
export interface JcePlace {
  readonly record: number;
  readonly field: number;
  readonly label: string;
}
const at = (name: string, { record, field, label }: JcePlace, what: string): Problem =>
  problem(name, record, `field ${field} (${label}) ${what}`);

/** What can be wrong with an import file. */
export const readJceProblems = {
  jce_record_unknown: (record: number, id: string) =>
    problem(
      "jce_record_unknown",
      record,
      `field 1 (record id) is ${JSON.stringify(id)}; it must be ;, *, E or C`,
    ),
  jce_job_missing: (record: number, id: string) =>
    problem(
      "jce_job_missing",
      record,
      `field 1 (record id) is ${id}, but no * record with a job comes before it`,
    ),
  jce_field_count: (record: number, id: string, found: number, expected: number) =>
    problem(
      "jce_field_count",
      record,
      `${found} fields; ${id} records have ${expected}, so field ${Math.min(found, expected) + 1} is ${
        found < expected ? "missing" : "too many"
      }`,
    ),
  jce_quotes: (record: number, field: number) =>
    problem("jce_quotes", record, `field ${field} has a double quote without its pair, or inside the text`),
  jce_not_quoted: (place: JcePlace, value: string) =>
    at("jce_not_quoted", place, `is ${value || "empty"} without double quotes; text needs them`),
  jce_character: (place: JcePlace) =>
    at("jce_character", place, "has a control character, or bytes that the file's encoding does not have"),
  jce_field_empty: (place: JcePlace) => at("jce_field_empty", place, "is empty"),
  jce_field_not_empty: (place: JcePlace, value: string) =>
    at("jce_field_not_empty", place, `is ${JSON.stringify(value)}; it must be empty`),
  jce_field_too_wide: (place: JcePlace, value: string, width: string) =>
    at("jce_field_too_wide", place, `is ${JSON.stringify(value)}; Sage holds ${width}`),
  jce_date: (place: JcePlace, value: string) =>
    at("jce_date", place, `is ${value || "empty"}; it must be a day of the calendar as bare mmddyyyy`),
  jce_number: (place: JcePlace, value: string) =>
    at("jce_number", place, `is ${value || "empty"}; it must be a bare number with two decimals`),
  jce_amount_too_large: (place: JcePlace, value: string) =>
    at("jce_amount_too_large", place, `is ${value}; Sage takes no more than 99999999.99 either way`),
};
