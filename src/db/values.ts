import type { Row, Value } from "./db.ts";

const at = (row: Row, column: string): Value => {
  const value = row[column];
  if (value === undefined) throw new Error(`column ${column} was not selected`);
  return value;
};

/** A text column; null is null. */
export function textOrNull(row: Row, column: string): string | null {
  const value = at(row, column);
  if (value === null || typeof value === "string") return value;
  return String(value);
}

/** A text column that is never null in what we wrote ourselves; null reads as empty. */
export const text = (row: Row, column: string): string => textOrNull(row, column) ?? "";

/** A text column without the blanks that fixed-width systems pad with; null reads as empty. */
export const trimmed = (row: Row, column: string): string => text(row, column).trim();

/** A whole number of any size. */
export function cents(row: Row, column: string): bigint {
  const value = at(row, column);
  if (typeof value === "bigint") return value;
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === "string" && /^-?\d+$/.test(value)) return BigInt(value);
  throw new Error(`column ${column} holds ${String(value)}, which is not a whole number`);
}

/** A whole number that fits in a JavaScript number: counts, positions, versions. */
export function integer(row: Row, column: string): number {
  const value = cents(row, column);
  if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(Number.MIN_SAFE_INTEGER))
    throw new Error(`column ${column} holds ${value}, which is too large`);
  return Number(value);
}

/** A flag; null counts as 0 (contract §1). */
export function bit(row: Row, column: string): boolean {
  const value = at(row, column);
  if (value === null) return false;
  if (typeof value === "boolean") return value;
  if (typeof value === "string") return value.trim() === "1" || value.trim().toLowerCase() === "true";
  return Number(value) !== 0;
}
