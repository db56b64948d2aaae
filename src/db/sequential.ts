/**
 * Lets one call finish before the next may start, and throws if one does not wait: on a transaction two
 * statements at a time are a bug whose harm shows elsewhere.
 */
export function sequential<A extends unknown[], T>(
  call: (...args: A) => Promise<T>,
): (...args: A) => Promise<T> {
  let busy = false;
  return async (...args) => {
    if (busy) throw new Error("a statement was started on a transaction before the one before it had ended");
    busy = true;
    try {
      return await call(...args);
    } finally {
      busy = false;
    }
  };
}
