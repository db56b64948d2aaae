import { formatMoney } from "./money.ts";

/** A value as JSON whose whole numbers of any size are all cents: they become text with two decimals. */
export const moneyJson = (value: unknown, indent?: number): string =>
  JSON.stringify(value, (_key, one: unknown) => (typeof one === "bigint" ? formatMoney(one) : one), indent);
