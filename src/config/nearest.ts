const plain = (key: string): string => key.toLowerCase().replace(/[_\s-]/g, "");

/** The known key that was obviously meant: at most two letters away, case and underscores aside; else null. */
export function nearest(key: string, known: readonly string[]): string | null {
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(plain(key), plain(candidate)) }))
    .filter(({ candidate, distance }) => distance <= 2 && distance < Math.min(key.length, candidate.length))
    .sort((a, b) => a.distance - b.distance);
  const [best, second] = ranked;
  return best === undefined || best.distance === second?.distance ? null : best.candidate;
}

/** How many letters must be put in, taken out or replaced to make one text of another (Levenshtein). */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
