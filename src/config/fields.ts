import { resolve } from "node:path";
import iconv from "iconv-lite";
import { validate as isCron } from "node-cron";
import { z } from "zod";
import { formatMoney, parseMoney } from "../core/money.ts";
import { isDay } from "../core/time.ts";
import { nearest } from "./nearest.ts";

/** The largest amount that Sage's import layout has room for ("8.2"), in cents. */
const LARGEST_AMOUNT = 99_999_999_99n;

const expected = (what: string) => ({ error: `expected ${what}` });

/** A text that is not blank. */
export const text = z.string(expected("a text")).regex(/\S/, expected("a text that is not empty"));

export const flag = z.boolean(expected("true or false"));

export const whole = (from: number, to?: number) => {
  const range = expected(`a whole number from ${from}${to === undefined ? " up" : ` to ${to}`}`);
  const number = z.int(expected("a whole number")).min(from, range);
  return to === undefined ? number : number.max(to, range);
};

export const oneOf = <const T extends readonly [string, ...string[]]>(...values: T) =>
  z.enum(values, expected(values.join(" or ")));

export const day = text.refine(isDay, expected("a day written YYYY-MM-DD"));

export const timezone = text.refine(isTimeZone, expected("a time zone such as America/New_York"));

function isTimeZone(name: string): boolean {
  // Intl may also know offsets such as +05:00, which have no daylight saving.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

export const schedule = text.refine(
  (expression) => isCron(expression),
  expected('a cron expression such as "5,35 * * * *"'),
);

export const encoding = text.refine(
  (name) => iconv.encodingExists(name) && keepsAscii(name),
  expected("an encoding that keeps plain letters as they are, such as windows-1252"),
);

/** Sage reads one byte a plain character; and what is called an encoding may be none, such as base64. */
function keepsAscii(encoding: string): boolean {
  const ascii = Array.from({ length: 95 }, (_, n) => String.fromCharCode(n + 32)).join("");
  const bytes = iconv.encode(ascii, encoding, { addBOM: false });
  return bytes.equals(Buffer.from(ascii, "ascii")) && iconv.decode(bytes, encoding) === ascii;
}

/** The name of a schema or a column. A dot would be taken for the end of the name. */
export const identifier = text.regex(/^[^.[\]"]+$/, expected("a name without dots, brackets and quotes"));

/** What a code of Sage looks like: `#` stands for a character, separators for themselves. */
export const codeFormat = z
  .string(expected('a format such as "##-###", or null'))
  .regex(/^(?=.*#)[^\p{L}\p{N}\p{C}"]+$/u, expected('a format of # and separators, such as "##-###"'))
  .nullable()
  .default(null);

/** An amount as text or number, above zero and not beyond what Sage's import layout holds; read as cents. */
export const amount = z
  .union([z.string(), z.number()], expected("an amount such as 99999999.99"))
  .transform((written, context) => {
    // A number of at most ten digits is written by String as it was in the file.
    const parsed = parseMoney(String(written));
    if (parsed.ok && parsed.cents > 0n && parsed.cents <= LARGEST_AMOUNT) return parsed.cents;
    context.addIssue(`expected an amount from 0.01 to ${formatMoney(LARGEST_AMOUNT)}`);
    return z.NEVER;
  });

/** A file or a folder, relative to `folder`; read as an absolute path. */
export const pathIn = (folder: string) => text.transform((path) => resolve(folder, path));

/** A group of keys that refuses every key it does not know, each with a sentence of its own, a line each. */
export const group = <T extends z.ZodRawShape>(shape: T) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => unknownKey(key, Object.keys(shape))).join("\n")
        : "expected a group of keys",
  });

function unknownKey(key: string, known: readonly string[]): string {
  if (key.includes(":")) return "unknown key (a blank is missing after its colon)";
  const meant = nearest(key, known);
  return meant === null ? "unknown key" : `unknown key, did you mean ${meant}?`;
}
