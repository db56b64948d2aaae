const BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/gu;
/** Controls (C0, C1, DEL), and the marks that turn the direction of the text beside them. */
const HARMFUL = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A text from outside as one line that can do nothing to a terminal: breaks become blanks, controls go. */
export const harmless = (text: string): string => text.replace(BREAKS, " ").replace(HARMFUL, "");

const ASCII = /^[ -~]*$/;
const INVISIBLE = /^[\p{Mn}\p{Me}\p{Cf}]*$/u;
/** East Asian wide and full-width characters, and emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\ufe0f|\p{Emoji_Presentation}/u;

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
/** What a reader takes for one character, accents and joiners included. */
const graphemesOf = (text: string): string[] => Array.from(segmenter.segment(text), ({ segment }) => segment);
const graphemeWidth = (grapheme: string): number =>
  INVISIBLE.test(grapheme) ? 0 : WIDE.test(grapheme) ? 2 : 1;

/** Columns a text takes on a terminal: two for wide characters, none for accents that join the one before. */
export const widthOf = (text: string): number =>
  ASCII.test(text)
    ? text.length
    : graphemesOf(text).reduce((width, grapheme) => width + graphemeWidth(grapheme), 0);

/** The text, cut with … if it takes more columns than `width`. Only for names: never a code, an id or an amount. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let shown = "";
  let used = 0;
  for (const grapheme of graphemesOf(text)) {
    used += graphemeWidth(grapheme);
    if (used > width - 1) break;
    shown += grapheme;
  }
  return `${shown.trimEnd()}…`;
}
