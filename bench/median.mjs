/** The middle of some numbers; null of none. Those that were not had (null, undefined) do not count. */
export function medianOf(numbers) {
  const sorted = numbers.filter((number) => number !== null && number !== undefined).sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
