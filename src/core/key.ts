/** Where money stands in Sage Job Cost. `extra` is empty where the job has none. */
export interface SageKey {
  readonly job: string;
  readonly extra: string;
  readonly costCode: string;
  readonly category: string;
}

/** Original estimate or approved estimate change: Sage's file does not say which, so each has a file of its own. */
export type EstimateKind = "original" | "approved_change";
export const ESTIMATE_KINDS: readonly EstimateKind[] = ["original", "approved_change"];

const SEPARATOR = "\u001f";

/** One text for several parts, to be a map's key. */
export const joinKey = (...parts: readonly string[]): string => parts.join(SEPARATOR);
/** The parts that `joinKey` made one text of. */
export const splitKey = (joined: string): string[] => joined.split(SEPARATOR);
export const keyId = (key: SageKey): string => joinKey(key.job, key.extra, key.costCode, key.category);
/** A key under one kind of estimate: what lines and entries are matched by. */
export const kindKey = (kind: EstimateKind, key: SageKey): string => joinKey(kind, keyId(key));

/** A key as JSON and the journal's columns carry it. */
export const keyFields = ({ job, extra, costCode, category }: SageKey) => ({
  job,
  extra,
  cost_code: costCode,
  category,
});

/** Code point order, which JavaScript's own comparison (UTF-16 units) is not beyond the basic plane. */
export function compareText(a: string, b: string): number {
  const left = a[Symbol.iterator]();
  const right = b[Symbol.iterator]();
  for (;;) {
    const l = left.next();
    const r = right.next();
    if (l.done || r.done) return (l.done ? 0 : 1) - (r.done ? 0 : 1);
    const difference = (l.value.codePointAt(0) ?? 0) - (r.value.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
}

/** The order of lines in an import file: job, extra, cost code, category (contract §5). */
export function compareKeys(a: SageKey, b: SageKey): number {
  return (
    compareText(a.job, b.job) ||
    compareText(a.extra, b.extra) ||
    compareText(a.costCode, b.costCode) ||
    compareText(a.category, b.category)
  );
}

/** How a key is written for people: `25-1001 / PH1 / 01-510 / C`. */
export const showKey = (key: SageKey): string =>
  [key.job, key.extra, key.costCode, key.category].filter((part) => part !== "").join(" / ");
