import { Writable } from "node:stream";
import { expect, it } from "vitest";
import { writeAll } from "../../src/cli/io.ts";

it("texts are written no faster than they are read, and nothing waits on when all are", async () => {
  let given = 0;
  let read = 0;
  let most = 0;
  let listeners = 0;
  const stdout = new Writable({
    highWaterMark: 10,
    decodeStrings: false,
    write(_text, _encoding, done) {
      read++;
      most = Math.max(most, given - read);
      listeners = Math.max(listeners, stdout.listenerCount("close"));
      setImmediate(done);
    },
  });
  async function* texts() {
    for (; given < 50; given++) yield "twelve bytes";
  }
  await writeAll({ env: {}, stdout, stderr: { write: () => true } }, texts());
  expect(read).toBe(50);
  expect(most).toBeLessThan(3);
  expect(listeners).toBeLessThan(3);
  expect([stdout.listenerCount("close"), stdout.listenerCount("drain")]).toEqual([0, 0]);
});
