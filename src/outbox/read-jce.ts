import iconv from "iconv-lite";
import type { Cents } from "../core/money.ts";
import { fail, type Outcome, ok, type Problem } from "../core/outcome.ts";
import { type Day, isDay } from "../core/time.ts";
import { readJceProblems as problems } from "./read-jce-problems.ts";

/** `record` is a record's line number in the file. Codes are trimmed, as Sage compares them; descriptions are not. */
export interface JceJob {
  readonly job: string;
  readonly description: string;
  readonly record: number;
}
export interface JceExtra {
  readonly job: string;
  readonly extra: string;
  readonly description: string;
  readonly record: number;
}
export interface JceLine {
  readonly job: string;
  /** Empty where there is none. */
  readonly extra: string;
  readonly costCode: string;
  readonly description: string;
  readonly category: string;
  readonly day: Day;
  /** As written, with two decimals. */
  readonly quantity: string;
  readonly unit: string;
  readonly cents: Cents;
  readonly record: number;
}

/** An import file as Sage's Job Cost would understand it, in the order of the file. */
export interface JceFile {
  readonly comments: readonly string[];
  readonly jobs: readonly JceJob[];
  readonly extras: readonly JceExtra[];
  readonly lines: readonly JceLine[];
}

interface Field {
  readonly value: string;
  readonly quoted: boolean;
}

/** `width`: characters the file holds; `data`: characters of a code without its format's separators. */
interface TextRule {
  readonly label: string;
  readonly width: number;
  readonly data?: number;
  readonly code?: "needed" | "optional";
}

// Sage holds 10 and 12 characters of job and cost code, and up to three separators between their sections.
const JOB: TextRule = { label: "job", width: 13, data: 10, code: "needed" };
const EXTRA: TextRule = { label: "extra", width: 10, code: "needed" };
const COST_CODE: TextRule = { label: "cost code", width: 15, data: 12, code: "needed" };
const CATEGORY: TextRule = { label: "category", width: 3, code: "needed" };
const DESCRIPTION: TextRule = { label: "description", width: 30 };
const UNIT: TextRule = { label: "unit", width: 4 };

const FIELDS_OF: ReadonlyMap<string, number> = new Map([
  ["*", 3],
  ["E", 3],
  ["C", 13],
]);
const UNUSED_C_FIELDS = [9, 10, 11, 12, 13];
const MAX_CENTS = 99_999_999_99n;

/**
 * Reads an import file of Sage Job Cost (`*`, `E`, `C` records and `;` comments). It shares no code with the
 * writer, so that reading back is a check. The first record that breaks the layout is named, and nothing is given.
 * @param options.extraField the field of a `C` record that carries the extra; fields count from 1
 * @throws if `encoding` is none that iconv-lite knows
 */
export function readJce(
  bytes: Uint8Array,
  options: { readonly encoding: string; readonly extraField: number },
): Outcome<JceFile> {
  const file = {
    comments: [] as string[],
    jobs: [] as JceJob[],
    extras: [] as JceExtra[],
    lines: [] as JceLine[],
  };
  let job: string | null = null;

  for (const [index, text] of jceRecords(bytes, options.encoding).entries()) {
    const number = index + 1;
    if (text.trim() === "") continue;
    if (text.startsWith(";")) {
      file.comments.push(text.slice(1));
      continue;
    }
    const fields = splitRecord(text);
    if (typeof fields === "number") return fail(problems.jce_quotes(number, fields));
    const id = fields[0]?.value ?? "";
    const expected = FIELDS_OF.get(id);
    if (expected === undefined) return fail(problems.jce_record_unknown(number, id));
    if (fields.length !== expected)
      return fail(problems.jce_field_count(number, id, fields.length, expected));

    const record = checkedRecord(fields, number);
    if (id === "*") {
      job = record.text(2, JOB);
      file.jobs.push({ job, description: record.text(3, DESCRIPTION), record: number });
    } else if (job === null) {
      return fail(problems.jce_job_missing(number, id));
    } else if (id === "E") {
      file.extras.push({
        job,
        extra: record.text(2, EXTRA),
        description: record.text(3, DESCRIPTION),
        record: number,
      });
    } else {
      file.lines.push({ job, ...readLine(record, options.extraField), record: number });
    }
    const fault = record.fault();
    if (fault) return fail(fault);
  }
  return ok(file);
}

