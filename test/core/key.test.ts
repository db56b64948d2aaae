import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareKeys, compareText, keyId, type SageKey, showKey } from "../../src/core/key.ts";

const key = (job: string, extra: string, costCode: string, category: string): SageKey => ({
  job,
  extra,
  costCode,
  category,
});

describe("the order of text", () => {
  it("is that of code points: digits, capitals, small letters, and beyond the basic plane last", () => {
    // In UTF-16 units the last two would change places.
    const sorted = ["", "1", "10", "2", "A", "AB", "B", "a", "é", "\uffee", "😀"];
    expect(sorted.toReversed().sort(compareText)).toEqual(sorted);
  });

  it("is that of the bytes in UTF-8", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 6 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareText(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });
});

describe("a key", () => {
  it("sorts by job, extra, cost code and category, the empty extra first", () => {
    const sorted = [
      key("1", "", "B", "LAB"),
      key("1", "", "C", "LAB"),
      key("1", "", "C", "MAT"),
      key("1", "CO-1", "A", "LAB"),
      key("2", "", "A", "LAB"),
    ];
    expect(sorted.toReversed().sort(compareKeys)).toEqual(sorted);
  });

  it("is told apart from one whose parts only run together to the same text", () => {
    expect(keyId(key("1", "2", "3", "4"))).not.toBe(keyId(key("12", "", "3", "4")));
    expect(keyId(key("1", "", "2", "3"))).not.toBe(keyId(key("1", "2", "", "3")));
  });

  it("is shown without an extra that is not there", () => {
    expect(showKey(key("25-1001", "PH1", "01-510", "C"))).toBe("25-1001 / PH1 / 01-510 / C");
    expect(showKey(key("25-1001", "", "01-510", "C"))).toBe("25-1001 / 01-510 / C");
  });
});
