/** An amount of money in whole cents. Never a floating-point number. */
export type Cents = bigint;

/** Why a text is not an amount: not a number at all, or a number with fractions of a cent. */
export type MoneyFault = "not_a_number" | "fraction_of_a_cent";

const AMOUNT = /^([+-]?)(\d+)(?:\.(\d+))?$/;

/**
 * Reads an amount as staging writes it: a sign, digits, an optional fraction; blanks around it are ignored,
 * trailing zeros are fine, `-0.00` is zero (contract §1). Anything else, null included, is a fault.
 */
export function parseMoney(
  text: string | null,
): { ok: true; cents: Cents } | { ok: false; fault: MoneyFault } {
  const match = AMOUNT.exec((text ?? "").trim());
  if (!match) return { ok: false, fault: "not_a_number" };
  const [, sign, whole, fraction = ""] = match;
  if (/[^0]/.test(fraction.slice(2))) return { ok: false, fault: "fraction_of_a_cent" };
  const magnitude = BigInt(`${whole}${fraction.slice(0, 2).padEnd(2, "0")}`);
  return { ok: true, cents: sign === "-" ? -magnitude : magnitude };
}

/** The cents of an amount that this program wrote itself, in a result or the journal. Throws if it is none. */
export function centsOf(amount: string): Cents {
  const money = parseMoney(amount);
  if (!money.ok) throw new Error(`"${amount}" is not an amount`);
  return money.cents;
}

/** The amount with two decimals and no separators, as files and JSON carry it: `-1234.50`. */
export function formatMoney(cents: Cents): string {
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, "0");
  return `${cents < 0n ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** The amount as people read it on screens and pages: `-1,234.50`. */
export function formatMoneyForPeople(cents: Cents): string {
  return formatMoney(cents).replace(/\B(?=(\d{3})+\.)/g, ",");
}

export function sumCents(amounts: Iterable<Cents>): Cents {
  let total = 0n;
  for (const cents of amounts) total += cents;
  return total;
}

export const absCents = (cents: Cents): Cents => (cents < 0n ? -cents : cents);
