import { lineIdOf } from "../import-line.ts";
import { placeOfEntry } from "./entry-names.ts";
import type { TieOutPart } from "./parts.ts";
import type { RecognitionName } from "./recognise.ts";
import type { TieOutDifference, TieOutRecognition } from "./schema.ts";
import type { CodesPart, KeptRecognition } from "./unit.ts";

/** What is a question of whole import files, and of all jobs together. */
export interface WholeCompany {
  /** Of import files as wholes. */
  readonly files: readonly KeptRecognition[];
  /** Sage's own totals are not kept up in the copy, and have no say. */
  readonly areTotalsStale: boolean;
}

/** Shows what is kept of some jobs in the light of the whole. */
export function showCodes({
  files,
  areTotalsStale,
}: WholeCompany): (part: CodesPart) => TieOutPart & { readonly recognitions: readonly TieOutRecognition[] } {
  const lines = new Map<string, RecognitionName>();
  const entries = new Map<string, RecognitionName>();
  for (const file of files) {
    for (const lineNo of file.line_nos) lines.set(lineIdOf(file.batch_id, lineNo), file.name);
    for (const entry of file.entries) entries.set(entry, file.name);
  }
  const asOfFile = (one: TieOutDifference): RecognitionName | undefined => {
    if (one.batch_id !== null && one.line_no !== null) return lines.get(lineIdOf(one.batch_id, one.line_no));
    const [entry] = one.state === "unexpected" ? one.entries : [];
    return entry === undefined ? undefined : entries.get(placeOfEntry(one.job, entry));
  };
  // An entry, and a line, count for a whole file before they count for a single line.
  const isOfFile = (one: KeptRecognition): boolean =>
    one.line_nos.some((lineNo) => lines.has(lineIdOf(one.batch_id, lineNo))) ||
    one.entries.some((entry) => entries.has(entry));
  return (part) => {
    const taken = part.recognitions.filter(isOfFile);
    const ofTaken = new Set(
      taken.flatMap((one) => one.line_nos.map((lineNo) => lineIdOf(one.batch_id, lineNo))),
    );
    const entriesOfTaken = new Set(taken.flatMap((one) => one.entries));
    const isTaken = (one: TieOutDifference): boolean =>
      one.batch_id !== null && one.line_no !== null
        ? ofTaken.has(lineIdOf(one.batch_id, one.line_no))
        : one.entries.some((entry) => entriesOfTaken.has(placeOfEntry(one.job, entry)));
    return {
      keys: part.keys.map((key) => ({
        ...key,
        ties_out: key.ties_out && (areTotalsStale || key.sage_total === key.sage_expected),
      })),
      differences: part.differences
        .filter(({ state }) => !(areTotalsStale && state === "master_total_differs"))
        .map((one) => {
          const ofFile = asOfFile(one);
          if (ofFile) return { ...one, recognised: ofFile };
          return taken.length > 0 && isTaken(one) ? { ...one, recognised: null } : one;
        }),
      recognitions: part.recognitions.filter((one) => !isOfFile(one)).map(withoutEntries),
    };
  };
}

/** A recognition as it is reported. */
export const withoutEntries = ({ entries: _entries, ...told }: KeptRecognition): TieOutRecognition => told;
