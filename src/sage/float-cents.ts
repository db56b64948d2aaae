import type { Cents } from "../core/money.ts";
import type { Value } from "../db/db.ts";

/**
 * Sage's copies hold amounts as floating point: rounded to cents here, half away from zero, and never calculated
 * with before. Null if the value is no number, or none that an amount can be.
 */
export function centsFromFloat(value: Value): Cents | null {
  const number = typeof value === "string" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isFinite(number) || Math.abs(number) >= 1e15) return null;
  // Four decimals show the amount that a double of this size was made from, without its binary tail.
  const [whole = "0", fraction = ""] = Math.abs(number).toFixed(4).split(".");
  const tenThousandths = BigInt(whole + fraction);
  const magnitude = (tenThousandths + 50n) / 100n;
  return number < 0 ? -magnitude : magnitude;
}
