import { groupBy } from "../group-by.ts";
import { ESTIMATE_KINDS, type EstimateKind, joinKey, keyId, type SageKey, showKey } from "../key.ts";
import type { Findings, LineFinding } from "../match/match-lines.ts";
import { type Cents, formatMoneyForPeople } from "../money.ts";
import type { ImportLineState } from "../states.ts";
import { entryName, placeOfEntry } from "./entry-names.ts";

/** What several differences together look like. */
export const RECOGNITION_NAMES = ["imported_twice", "wrong_box", "misposted"] as const;
export type RecognitionName = (typeof RECOGNITION_NAMES)[number];

/** A likely cause of differences, with what to do about it. States and flags never follow from it. */
export interface Recognition {
  readonly name: RecognitionName;
  readonly batchId: string;
  readonly kind: EstimateKind;
  /** Import lines of the batch, ascending. */
  readonly lineNos: readonly number[];
  /** The entries that it was recognised by, as `entryPlace` names them. */
  readonly entries: readonly string[];
  readonly message: string;
  readonly remedy: string;
}

/** A line of an import file that is to be posted, with what is known of it. */
export interface FileLine {
  readonly batchId: string;
  readonly lineNo: number;
  readonly kind: EstimateKind;
  readonly key: SageKey;
  readonly cents: Cents;
  readonly state: ImportLineState;
}

/** An entry that no line explains, or that stands on a line without making it right. */
export interface SpareEntry extends SageKey {
  readonly kind: EstimateKind;
  readonly cents: Cents;
  /** `run/sequence`. */
  readonly name: string;
}

const KIND_OF_FILE: Readonly<Record<EstimateKind, string>> = {
  original: "original estimates",
  approved_change: "approved estimate changes",
};

/** States of a line that nothing is posted for. */
export const UNPOSTED_STATES: readonly ImportLineState[] = [
  "awaiting_posting",
  "overdue",
  "rejected_in_sage",
  "no_longer_posted",
];
const isUnposted = ({ state }: Pick<FileLine, "state">): boolean => UNPOSTED_STATES.includes(state);

/** Lines that are in a file with an amount to be posted. */
export const fileLines = (lines: readonly LineFinding[]): FileLine[] =>
  lines
    .filter(({ tracked: { line } }) => line.inFile && line.cents !== 0n)
    .map(({ tracked: { batch, line }, state }) => ({
      ...{ batchId: batch.batchId, lineNo: line.lineNo, kind: line.kind, key: line.key },
      ...{ cents: line.cents, state },
    }));

/** What no line explains, and what stands on a line without making it right. */
export const spareEntries = ({ lines, unexpected }: Pick<Findings, "lines" | "unexpected">): SpareEntry[] =>
  [
    ...unexpected,
    ...lines.filter(({ state }) => state === "amount_differs").flatMap(({ entries }) => entries),
  ].map((entry) => ({
    ...{ kind: entry.kind, cents: entry.cents, name: entryName(entry) },
    ...{ job: entry.job, extra: entry.extra, costCode: entry.costCode, category: entry.category },
  }));

/** Entries by kind and amount; whoever takes one takes it from the others. */
type Spare = ReadonlyMap<string, SpareEntry[]>;
const spareId = (kind: EstimateKind, cents: Cents): string => joinKey(kind, cents.toString());
const byAmount = (spare: readonly SpareEntry[]): Spare =>
  groupBy(spare, (entry) => spareId(entry.kind, entry.cents));

/** Takes the oldest entry that fits; null if there is none. */
function takeEntry(
  spare: Spare,
  kind: EstimateKind,
  cents: Cents,
  fits: (entry: SpareEntry) => boolean,
): SpareEntry | null {
  const candidates = spare.get(spareId(kind, cents)) ?? [];
  const found = candidates.findIndex(fits);
  return found < 0 ? null : (candidates.splice(found, 1)[0] ?? null);
}

const placeOf = (entry: SpareEntry): string => placeOfEntry(entry.job, entry.name);