/** The records of a file as text, one a line, whether lines end in CRLF or LF. Nothing follows the last line end. */
export function jceRecords(bytes: Uint8Array, encoding: string): string[] {
  const records = iconv.decode(bytes, encoding, { stripBOM: false }).split(/\r?\n/);
  if (records.at(-1) === "") records.pop();
  return records;
}

function readLine(record: CheckedRecord, extraField: number): Omit<JceLine, "job" | "record"> {
  const line = {
    costCode: record.text(2, COST_CODE),
    description: record.text(3, DESCRIPTION),
    category: record.text(4, CATEGORY),
    day: record.day(5),
    quantity: record.number(6, "quantity"),
    unit: record.text(7, UNIT),
    cents: record.cents(8),
  };
  for (const field of UNUSED_C_FIELDS) if (field !== extraField) record.empty(field);
  return { ...line, extra: record.text(extraField, { ...EXTRA, code: "optional" }) };
}

type CheckedRecord = ReturnType<typeof checkedRecord>;

/** Reads fields by number and keeps the first fault; after a fault what is read means nothing. */
function checkedRecord(fields: readonly Field[], record: number) {
  let first: Problem | null = null;
  const report = (problem: Problem) => {
    first ??= problem;
  };
  const at = (field: number): Field => fields[field - 1] ?? { value: "", quoted: false };
  const bare = (field: number): string => (at(field).quoted ? `"${at(field).value}"` : at(field).value);

  const number = (field: number, label: string): string => {
    const value = bare(field);
    if (!/^-?\d+\.\d{2}$/.test(value)) report(problems.jce_number({ record, field, label }, value));
    return value;
  };

  return {
    fault: () => first,
    text(field: number, { label, width, data = width, code }: TextRule): string {
      const { value, quoted } = at(field);
      const place = { record, field, label };
      const text = code ? value.trim() : value;
      if (!quoted) report(problems.jce_not_quoted(place, value));
      if (/[\p{Cc}\uFFFD]/u.test(value)) report(problems.jce_character(place));
      if (code === "needed" && text === "") report(problems.jce_field_empty(place));
      if ([...value].length > width) report(problems.jce_field_too_wide(place, value, `${width} characters`));
      if (value.replace(/[^\p{L}\p{N}]/gu, "").length > data)
        report(problems.jce_field_too_wide(place, value, `${data} characters besides separators`));
      return text;
    },
    empty(field: number): void {
      const { value } = at(field);
      if (value !== "") report(problems.jce_field_not_empty({ record, field, label: "unused" }, value));
    },
    day(field: number): Day {
      const value = bare(field);
      const day = value.replace(/^(\d\d)(\d\d)(\d{4})$/, "$3-$1-$2");
      if (day === value || !isDay(day)) report(problems.jce_date({ record, field, label: "date" }, value));
      return day;
    },
    number,
    cents(field: number): Cents {
      const value = number(field, "amount");
      if (first) return 0n;
      const cents = BigInt(value.replace(".", ""));
      if (cents > MAX_CENTS || cents < -MAX_CENTS)
        report(problems.jce_amount_too_large({ record, field, label: "amount" }, value));
      return cents;
    },
  };
}

/**
 * Splits a record at the commas that stand outside quotes; gives the number of the field whose quotes do not
 * pair. How Sage would escape a quote inside a text is not known, so there is no escape.
 */
function splitRecord(text: string): Field[] | number {
  const pattern = /(?:"([^"]*)"|([^",]*))(,|$)/y;
  const fields: Field[] = [];
  for (;;) {
    const match = pattern.exec(text);
    if (!match) return fields.length + 1;
    const [, quoted, bare = "", separator] = match;
    fields.push({ value: quoted ?? bare, quoted: quoted !== undefined });
    if (separator === "") return fields;
  }
}
