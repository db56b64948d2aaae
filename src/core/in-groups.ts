/** Items in their order, in groups that weigh no more than `most` together; one that weighs more is a group by itself. */
export function* inGroups<T>(
  items: Iterable<T>,
  most: number,
  weight: (item: T) => number = () => 1,
): Generator<readonly T[], undefined> {
  let group: T[] = [];
  let sum = 0;
  for (const item of items) {
    const own = weight(item);
    if (group.length > 0 && sum + own > most) {
      yield group;
      [group, sum] = [[], 0];
    }
    group.push(item);
    sum += own;
  }
  if (group.length > 0) yield group;
}