/**
 * Recognises what accountants are known to do by mistake with a whole import file (contract §7), from all of its lines
 * that are to be posted and the spare entries of their jobs. Pure.
 *
 * - *imported twice*: every line of a file is posted twice.
 * - *wrong box*: no line of a file is posted, and every amount stands on its key under the other transaction type.
 */
export function recogniseFile(lines: readonly FileLine[], spare: readonly SpareEntry[]): Recognition | null {
  return importedTwice(lines) ?? wrongBox(lines, byAmount(spare));
}

/**
 * Recognises *misposted* lines: one is not posted, and its amount stands on another key of the job that has no use for
 * it. Every entry counts for one line at most. Pure.
 */
export function recogniseLines(lines: readonly FileLine[], spare: readonly SpareEntry[]): Recognition[] {
  const left = byAmount(spare);
  return lines.flatMap((line) => misposted(line, left) ?? []);
}

const placeOfFile = (file: readonly FileLine[]) => {
  const [first] = file;
  if (!first) throw new Error("a file has no line");
  return {
    batchId: first.batchId,
    kind: first.kind,
    lineNos: file.map(({ lineNo }) => lineNo).sort((a, b) => a - b),
  };
};

function importedTwice(file: readonly FileLine[]): Recognition | null {
  if (!file.every(({ state }) => state === "posted_twice")) return null;
  const place = placeOfFile(file);
  return {
    name: "imported_twice",
    ...place,
    entries: [],
    message: `The file of ${KIND_OF_FILE[place.kind]} of ${place.batchId} was imported twice: every line of it is posted more than once.`,
    remedy: `In Sage, reverse one of the two imports of ${place.batchId}: enter the opposite of every line of it and post that. The lines then resolve by themselves.`,
  };
}

function wrongBox(file: readonly FileLine[], spare: Spare): Recognition | null {
  if (!file.every(isUnposted)) return null;
  const place = placeOfFile(file);
  const other = ESTIMATE_KINDS.find((kind) => kind !== place.kind) ?? place.kind;
  const taken: SpareEntry[] = [];
  for (const line of file) {
    const id = keyId(line.key);
    const entry = takeEntry(spare, other, line.cents, (one) => keyId(one) === id);
    if (!entry) return null;
    taken.push(entry);
  }
  const wasTicked = place.kind === "original";
  return {
    name: "wrong_box",
    ...place,
    entries: taken.map(placeOf),
    message: `The file of ${KIND_OF_FILE[place.kind]} of ${place.batchId} was imported ${wasTicked ? "with" : "without"} the box "Import as an Approved Estimate Change": every amount of it is posted as ${wasTicked ? "an approved change" : "an original estimate"}.`,
    remedy: `In Sage, enter the opposite of these entries under the same transaction type and post that; then import the file again ${wasTicked ? "without" : "with"} the box ticked, and post it.`,
  };
}

function misposted(line: FileLine, spare: Spare): Recognition | null {
  if (!isUnposted(line)) return null;
  const id = keyId(line.key);
  const entry = takeEntry(
    spare,
    line.kind,
    line.cents,
    (one) => one.job === line.key.job && keyId(one) !== id,
  );
  if (!entry) return null;
  return {
    name: "misposted",
    batchId: line.batchId,
    kind: line.kind,
    lineNos: [line.lineNo],
    entries: [placeOf(entry)],
    message: `Line ${line.lineNo} of ${line.batchId} (${formatMoneyForPeople(line.cents)} on ${shownKey(line.key)}) is not posted, but Sage shows the same amount on ${shownKey(entry)} of the job (run ${entry.name.replace("/", ", sequence ")}), which nothing exported explains.`,
    remedy: `If the entry was meant for ${shownKey(line.key)}: in Sage, enter its opposite on ${shownKey(entry)} and the amount on ${shownKey(line.key)}, and post both. If it has to stay where it is, close the line with \`tieout accept\`.`,
  };
}

const shownKey = (key: SageKey): string =>
  showKey({ job: "", extra: key.extra, costCode: key.costCode, category: key.category });
