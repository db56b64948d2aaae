import { describe, expect, it } from "vitest";
import { countCodes, NO_COUNTS, sumsOfCounts } from "../../../src/core/tie-out/counts.ts";
import type { TieOutDifference, TieOutKey } from "../../../src/core/tie-out/schema.ts";
import { showCodes } from "../../../src/core/tie-out/show-codes.ts";
import { addPart, exportedIn, noSums } from "../../../src/core/tie-out/sums.ts";
import type { CodesPart } from "../../../src/core/tie-out/unit.ts";
import { sumParts } from "../support.ts";

const where = { project_number: "1", job: "1", extra: "", cost_code: "1", category: "M" };
const keys = Array.from({ length: 2_345 }, (_, index): TieOutKey => {
  const cents = BigInt(index);
  return {
    ...where,
    kind: index % 2 === 0 ? "original" : "approved_change",
    ...{ baseline: 0n, accepted: cents, exported: cents, posted: cents, unexpected: 0n },
    ...{ sage_total: index % 3 === 0 ? null : cents, sage_expected: index % 5 === 0 ? cents + 1n : cents },
    ties_out: index % 7 !== 0,
  };
});
const difference = (state: TieOutDifference["state"], index: number): TieOutDifference => ({
  ...where,
  ...{ state, since: "2026-03-02", batch_id: "ACME-000001", line_no: index + 1, kind: "original" },
  ...{ exported: BigInt(index), posted: 1n, difference: 1n - BigInt(index) },
  ...{ ambiguous: false, entries: [], recognised: null },
});
const differences = [
  ...Array.from({ length: 1_500 }, (_, index) => difference("awaiting_posting", index)),
  difference("overdue", 10),
  difference("accepted_difference", 20),
  difference("posted_twice", 30),
  { ...difference("unexpected", 40), line_no: null },
];
/** The rows in parts of 500. */
const parts: CodesPart[] = Array.from({ length: 5 }, (_, n) => ({
  keys: keys.slice(n * 500, (n + 1) * 500),
  differences: differences.slice(n * 500, (n + 1) * 500),
  ...{ recognitions: [], spare: [], notices: [], totals: { to_move: 3, unmoved: 1 } },
}));
const whole = parts[0] && { ...parts[0], keys, differences };

describe("a tie-out in parts", () => {
  it("comes to the same part by part as at once", () => {
    const sums = noSums();
    for (const part of parts) addPart(sums, part);
    expect(sums).toEqual(sumParts(whole ? [whole] : []));
    expect(sums).toMatchObject({ keys: 2_345, keysThatTieOut: 2_010, totalsCompared: 1_563 });
    expect(exportedIn(sums)).toBe((2_344n * 2_345n) / 2n);
    expect(exportedIn(sums, "awaiting")).toBe((1_499n * 1_500n) / 2n + 10n);
    expect([exportedIn(sums, "closed"), exportedIn(sums, "differing")]).toEqual([20n, 30n]);
    expect(sums.byKind.approved_change.awaiting).toEqual({ exported: 0n, posted: 0n });
  });

  it.each([true, false])(
    "comes to what its counts add up to, whether Sage's totals have a say or are stale (%s)",
    (areTotalsStale) => {
      const counts: Record<string, bigint> = { ...NO_COUNTS };
      for (const part of parts)
        for (const [name, count] of Object.entries(countCodes(part)))
          counts[name] = (counts[name] ?? 0n) + count;
      const shown = parts.map(showCodes({ files: [], areTotalsStale }));
      expect(sumsOfCounts(counts, areTotalsStale)).toEqual(sumParts(shown));
      expect([counts.totals_to_move, counts.totals_unmoved, counts.findings]).toEqual([15n, 5n, 4n]);
    },
  );
});
