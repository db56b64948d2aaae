/** Rows a cursor hands over before other work of the process gets its turn. */
const ROWS_PER_TURN = 1_000;

/** Gives the same items, and lets the process do other work now and then, however fast they come. */
export async function* inTurns<T>(items: Iterable<T> | AsyncIterable<T>): AsyncGenerator<T, undefined> {
  let count = 0;
  for await (const item of items) {
    yield item;
    if (++count % ROWS_PER_TURN === 0) await new Promise(setImmediate);
  }
}
