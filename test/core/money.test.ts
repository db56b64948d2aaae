import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { absCents, formatMoney, formatMoneyForPeople, parseMoney, sumCents } from "../../src/core/money.ts";

const GOOD: [text: string, cents: bigint][] = [
  ["0", 0n],
  ["12", 1200n],
  ["12.3", 1230n],
  ["12.34", 1234n],
  ["12.3400", 1234n],
  ["9600.0000000000000000000000", 960_000n],
  ["+12.34", 1234n],
  ["-12.34", -1234n],
  ["-0.01", -1n],
  ["0.10", 10n],
  ["007.50", 750n],
  ["  12.34 ", 1234n],
  ["\t12.34\r\n", 1234n],
  ["-0.00", 0n],
  ["-0", 0n],
  ["9999999999999999.99", 999_999_999_999_999_999n],
  ["123456789012345678901234567890.12", 12_345_678_901_234_567_890_123_456_789_012n],
];

const NOT_NUMBERS: (string | null)[] = [
  null,
  "",
  "   ",
  "abc",
  "12.",
  ".50",
  "+",
  "-",
  ".",
  "- 12",
  "--12",
  "12-",
  "(12.00)",
  "1,200.00",
  "1 200",
  "12,34",
  "$12",
  "12.34 USD",
  "1E3",
  "1e-2",
  "0x10",
  "12.3.4",
  "12\n34",
  "NaN",
  "Infinity",
  "null",
  "١٢",
];

describe("an amount of staging", () => {
  it.each(GOOD)("%j is %d cents", (text, cents) => {
    expect(parseMoney(text)).toEqual({ ok: true, cents });
  });

  it.each(NOT_NUMBERS.map((text) => [text]))("%j is no number", (text) => {
    expect(parseMoney(text)).toEqual({ ok: false, fault: "not_a_number" });
  });

  it.each([["0.001"], ["-12.345"], ["12.3401"], ["12.34000001"], [" 0.005 "]])(
    "%j has fractions of a cent, and is never rounded",
    (text) => {
      expect(parseMoney(text)).toEqual({ ok: false, fault: "fraction_of_a_cent" });
    },
  );

  it("comes back from its written form as it was, however large and however many zeros follow", () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.nat(20), (cents, zeros) => {
        expect(parseMoney(`${formatMoney(cents)}${"0".repeat(zeros)}`)).toEqual({ ok: true, cents });
      }),
    );
  });
});

describe("money as text", () => {
  it.each<[bigint, string, string]>([
    [0n, "0.00", "0.00"],
    [5n, "0.05", "0.05"],
    [-5n, "-0.05", "-0.05"],
    [99_999n, "999.99", "999.99"],
    [-123_450n, "-1234.50", "-1,234.50"],
    [123_456_789_012n, "1234567890.12", "1,234,567,890.12"],
  ])("%d cents are %s in files and %s for people", (cents, inFiles, forPeople) => {
    expect(formatMoney(cents)).toBe(inFiles);
    expect(formatMoneyForPeople(cents)).toBe(forPeople);
  });
});

it("sums are exact beyond what a floating-point number holds, and empty ones are zero", () => {
  expect(sumCents([9_007_199_254_740_993n, 1n, -3n])).toBe(9_007_199_254_740_991n);
  expect(sumCents([])).toBe(0n);
  expect([absCents(-7n), absCents(7n), absCents(0n)]).toEqual([7n, 7n, 0n]);
});
