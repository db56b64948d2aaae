import { groupBy } from "../group-by.ts";
import { lineId, lineIdOf } from "../import-line.ts";
import { ESTIMATE_KINDS, type EstimateKind, joinKey, keyId, type SageKey, showKey } from "../key.ts";
import type { Findings, LineFinding } from "../match/match-lines.ts";
import { formatMoneyForPeople } from "../money.ts";
import type { SageEntry } from "../sage.ts";

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
  /** The entries that it was recognised by. */
  readonly entries: readonly SageEntry[];
  readonly message: string;
  readonly remedy: string;
}

const KIND_OF_FILE: Readonly<Record<EstimateKind, string>> = {
  original: "original estimates",
  approved_change: "approved estimate changes",
};

/**
 * Recognises what accountants are known to do by mistake, from the lines' findings and the entries that no line
 * explains (contract §7). Every entry counts for one recognition at most, whole files before single lines. Pure.
 *
 * - *imported twice*: every line of a file is posted twice.
 * - *wrong box*: no line of a file is posted, and every amount stands on its key under the other transaction type.
 * - *misposted*: a line is not posted, and its amount stands on another key of the job that has no use for it.
 */
export function recognise({ lines, unexpected }: Findings): Recognition[] {
  const inFiles = lines.filter(({ tracked }) => tracked.line.inFile && tracked.line.cents !== 0n);
  const spare = spareEntries(inFiles, unexpected);
  const files = [
    ...groupBy(inFiles, ({ tracked }) => joinKey(tracked.batch.batchId, tracked.line.kind)).values(),
  ];
  const wholeFiles = files.flatMap((file) => importedTwice(file) ?? wrongBox(file, spare) ?? []);
  const explained = new Set(
    wholeFiles.flatMap(({ batchId, lineNos }) => lineNos.map((lineNo) => lineIdOf(batchId, lineNo))),
  );
  const single = inFiles.filter(({ tracked }) => !explained.has(lineId(tracked)));
  return [...wholeFiles, ...single.flatMap((finding) => misposted(finding, spare) ?? [])];
}

const UNPOSTED: ReadonlySet<string> = new Set([
  "awaiting_posting",
  "overdue",
  "rejected_in_sage",
  "no_longer_posted",
]);
const isUnposted = ({ state }: LineFinding): boolean => UNPOSTED.has(state);

/** Entries that are no line's, by kind and amount; whoever takes one takes it from the others. */
type Spare = ReadonlyMap<string, SageEntry[]>;
const spareId = (kind: EstimateKind, cents: bigint): string => joinKey(kind, cents.toString());

/** What no line explains, and what stands on a line without making it right. */
function spareEntries(lines: readonly LineFinding[], unexpected: readonly SageEntry[]): Spare {
  const differing = lines.filter(({ state }) => state === "amount_differs").flatMap(({ entries }) => entries);
  return groupBy([...unexpected, ...differing], (entry) => spareId(entry.kind, entry.cents)) as Map<
    string,
    SageEntry[]
  >;
}

/** Takes the oldest entry that fits; null if there is none. */
function takeEntry(
  spare: Spare,
  kind: EstimateKind,
  cents: bigint,
  fits: (entry: SageEntry) => boolean,
): SageEntry | null {
  const candidates = spare.get(spareId(kind, cents)) ?? [];
  const found = candidates.findIndex(fits);
  return found < 0 ? null : (candidates.splice(found, 1)[0] ?? null);
}

const placeOf = (file: readonly LineFinding[]) => {
  const [first] = file;
  if (!first) throw new Error("a file has no line");
  return {
    batchId: first.tracked.batch.batchId,
    kind: first.tracked.line.kind,
    lineNos: file.map(({ tracked }) => tracked.line.lineNo).sort((a, b) => a - b),
  };
};

function importedTwice(file: readonly LineFinding[]): Recognition | null {
  if (!file.every(({ state }) => state === "posted_twice")) return null;
  const place = placeOf(file);
  return {
    name: "imported_twice",
    ...place,
    entries: file.flatMap(({ entries }) => entries),
    message: `The file of ${KIND_OF_FILE[place.kind]} of ${place.batchId} was imported twice: every line of it is posted more than once.`,
    remedy: `In Sage, reverse one of the two imports of ${place.batchId}: enter the opposite of every line of it and post that. The lines then resolve by themselves.`,
  };
}

function wrongBox(file: readonly LineFinding[], spare: Spare): Recognition | null {
  if (!file.every(isUnposted)) return null;
  const place = placeOf(file);
  const other = ESTIMATE_KINDS.find((kind) => kind !== place.kind) ?? place.kind;
  const taken: SageEntry[] = [];
  for (const { tracked } of file) {
    const id = keyId(tracked.line.key);
    const entry = takeEntry(spare, other, tracked.line.cents, (one) => keyId(one) === id);
    if (!entry) {
      for (const one of taken) spare.get(spareId(one.kind, one.cents))?.unshift(one);
      return null;
    }
    taken.push(entry);
  }
  const wasTicked = place.kind === "original";
  return {
    name: "wrong_box",
    ...place,
    entries: taken,
    message: `The file of ${KIND_OF_FILE[place.kind]} of ${place.batchId} was imported ${wasTicked ? "with" : "without"} the box "Import as an Approved Estimate Change": every amount of it is posted as ${wasTicked ? "an approved change" : "an original estimate"}.`,
    remedy: `In Sage, enter the opposite of these entries under the same transaction type and post that; then import the file again ${wasTicked ? "without" : "with"} the box ticked, and post it.`,
  };
}

function misposted(finding: LineFinding, spare: Spare): Recognition | null {
  const { line, batch } = finding.tracked;
  if (!isUnposted(finding)) return null;
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
    batchId: batch.batchId,
    kind: line.kind,
    lineNos: [line.lineNo],
    entries: [entry],
    message: `Line ${line.lineNo} of ${batch.batchId} (${formatMoneyForPeople(line.cents)} on ${shownKey(line.key)}) is not posted, but Sage shows the same amount on ${shownKey(entry)} of the job (run ${entry.run}, sequence ${entry.sequence}), which nothing exported explains.`,
    remedy: `If the entry was meant for ${shownKey(line.key)}: in Sage, enter its opposite on ${shownKey(entry)} and the amount on ${shownKey(line.key)}, and post both. If it has to stay where it is, close the line with \`tieout accept\`.`,
  };
}

const shownKey = (key: SageKey): string =>
  showKey({ job: "", extra: key.extra, costCode: key.costCode, category: key.category });
