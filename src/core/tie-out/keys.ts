import type { Baseline } from "../baseline.ts";
import { compareKeys, type EstimateKind, keyFields, kindKey, type SageKey } from "../key.ts";
import type { LineFinding } from "../match/match-lines.ts";
import type { Cents } from "../money.ts";
import type { SageEntry } from "../sage.ts";
import type { AcceptedAmount } from "./accepted-amount.ts";
import type { MasterTotals } from "./master-totals.ts";
import type { TieOutKey } from "./schema.ts";

interface Sides {
  readonly kind: EstimateKind;
  readonly key: SageKey;
  baseline: Cents;
  claimed: Cents;
  exported: Cents;
  posted: Cents;
  unexpected: Cents;
}

/** The project number that stands behind each job: its lines and baselines tell; a job shared by several names them all. */
export function projectNumbersByJob({
  lines,
  baselines,
}: {
  readonly lines: readonly LineFinding[];
  readonly baselines: readonly Pick<Baseline, "job" | "projectNumber">[];
}): ReadonlyMap<string, string> {
  const numbers = new Map<string, Set<string>>();
  const ofLines = lines.map(({ tracked: { line } }) => ({
    job: line.key.job,
    projectNumber: line.projectNumber,
  }));
  for (const { job, projectNumber } of [...ofLines, ...baselines])
    numbers.set(job, (numbers.get(job) ?? new Set()).add(projectNumber));
  return new Map([...numbers].map(([job, all]) => [job, [...all].sort().join(", ")]));
}

/**
 * The three-way tie-out: for every kind and key what was accepted (as recorded), exported and posted, and Sage's
 * own total. The sides come from three places: movements, import lines, Sage's copy. Whether Sage's total has a say is
 * a question of all jobs together: `ties_out` is without it. Pure.
 */
export function tieOutKeys(input: {
  readonly accepted: readonly AcceptedAmount[];
  readonly baselines: readonly Baseline[];
  readonly lines: readonly LineFinding[];
  readonly unexpected: readonly SageEntry[];
  readonly totals: MasterTotals;
}): TieOutKey[] {
  const rows = new Map<string, Sides>();
  const at = (kind: EstimateKind, key: SageKey): Sides => {
    const id = kindKey(kind, key);
    const row = rows.get(id) ?? {
      ...{ kind, key },
      ...{ baseline: 0n, claimed: 0n, exported: 0n, posted: 0n, unexpected: 0n },
    };
    rows.set(id, row);
    return row;
  };
  for (const { kind, key, baseline, claimed } of input.accepted) {
    const row = at(kind, key);
    row.baseline += baseline;
    row.claimed += claimed;
  }
  for (const { tracked, postedCents } of input.lines) {
    const row = at(tracked.line.kind, tracked.line.key);
    row.exported += tracked.line.cents;
    row.posted += postedCents;
  }
  for (const entry of input.unexpected) at(entry.kind, entry).unexpected += entry.cents;

  const numbers = projectNumbersByJob(input);
  return [...rows.values()]
    .sort((a, b) => compareKeys(a.key, b.key) || (a.kind === b.kind ? 0 : a.kind === "original" ? -1 : 1))
    .map((row) => {
      const total = input.totals.byKey.get(kindKey(row.kind, row.key));
      return {
        project_number: numbers.get(row.key.job) ?? "",
        kind: row.kind,
        ...keyFields(row.key),
        baseline: row.baseline,
        accepted: row.baseline + row.claimed,
        exported: row.exported,
        posted: row.posted,
        unexpected: row.unexpected,
        sage_total: total ? total.total : null,
        sage_expected: total ? total.expected : null,
        ties_out: row.claimed === row.exported && row.exported === row.posted && row.unexpected === 0n,
      };
    });
}
