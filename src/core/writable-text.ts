import iconv from "iconv-lite";

/** Sage's width of every description, in characters. */
export const DESCRIPTION_WIDTH = 30;

/**
 * What no alpha of a `.jce` may carry: Sage's escape for `"` is not known, a line end would end the record, and the
 * replacement character says that the text was broken before.
 */
const UNWRITABLE = /[\p{Cc}\uFFFD"]/u;
const ALL_UNWRITABLE = /[\p{Cc}"]/gu;

/** The bytes of a text, without a byte order mark. Throws if the encoding is none that iconv-lite knows. */
export const encodeText = (text: string, encoding: string): Uint8Array =>
  iconv.encode(text, encoding, { addBOM: false });

/** Whether the encoding has every character of the text. */
export const encodes = (text: string, encoding: string): boolean =>
  iconv.decode(iconv.encode(text, encoding, { addBOM: false }), encoding, { stripBOM: false }) === text;

/** Whether a code can be written as it is. If not, its line must be held: a code is never changed to make it fit. */
export const isWritableCode = (code: string, encoding: string): boolean =>
  !UNWRITABLE.test(code) && encodes(code, encoding);

/**
 * A text as it can be written: `"` and control characters go, the rest is put in NFC, and every character the
 * encoding lacks becomes one `?`.
 */
export function writableText(text: string, encoding: string): string {
  const normal = text.replace(ALL_UNWRITABLE, "").normalize("NFC");
  if (isWritableCode(normal, encoding)) return normal;
  return Array.from(normal, (character) => (isWritableCode(character, encoding) ? character : "?")).join("");
}

/** A description as Sage takes it: written as `writableText` does, then cut to 30 characters. */
export const description = (text: string, encoding: string): string =>
  Array.from(writableText(text, encoding)).slice(0, DESCRIPTION_WIDTH).join("");
