import type Database from "better-sqlite3";

/** A hash of 48 bits in two parts, so that sums of them are exact as numbers. */
interface RowHash {
  /** 16 bits. */
  high: number;
  /** 32 bits. */
  low: number;
}

/**
 * Adds to SQLite what it lacks to tell by one number whether rows have changed: `row_hash` of some columns, and its sum
 * over rows, `row_hash_sum`, as text. No proof against somebody who means harm: a copy of Sage is not ours to prove.
 */
export function addRowHashes(connection: Database.Database): void {
  const options = { varargs: true, deterministic: true, safeIntegers: false };
  connection.function("row_hash", options, (...columns: unknown[]) => {
    const { high, low } = hashOf(columns);
    return high * 2 ** 32 + low;
  });
  connection.aggregate("row_hash_sum", {
    ...options,
    start: (): RowHash => ({ high: 0, low: 0 }),
    step: (sum: RowHash, ...columns: unknown[]) => {
      const { high, low } = hashOf(columns);
      sum.high += high;
      sum.low += low;
    },
    result: ({ high, low }: RowHash) => ((BigInt(high) << 32n) + BigInt(low)).toString(),
  });
}

/** Two hashes by multiplication, each of a seed of its own, mixed at the end. */
function hashOf(columns: readonly unknown[]): RowHash {
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  const add = (code: number) => {
    a = Math.imul(a ^ code, 2_654_435_761);
    b = Math.imul(b ^ code, 1_597_334_677);
  };
  for (const column of columns) {
    if (column === null) add(0x1_0001);
    else {
      const text = typeof column === "string" ? column : String(column);
      for (let at = 0; at < text.length; at++) add(text.charCodeAt(at));
    }
    add(0x1_0000);
  }
  a = Math.imul(a ^ (a >>> 16), 2_246_822_507) ^ Math.imul(b ^ (b >>> 13), 3_266_489_909);
  b = Math.imul(b ^ (b >>> 16), 2_246_822_507) ^ Math.imul(a ^ (a >>> 13), 3_266_489_909);
  return { high: b & 0xffff, low: a >>> 0 };
}
