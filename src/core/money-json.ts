import { z } from "zod";
import { centsOf, formatMoney } from "./money.ts";

/** An amount: cents here, text with two decimals in JSON. */
export const money = z.codec(z.string().regex(/^-?\d+\.\d{2}$/), z.bigint(), {
  decode: centsOf,
  encode: formatMoney,
});

/** A value as JSON whose whole numbers of any size are all cents: they become text with two decimals. */
export const moneyJson = (value: unknown, indent?: number): string =>
  JSON.stringify(value, (_key, one: unknown) => (typeof one === "bigint" ? formatMoney(one) : one), indent);
