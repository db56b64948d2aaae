import { sha256 } from "../core/sha256.ts";

/** A value as a driver gives it, or as it is written. */
type Cell = unknown;

/** What some rows come to, whatever order they are in: how many, and the sum of their hashes. */
export interface Digest {
  readonly rows: number;
  /** Modulo 2^256. */
  readonly sum: bigint;
}

export const NO_ROWS: Digest = { rows: 0, sum: 0n };

/** SHA-256 over a row's cells as one JSON array of texts in UTF-8, numbers in digits, what is null as null. */
export const hashOfCells = (cells: readonly Cell[]): bigint =>
  BigInt(`0x${sha256(JSON.stringify(cells.map((cell) => (cell == null ? null : String(cell)))))}`);

export const withRow = ({ rows, sum }: Digest, hash: bigint): Digest => ({
  rows: rows + 1,
  sum: BigInt.asUintN(256, sum + hash),
});

/** The first eight bytes of a row's hash, as the number that stands beside the row: it tells which row was changed. */
export const shortHash = (hash: bigint): bigint => BigInt.asIntN(64, hash >> 192n);

/** A digest as an event has it. */
export interface ToldDigest {
  readonly rows: number;
  readonly sha256_sum: string;
}

export const tellDigest = ({ rows, sum }: Digest): ToldDigest => ({
  rows,
  sha256_sum: sum.toString(16).padStart(64, "0"),
});
