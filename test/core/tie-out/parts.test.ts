import { describe, expect, it } from "vitest";
import { inParts } from "../../../src/core/tie-out/parts.ts";
import type { TieOut, TieOutDifference, TieOutKey } from "../../../src/core/tie-out/schema.ts";
import { addPart, exportedIn, noSums, sumParts } from "../../../src/core/tie-out/sums.ts";

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
const tieOut: TieOut = {
  ...{ copy: { as_of: null, highest_run: null }, notices: [], keys, differences },
  ...{ recognitions: [], reject_files: [], projects: [], batches: [] },
};

describe("a tie-out in parts", () => {
  it("has every key and difference once and in its order, however often it is asked", async () => {
    const parts = inParts(tieOut);
    for (const time of ["first", "second"]) {
      const found = { keys: [] as TieOutKey[], differences: [] as TieOutDifference[] };
      for await (const part of parts.parts()) {
        expect(part.keys.length + part.differences.length).toBeLessThanOrEqual(2_000);
        found.keys.push(...part.keys);
        found.differences.push(...part.differences);
      }
      expect(found, time).toEqual({ keys, differences });
    }
    expect(parts.keyCount).toBe(keys.length);
  });

  it("comes to the same part by part as at once", async () => {
    const sums = noSums();
    for await (const part of inParts(tieOut).parts()) addPart(sums, part);
    expect(sums).toEqual(sumParts([tieOut]));
    expect(sums).toMatchObject({ keys: 2_345, keysThatTieOut: 2_010, totalsCompared: 1_563 });
    expect(exportedIn(sums)).toBe((2_344n * 2_345n) / 2n);
    expect(exportedIn(sums, "awaiting")).toBe((1_499n * 1_500n) / 2n + 10n);
    expect([exportedIn(sums, "closed"), exportedIn(sums, "differing")]).toEqual([20n, 30n]);
    expect(sums.byKind.approved_change.awaiting).toEqual({ exported: 0n, posted: 0n });
  });
});
