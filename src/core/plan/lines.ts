import { groupBy } from "../group-by.ts";
import { compareKeys, type EstimateKind, joinKey, keyId, type SageKey } from "../key.ts";
import { type Cents, sumCents } from "../money.ts";
import type { StagedDocument } from "../staged.ts";
import { codesSent, spellCodes } from "./content.ts";
import type { ResolvedLine } from "./resolve.ts";
import type { Cause, PlanContext, PlannedLine, PlannedSource, ProjectLedger, SentPart } from "./types.ts";

/**
 * Originals: per key the sum accepted now less the sum sent. Each staging line's part is what it says now less
 * what was moved under it; the parts of a key add up to the key's difference whatever became of the lines.
 */
export function linesOfOriginals(
  context: PlanContext,
  document: StagedDocument,
  resolved: readonly ResolvedLine[],
  ledger: ProjectLedger,
): PlannedLine[] {
  const sent = ledger.sentOriginals;
  const slots = new Map<string, { key: SageKey; before: SentPart | null; now: ResolvedLine | null }>();
  for (const part of sent)
    slots.set(joinKey(keyId(part.key), part.stagingLineId ?? ""), { key: part.key, before: part, now: null });
  for (const line of resolved) {
    const slot = joinKey(keyId(line.key), line.line.lineId);
    slots.set(slot, { key: line.key, before: slots.get(slot)?.before ?? null, now: line });
  }

  const moved = movedLines(ledger, resolved);
  const parts = [...slots.values()].map(({ key, before, now }) => {
    const lineId = now?.line.lineId ?? before?.stagingLineId ?? "";
    // A key that a line left for another carries nothing of it: what comes back there was moved again.
    const staysThere = now && before && before.cents !== 0n;
    const cause: Cause = staysThere
      ? "changed"
      : (moved.get(lineId) ?? (now ? (before ? "changed" : "new") : "gone"));
    const source: PlannedSource = {
      document,
      stagingLineId: now?.line.lineId ?? before?.stagingLineId ?? null,
      cents: (now?.cents ?? 0n) - (before?.cents ?? 0n),
      cause,
      mappingRows: now?.mappingRows ?? [],
    };
    return {
      key,
      before: before?.cents ?? 0n,
      now: now?.cents ?? 0n,
      extraDescription: now?.extraDescription ?? "",
      // A new line is recorded even at 0.00; a known one only when it moves.
      source: source.cents !== 0n || !before ? source : null,
    };
  });
  return gather(context, "original", parts);
}

/** The lines that carry money to another key than they were sent to, each with what moved it. */
function movedLines(ledger: ProjectLedger, resolved: readonly ResolvedLine[]): Map<string, Cause> {
  const sentKeys = groupBy(
    ledger.sentOriginals.filter((part) => part.cents !== 0n),
    (part) => part.stagingLineId ?? "",
  );
  const codes = codesSent(ledger);
  const moved = new Map<string, Cause>();
  for (const { line, key } of resolved) {
    const keys = sentKeys.get(line.lineId);
    if (!keys || keys.some((part) => keyId(part.key) === keyId(key))) continue;
    moved.set(line.lineId, codes.get(line.lineId) === spellCodes(line) ? "moved_by_mapping" : "recoded");
  }
  return moved;
}

/** Modifications: each document's lines as they are, those of several documents added up per key. */
export function linesOfModifications(
  context: PlanContext,
  documents: readonly { readonly document: StagedDocument; readonly resolved: readonly ResolvedLine[] }[],
): PlannedLine[] {
  const parts = documents.flatMap(({ document, resolved }) =>
    resolved.map(({ key, cents, line, mappingRows, extraDescription }) => ({
      key,
      before: 0n,
      now: cents,
      extraDescription,
      source: { document, stagingLineId: line.lineId, cents, cause: "new" as const, mappingRows },
    })),
  );
  return gather(context, "approved_change", parts);
}

interface Part {
  readonly key: SageKey;
  readonly before: Cents;
  readonly now: Cents;
  readonly extraDescription: string;
  readonly source: PlannedSource | null;
}

/** One line per key, for the keys where something moves or is new. */
function gather(context: PlanContext, kind: EstimateKind, parts: readonly Part[]): PlannedLine[] {
  const lines: PlannedLine[] = [];
  for (const group of groupBy(parts, (part) => keyId(part.key)).values()) {
    const sources = group.flatMap((part) => (part.source ? [part.source] : []));
    const key = group[0]?.key;
    if (!key || sources.length === 0) continue;
    const before = sumCents(group.map((part) => part.before));
    const now = sumCents(group.map((part) => part.now));
    const makesKeyExist = context.rules.jce.zero_lines === "when_new" && !context.sage.hasKey(key);
    lines.push({
      kind,
      key,
      before,
      now,
      cents: now - before,
      inFile: now !== before || (makesKeyExist && before === 0n),
      jobDescription: context.masters.jobs.get(key.job)?.description ?? "",
      extraDescription:
        context.masters.extras.get(joinKey(key.job, key.extra))?.description ??
        group.find((part) => part.extraDescription !== "")?.extraDescription ??
        "",
      extraIsNew: key.extra !== "" && !context.sage.hasExtra(key.job, key.extra),
      costCodeDescription: context.sage.costCodeDescription(key),
      costCodeIsNew: !context.sage.hasCostCode(key.job, key.extra, key.costCode),
      sources,
    });
  }
  return lines;
}

/** Originals before changes; within each by key, as the files have them. */
export const inFileOrder = (lines: readonly PlannedLine[]): PlannedLine[] =>
  [...lines].sort(
    (a, b) => Number(a.kind !== "original") - Number(b.kind !== "original") || compareKeys(a.key, b.key),
  );
