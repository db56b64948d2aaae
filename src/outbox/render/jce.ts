import { stringify } from "csv-stringify/sync";
import { groupBy } from "../../core/group-by.ts";
import type { BatchRecord, ImportLine, JceOptions } from "../../core/import-line.ts";
import { compareKeys, showKey } from "../../core/key.ts";
import { absCents, type Cents, formatMoney } from "../../core/money.ts";
import { type Day, isDay } from "../../core/time.ts";
import { description, encodeText, isWritableCode, writableText } from "../../core/writable-text.ts";
import { type EstimateFile, newExtrasOf } from "./contents.ts";

/** The largest amount of a record, either sign: Sage's import layout documents the field as "8.2". */
const AMOUNT_LIMIT: Cents = 9_999_999_999n;

/** The fields of a `C` record after the amount: empty, but for the one that carries the extra. */
const TRAILING_FIELDS: readonly number[] = [9, 10, 11, 12, 13];

/** A text that is written without quotes. */
type Bare = { bare: string };
/** Texts are alphas and quoted; money, bare texts and null (an empty field) are not. */
type Field = string | bigint | Bare | null;

/**
 * One import file in Sage's layout: comma-separated, no header row, CRLF; under each `*` (job) record its `E`
 * (new extra) and `C` (estimate) records, in the order of the file's lines. The same record gives the same bytes.
 *
 * Throws if a code cannot be written as it is, an amount is too large, or a key comes twice or out of order.
 * Lines are checked for all of it before a batch is claimed, so each is a bug.
 */
export function renderJce(record: BatchRecord, file: EstimateFile): Uint8Array {
  const { jce } = record;
  checkLines(file.lines, jce);
  const id = (text: string): Field => (jce.quote_record_ids ? text : { bare: text });
  const alpha = (text: string): string => description(text, jce.encoding);
  const date = { bare: toSageDate(record.transactionDate) };

  const records: Field[][] = [];
  for (const ofJob of groupBy(file.lines, (line) => line.key.job).values()) {
    for (const { key, jobDescription } of ofJob.slice(0, 1)) {
      records.push([id("*"), key.job, alpha(jobDescription)]);
    }
    for (const ofExtra of groupBy(ofJob, (line) => line.key.extra).values()) {
      for (const { key, extraDescription } of newExtrasOf(ofExtra)) {
        records.push([id("E"), key.extra, alpha(extraDescription)]);
      }
      for (const { key, costCodeDescription, cents } of ofExtra) {
        const trailing = TRAILING_FIELDS.map((field) => (field === jce.extra_field ? key.extra : null));
        // Quantity and unit do not go to Sage.
        const fields = [key.costCode, alpha(costCodeDescription), key.category, date, 0n, "", cents];
        records.push([id("C"), ...fields, ...trailing]);
      }
    }
  }
  const comment = writableText(`${record.batchId} ${record.company} ${file.kind}`, jce.encoding);
  return encodeText((jce.comment ? `;${comment}\r\n` : "") + toCsv(records), jce.encoding);
}

const toCsv = (records: readonly Field[][]): string =>
  stringify([...records], {
    record_delimiter: "\r\n",
    quoted_string: true,
    cast: { bigint: formatMoney, object: (field) => (field as Bare).bare },
  });

/** `mmddyyyy`. */
function toSageDate(day: Day): string {
  if (!isDay(day)) throw new Error(`${day} is not a day`);
  const [year, month, dayOfMonth] = day.split("-");
  return `${month}${dayOfMonth}${year}`;
}

function checkLines(lines: readonly ImportLine[], { encoding, extra_field }: JceOptions): void {
  if (!TRAILING_FIELDS.includes(extra_field)) throw new Error(`field ${extra_field} cannot carry the extra`);
  let previous: ImportLine | undefined;
  for (const line of lines) {
    const { key, cents } = line;
    const where = `line ${line.lineNo} (${showKey(key)})`;
    for (const code of [key.job, key.extra, key.costCode, key.category]) {
      if (!isWritableCode(code, encoding))
        throw new Error(`${where}: ${code} cannot be written in ${encoding}`);
    }
    if (absCents(cents) > AMOUNT_LIMIT) throw new Error(`${where}: ${formatMoney(cents)} is too large`);
    if (previous && compareKeys(previous.key, key) >= 0) throw new Error(`${where}: twice, or out of order`);
    previous = line;
  }
}
